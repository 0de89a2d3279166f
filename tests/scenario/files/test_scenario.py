"""The models of a scenario file."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from carrel.scenario.files.scenario import Scenario, TurnSpec
from tests.scenario.builders import scenario


def parse(given: dict[str, Any]) -> Scenario:
    """Read a scenario."""
    return Scenario.model_validate(given)


def test_what_is_left_out_has_a_default() -> None:
    """A clock that starts on a Monday morning, half a minute a turn, the offline model, sessions by number."""
    found = parse({"schema": "carrel/scenario@1", "name": "n", "sessions": [{}, {"id": "mine"}, {}]})
    assert [session.id for session in found.sessions] == ["s1", "mine", "s3"]
    assert (found.clock.start.isoformat(), found.clock.per_turn) == (
        "2026-01-05T09:00:00+00:00",
        timedelta(seconds=30),
    )
    assert (found.agent.model, found.agent.window, found.agent.embedder) == ("offline", 8000, "local")


def test_short_forms_are_read() -> None:
    """A text is a passage, a file, a reply and an expectation; one is a list of one."""
    turn = {"user": "Hi.", "replies": ["Hello.", {"call": {"post": {"a": 1}}}], "expect": {"reply": "Hello"}}
    found = parse(scenario(turn, setup={"archival": "小明喜欢喝茶。", "import": "talk.jsonl"}))
    (parsed,) = found.sessions[0].turns
    assert [(reply.say, reply.call) for reply in parsed.replies or ()] == [("Hello.", ()), ("", ({"post": {"a": 1}},))]
    assert [passage.text for passage in found.setup.archival] == ["小明喜欢喝茶。"]
    assert [item.file for item in found.setup.imports] == ["talk.jsonl"]
    assert len(parsed.expect) == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (scenario(), None),
        ({**scenario("Hi."), "sessions": []}, "at least 1 item"),
        ({**scenario("Hi."), "sessions": [{"id": "a"}, {"id": "a"}]}, "two sessions have the id 'a'"),
        ({**scenario("Hi."), "sessions": [{"id": "last"}]}, "must not be empty, 'last' or contain a colon"),
        ({**scenario("Hi."), "sessions": [{"id": "a:b"}]}, "must not be empty, 'last' or contain a colon"),
        (scenario({"repeat": 2, "expect": {"reply": "x"}}), "may only have expect"),
        (scenario({"aside": True, "expect": {"reply": "x"}}), "may only have expect"),
        (scenario({"repeat": 2}), "a turn needs user, paste or expect"),
        (scenario("Hi.", clock={"start": "monday"}), "'monday' is not a time like 2026-01-05"),
        (scenario("Hi.", colour="red"), "Extra inputs are not permitted"),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, Any], message: str | None) -> None:
    """Ids that are taken or reserved, turns that say nothing, and times that are none."""
    if message is None:
        assert parse(given).sessions[0].turns == ()
        return
    with pytest.raises(ValidationError, match=message):
        parse(given)


def test_a_turn_that_only_checks() -> None:
    """Needs no message."""
    turn = TurnSpec.model_validate({"expect": {"core.human": "Ada"}})
    assert (turn.user, len(turn.expect)) == (None, 1)
