"""The steps of a turn: each call is executed once, in order, and answered whatever happens."""

from collections.abc import Callable

import pytest

from carrel.agent.agent import Agent
from carrel.agent.events import (
    ToolReturned,
)
from carrel.memory.turns.calls import NOT_EXECUTED, UNKNOWN
from carrel.messages import AssistantMessage, ToolCall
from carrel.models.chat.scripted import ScriptedModel, call, calls, say
from carrel.tools.tool import tool

Open = Callable[..., Agent]


def test_a_call_made_over_and_over_is_refused(opened: Open) -> None:
    """The fourth equal call of a turn is not executed, and the model is told so."""
    model = ScriptedModel([*(call("count") for _ in range(4)), say("Done.")])
    ran: list[int] = []

    @tool
    def count() -> str:
        """Count."""
        ran.append(1)
        return f"run {len(ran)}"

    events = opened(model, (count,)).session().send("Go").events
    returned = [(event.text, event.ok) for event in events if isinstance(event, ToolReturned)]
    refused = "Error: count was called 3 times like this. Try another way, or answer."
    assert returned == [("run 1", True), ("run 2", True), ("run 3", True), (refused, False)]
    assert len(ran) == 3


def test_bad_calls_get_another_step(opened: Open) -> None:
    """Unknown tools and bad arguments are results that the model reads, never the end of the turn."""
    broken = AssistantMessage("", (ToolCall("x", "archival_insert", '{"text": '),))
    model = ScriptedModel([call("send_message", text="Hi"), broken, call("archival_insert"), say("Sorry.")])
    answer = opened(model).session().send("Go")
    assert answer.text == "Sorry."
    assert [event.ok for event in answer.events if isinstance(event, ToolReturned)] == [False, False, False]
    assert "There is: core_memory_append" in model.requests[1].messages[-1].text


def test_closing_between_calls_answers_them_all(opened: Open) -> None:
    """A reader that goes away between calls leaves no call without a result."""
    two = calls(call("archival_insert", text="one"), call("archival_insert", text="two"))
    model = ScriptedModel([two, say("Fine.")])
    ada = opened(model)
    chat = ada.session()
    stream = chat.stream("Store")
    next(event for event in stream if isinstance(event, ToolReturned))
    stream.close()
    assert [message.text for message in ada.recall.latest(9) if message.tool][1] == NOT_EXECUTED
    assert [passage.text for passage in ada.archival.latest(9)] == ["one"]
    chat.send("And?")
    roles = [message.role for message in model.requests[1].messages]
    assert roles == ["system", "user", "assistant", "tool", "tool", "user"]


def test_a_tool_that_is_interrupted_is_not_repeated(opened: Open) -> None:
    """A tool that acts on the outside and was cut off is called unknown to the model and never run again."""
    ran: list[int] = []

    @tool
    def post() -> str:
        """Post."""
        ran.append(1)
        raise KeyboardInterrupt

    ada = opened(ScriptedModel([call("post"), say("I do not know.")]), (post,))
    chat = ada.session()
    with pytest.raises(KeyboardInterrupt):
        chat.send("Post it")
    assert ada.recall.latest(1)[0].text == UNKNOWN
    assert chat.send("Was it posted?").text == "I do not know."
    assert ran == [1]


def test_odd_calls_are_made_sound(opened: Open) -> None:
    """Calls with ids that are missing, equal or endless, and names of any kind, are each answered under one id."""
    odd = (
        ToolCall("same", "recall_search", '{"query": "a"}'),
        ToolCall("same", "recall_search", '{"query": "b\\ud83d"}'),
        ToolCall("x" * 900, "n" * 900, "{}"),
        ToolCall("\ud83d", "bad\x00name", "\udc00"),
    )
    model = ScriptedModel([AssistantMessage("\ud83d", odd), say("Done.")])
    assert opened(model).session().send("Go").text == "Done."
    _, _, asked, *results = model.requests[1].messages
    assert isinstance(asked, AssistantMessage)
    ids = [made.id for made in asked.calls]
    assert len(set(ids)) == 4
    assert max(map(len, ids)) <= 40
    assert [getattr(result, "call_id", "") for result in results] == ids


def test_more_calls_than_fit_are_told(opened: Open) -> None:
    """In a small window the first calls of many are executed, and the model is told to call again for the rest."""
    many = calls(*(call("archival_insert", text=f"fact {n}") for n in range(40)))
    model = ScriptedModel([many, say("Done.")])
    ada = opened(model, window=2000)
    ada.session().send("Go")
    done = ada.archival.count()
    assert done == 3
    assert f"Only the first {done} of your 40 calls were executed" in model.requests[1].messages[-1].text
