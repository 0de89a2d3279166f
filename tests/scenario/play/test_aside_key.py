"""An aside is asked again only where something that it depends on has changed."""

from typing import Any

import pytest

from carrel.scenario.files.scenario import Scenario, TurnSpec
from carrel.scenario.play.aside_key import aside_key, hash_conversation
from tests.scenario.builders import scenario

ASIDE = {"user": "What do I drink?", "aside": True}


def hashed(given: dict[str, Any]) -> str:
    """Return the hash of a scenario's conversation."""
    return hash_conversation(Scenario.model_validate(given))


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        (scenario("I like tea.", ASIDE), True),
        (scenario("I like tea.", ASIDE, ASIDE), True),
        (scenario("I like tea.", {**ASIDE, "user": "我喝什么？"}), True),
        (scenario("I like tea.", ASIDE, about="Tea.", tags=["tea"], expect={"core.human": "tea"}), True),
        (scenario("I like coffee.", ASIDE), False),
        (scenario("I like tea.", "And milk.", ASIDE), False),
        (scenario("I like tea.", ASIDE, agent={"embedder": "none", "window": 4000}), False),
    ],
)
def test_what_a_conversation_depends_on(changed: dict[str, Any], same: bool) -> None:
    """The turns that are remembered and the agent, not other asides, descriptions and expectations."""
    assert (hashed(changed) == hashed(scenario("I like tea.", ASIDE))) == same


def test_what_an_aside_depends_on() -> None:
    """Its conversation, what is asked, where, and of which model; not what is expected of it."""
    turn = TurnSpec.model_validate(ASIDE)
    key = aside_key("h", turn, (0, 1, 1), "m")
    assert key == aside_key("h", TurnSpec.model_validate({**ASIDE, "expect": {"reply": "tea"}}), (0, 1, 1), "m")
    others = {
        aside_key("g", turn, (0, 1, 1), "m"),
        aside_key("h", turn, (0, 2, 1), "m"),
        aside_key("h", turn, (0, 1, 1), "n"),
        aside_key("h", TurnSpec.model_validate({**ASIDE, "user": "Why?"}), (0, 1, 1), "m"),
    }
    assert len(others | {key}) == 5
