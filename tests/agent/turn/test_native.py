"""The native contract: text is the reply, and silence is asked about once."""

from collections.abc import Callable

import pytest

from carrel.agent.agent import Agent
from carrel.errors import ModelFailed
from carrel.models.chat.scripted import ScriptedModel, say
from carrel.rendering import notices

Open = Callable[..., Agent]


def states(ada: Agent) -> list[tuple[str, str | None]]:
    """Return the state and error of each turn."""
    return [(turn.state, turn.error) for turn in ada.memory.turns.all()]


def said(ada: Agent) -> list[tuple[str, str, str]]:
    """Return role, text and state of all messages."""
    return [(message.role, message.text, message.state) for message in ada.recall.latest(99)]


@pytest.mark.parametrize("nothing", ["", " \n\t", "\x00"])
def test_an_empty_reply_is_asked_about_once(opened: Open, nothing: str) -> None:
    """A reply that says nothing is not stored; the model is told once, and then answers."""
    model = ScriptedModel([say(nothing), say("Here I am.")])
    ada = opened(model)
    assert ada.session().send("Hello").text == "Here I am."
    assert f"Note: {notices.REPLY_EMPTY}" in model.requests[1].messages[-1].text
    assert said(ada) == [("user", "Hello", "complete"), ("assistant", "Here I am.", "complete")]


def test_two_empty_replies_end_the_turn(opened: Open) -> None:
    """A model that says nothing twice has failed; the user's message stays and the next turn works."""
    ada = opened(ScriptedModel([say(""), say(""), say("Back.")]))
    chat = ada.session()
    with pytest.raises(ModelFailed, match="gave an empty reply"):
        chat.send("Hello")
    assert chat.send("Again").text == "Back."
    assert [state for state, _ in states(ada)] == ["failed", "complete"]
    assert [text for _, text, _ in said(ada)] == ["Hello", "Again", "Back."]
