"""Under the paper's contract a turn that was stopped goes on knowing what it has said, and thoughts stay private."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from carrel.agent.agent import Agent
from carrel.agent.events import Answer, Event, TextDelta, ToolCalled, ToolReturned
from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.errors import ModelUnreachable
from carrel.memory.store import Memory
from carrel.memory.turns.calls import NOT_EXECUTED
from carrel.memory.upkeep.check import check
from carrel.memory.values import MemoryEvent
from carrel.models.chat.scripted import ScriptedModel, call, calls, say
from carrel.rendering import notices
from carrel.rendering.prompt import split_tail
from tests.agent.turn.kills import die_at
from tests.agent.turn.test_memgpt import events_of, send
from tests.agent.turn.test_resume import answer_of, state
from tests.memory.damage import leave_turns_running

Open = Callable[..., tuple[Agent, ScriptedModel]]
NOBODY = ModelUnreachable("Nobody.", "Start it.")
SEARCH = call("recall_search", query="x", request_heartbeat=True)
LOGIN = {"type": "login", "last_login": "Never (first login)"}


@pytest.fixture
def reopened(home: Path, clock: FrozenClock) -> Iterator[Open]:
    """Open the home anew, as after a start of the program; closed at the end and found sound."""
    homes: list[Carrel] = []

    def open_home(*script: Any) -> tuple[Agent, ScriptedModel]:
        model = ScriptedModel(script)
        homes.append(Carrel.open(home, model, "none", clock, flags={"contract": "memgpt"}))
        return homes[-1].agent("ada"), model

    yield open_home
    assert check(homes[-1].store).problems == []
    for carrel in homes:
        carrel.close()


def deltas(events: list[Event]) -> list[str]:
    """Return the pieces of text that were said."""
    return [event.text for event in events if isinstance(event, TextDelta)]


def tail_of(model: ScriptedModel) -> str:
    """Return the tail of the first request."""
    return split_tail(model.requests[0].messages[-1].text)[1]


def fail(ada: Agent, text: str = "Hi") -> None:
    """Run a turn that the model does not answer to its end."""
    with pytest.raises(ModelUnreachable):
        ada.session().send(text)


def test_a_thought_is_not_the_reply(reopened: Open) -> None:
    """What the model thought before it failed is not told to the user; it is asked again."""
    fail(reopened(say("PRIVATE: she sounds sad."), NOBODY)[0])
    again, model = reopened(send("Hello, Ada."))
    events = list(again.session("last").resume())
    assert (answer_of(iter(events)).text, deltas(events)) == ("Hello, Ada.", ["Hello, Ada."])
    assert f"Note: {notices.RESUMED}" in tail_of(model)
    assert state(again) == ["complete"]


@pytest.mark.parametrize(("kind", "said"), [(ToolCalled, ["Hello, Ada."]), (TextDelta, []), (ToolReturned, [])])
def test_what_was_sent_is_the_answer(reopened: Open, kind: type[Event], said: list[str]) -> None:
    """Stopped before or after its message is out, a turn ends with it, said once; the model is not asked."""
    ada, _ = reopened(calls(say("Greet her."), send("Hello, Ada.")))
    die_at(ada.session(), "Hi", kind)
    again, model = reopened()
    events = list(again.session("last").resume())
    answer = answer_of(iter(events))
    assert (answer.text, answer.steps, deltas(events)) == ("Hello, Ada.", 1, said)
    assert (model.requests, state(again)) == ([], ["complete"])
    sent = [message.text for message in again.recall.latest(99) if message.text == "Hello, Ada."]
    assert sent == ["Hello, Ada."]


def test_a_turn_whose_end_alone_is_missing(reopened: Open) -> None:
    """All that was sent in several steps is the answer; the model is not asked again."""
    ada, _ = reopened(calls(send("One moment."), SEARCH), send("Done."))
    ada.session().send("Hi")
    leave_turns_running(ada.memory)
    again, model = reopened()
    answer = answer_of(again.session("last").resume())
    assert (answer.text, model.requests, state(again)) == ("One moment.\n\nDone.", [], ["complete"])


@pytest.mark.parametrize(("done", "said"), [(1, ["Look.", "\n\nNo."]), (2, ["\n\nNo."]), (3, ["\n\nNo."])])
def test_a_heartbeat_goes_on(reopened: Open, done: int, said: list[str]) -> None:
    """Settled or open, a call that asked for a heartbeat gets it, and what was sent beside it stays."""
    ada, _ = reopened(calls(send("Look."), SEARCH))
    die_at(ada.session(), "Hi", [ToolCalled, TextDelta, ToolReturned][done - 1])
    again, model = reopened(send("No."))
    events = list(again.session("last").resume())
    assert (answer_of(iter(events)).text, deltas(events)) == ("Look.\n\nNo.", said)
    assert f"Note: {notices.RESUMED}" in tail_of(model)
    assert events_of(model, 0) == [{"type": "heartbeat", "reason": notices.HEARTBEAT_REQUESTED}]


def test_a_failed_call_goes_on(reopened: Open) -> None:
    """A call that failed, or was not executed because the turn was interrupted, gets another step."""
    ada, _ = reopened(calls(send("One moment."), call("archival_insert", text="Bees.")))
    stream = ada.session().stream("Hi")
    next(event for event in stream if isinstance(event, TextDelta))
    stream.close()
    assert ada.recall.latest(1)[0].text == NOT_EXECUTED
    again, model = reopened(send("Sorry."))
    assert answer_of(again.session("last").resume()).text == "One moment.\n\nSorry."
    assert events_of(model, 0) == [{"type": "heartbeat", "reason": notices.CALL_FAILED}]


def test_a_step_that_failed_does_not_unsay(reopened: Open) -> None:
    """What an earlier step sent counts, however often the model fails after it; a thought then ends the turn."""
    fail(reopened(calls(send("Look."), SEARCH), NOBODY)[0])
    again, _ = reopened(NOBODY)
    with pytest.raises(ModelUnreachable):
        list(again.session("last").resume())
    third, model = reopened(say("That is all."))
    assert answer_of(third.session("last").resume()).text == "Look."
    assert notices.NOTHING_SENT not in tail_of(model)


def test_silence_is_asked_about(reopened: Open) -> None:
    """A turn that was stopped after an edit without a word is told to speak."""
    ada, _ = reopened(call("core_memory_append", label="human", content="Ada."))
    die_at(ada.session(), "I am Ada", ToolReturned)
    again, model = reopened(send("Noted."))
    assert answer_of(again.session("last").resume()).text == "Noted."
    assert events_of(model, 0) == [{"type": "system_alert", "message": notices.NOTHING_SENT}]


def test_a_last_thought_ends_the_turn_at_once(reopened: Open) -> None:
    """A thought after which nothing is left to do is kept together with the end of its turn, or not at all."""
    ada, _ = reopened(calls(send("Look."), SEARCH), say("Good."))

    def stopped(memory: Memory, turn: str, changes: Sequence[MemoryEvent]) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Memory, "complete", stopped)
        with pytest.raises(KeyboardInterrupt):
            ada.session().send("Hi")
    assert [message.state for message in ada.recall.latest(99) if message.text == "Good."] == ["interrupted"]
    assert answer_of(reopened(say("Good."))[0].session("last").resume()).text == "Look."


@pytest.mark.parametrize("resumes", [True, False])
def test_a_login_waits_for_an_answer(reopened: Open, resumes: bool) -> None:
    """A session whose first turn failed begins with the login event when it is resumed, or with the next message."""
    fail(reopened(NOBODY)[0])
    again, model = reopened(SEARCH, send("Here."), send("Bye."))
    chat = again.session("last")
    answer = answer_of(chat.resume()) if resumes else chat.send("Hello?")
    chat.send("Bye")
    assert answer.text == "Here."
    assert events_of(model, 0) == [LOGIN]
    assert events_of(model, 1) == [{"type": "heartbeat", "reason": notices.HEARTBEAT_REQUESTED}]
    assert events_of(model, 2) == []


def test_a_login_comes_once(reopened: Open) -> None:
    """A turn that fails after the model has answered once is not begun with a login again."""
    ada, first = reopened(SEARCH, NOBODY)
    fail(ada)
    again, model = reopened(send("Here."))
    answer = answer_of(again.session("last").resume())
    assert isinstance(answer, Answer)
    assert events_of(first, 0) == [LOGIN]
    assert events_of(model, 0) == [{"type": "heartbeat", "reason": notices.HEARTBEAT_REQUESTED}]
