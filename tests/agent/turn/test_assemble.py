"""Main context is assembled from memory, and what was sent is what is kept."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from carrel.agent.agent import Agent
from carrel.agent.events import (
    Answer,
    PagedIn,
    TurnStarted,
)
from carrel.errors import DoesNotFit
from carrel.messages import canonical, to_json
from carrel.models.chat.scripted import ScriptedModel, call, say
from carrel.rendering.prompt import split_tail
from carrel.tools.tool import tool

Open = Callable[..., Agent]


def said(ada: Agent) -> list[tuple[str, str, str]]:
    """Return role, text and state of all messages."""
    return [(message.role, message.text, message.state) for message in ada.recall.latest(99)]


def test_the_window_kept_is_the_window_sent(opened: Open) -> None:
    """What is stored of each step equals, part by part, what the model was sent."""
    model = ScriptedModel([call("archival_insert", text="A."), call("recall_search", query="b"), say("Done.")])
    ada = opened(model)
    answer = ada.session().send("Go on")
    for number, request in enumerate(model.requests, 1):
        sent = [*map(to_json, request.messages), *(schema.to_json() for schema in request.tools)]
        assert list(ada.memory.request_log.find(answer.turn, number).parts) == [canonical(part) for part in sent]
        assert [json.loads(part) for part in ada.memory.request_log.find(answer.turn, number).parts] == sent


def test_recalled_memories_come_first(opened: Open) -> None:
    """What page-in finds is told before the model speaks, and stands in the tail of the request."""
    model = ScriptedModel([say("It is Tofu.")])
    ada = opened(model)
    ada.archival.insert("The cat is called Tofu.")
    started, paged, *_, answer = ada.session().stream("What is the cat called?")
    assert isinstance(started, TurnStarted)
    assert isinstance(paged, PagedIn)
    assert [hit.text for hit in paged.hits] == ["The cat is called Tofu."]
    assert "The cat is called Tofu." in split_tail(model.requests[0].messages[-1].text)[1]
    assert isinstance(answer, Answer)
    assert answer.retrieved == paged.hits


def test_tools_that_leave_no_room_are_an_error_in_words(opened: Open) -> None:
    """Where the tools alone fill the window, the message is stored and the error says what takes how much."""

    @tool
    def verbose() -> None:
        """Do."""

    wordy = replace(verbose, schema=replace(verbose.schema, description="word " * 9000))
    model = ScriptedModel([])
    ada = opened(model, (wordy,))
    with pytest.raises(DoesNotFit, match=r"Window 8000 is too small:\n  instructions +\d+\n  tools +\d+\n  core +\d+"):
        ada.session().send("Hello")
    assert model.requests == []
    assert said(ada) == [("user", "Hello", "complete")]
