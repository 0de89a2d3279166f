"""Turns with a server that is slow, breaks off, finds the context too long, or talks without end."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from carrel.agent.agent import Agent
from carrel.agent.events import Answer, RequestRetried
from carrel.clock import FrozenClock
from carrel.errors import DoesNotFit, LimitReached, ModelFailed
from carrel.messages import AssistantMessage, Usage
from carrel.models.chat.scripted import Item, ScriptedModel, call, calls, say
from carrel.protocols import Reply, Request, Retrying, TextPiece
from carrel.rendering import notices

Open = Callable[..., Agent]


class Streaming:
    """A model whose stream is a function."""

    name = "streaming"

    def __init__(self, stream: Callable[[Request], Iterator[Any]]) -> None:
        self.stream = stream


def said(ada: Agent) -> list[tuple[str, str, str]]:
    """Return role, text and state of all messages."""
    return [(message.role, message.text, message.state) for message in ada.recall.latest(99)]


def test_a_turn_that_has_used_its_time_is_closed(opened: Open, clock: FrozenClock) -> None:
    """After `max_turn_seconds` the closing request comes."""

    def search_for(seconds: float) -> Item:
        def slowly(request: Request) -> AssistantMessage:
            clock.advance(seconds=seconds)
            return call("recall_search", query=str(seconds))

        return slowly

    model = ScriptedModel([search_for(59), search_for(2), say("")])
    with pytest.raises(ModelFailed, match="was stopped at the limit of its time and gave no closing answer"):
        opened(model, clock=clock, max_turn_seconds=60).session().send("Go")
    assert [bool(request.tools) for request in model.requests] == [True, True, False]


def test_a_reply_that_never_ends_is_cut_off(opened: Open, clock: FrozenClock) -> None:
    """What was said until the time was over is the reply, marked as cut off; its calls are not executed."""

    def endless(request: Request) -> Iterator[TextPiece | Reply]:
        for n in itertools.count():
            clock.advance(seconds=10)
            yield TextPiece(f"{n} ")

    ada = opened(Streaming(endless), clock=clock, max_turn_seconds=60)
    answer = ada.session().send("Count")
    assert (answer.finish, answer.stopped) == ("length", "time")
    assert answer.text.startswith("0 1 2 ")
    assert said(ada)[-1] == ("assistant", answer.text, "complete")


def test_a_session_that_has_used_its_tokens(opened: Open) -> None:
    """The turn that reaches `max_session_tokens` is brought to a close; the next is refused, and nothing is stored."""
    searching = Reply(call("recall_search", query="a"), Usage(600, 10))
    ada = opened(ScriptedModel([Reply(say("One."), Usage(600, 10)), searching, say("Two.")]), max_session_tokens=1000)
    chat = ada.session()
    assert (chat.send("First").stopped, chat.send("Second").stopped) == (None, "session")
    with pytest.raises(LimitReached, match=r"has used \d+ of 1000 tokens. Start a new one, or raise"):
        chat.send("Third")
    assert [text for _, text, _ in said(ada) if text in {"First", "Second", "Third"}] == ["First", "Second"]
    assert opened(ScriptedModel([say("Three.")]), max_session_tokens=1000).session().send("Third").text == "Three."


def test_calls_that_were_cut_off_are_asked_for_again(opened: Open) -> None:
    """A reply that was cut off within its calls executes none, even one that is whole by chance, and gets more room."""
    cut = calls(say("Let me."), call("archival_insert", text="a"), call("archival_insert", text="b"))
    model = ScriptedModel([Reply(cut, None, "length"), call("archival_insert", text="c"), say("Done.")])
    ada = opened(model)
    answer = ada.session().send("Go")
    assert [passage.text for passage in ada.archival.latest(9)] == ["c"]
    assert (answer.steps, answer.finish) == (3, "stop")
    assert f"Note: {notices.REPLY_TRUNCATED}" in model.requests[1].messages[-1].text
    first, second = (request.max_tokens or 0 for request in model.requests[:2])
    assert second > 2 * first
    assert [text for role, text, _ in said(ada) if role == "assistant"] == ["Let me.", "", "Done."]


def test_a_retry_is_told_and_its_text_is_void(opened: Open) -> None:
    """What was said before a retry is neither in the answer nor kept."""

    def broken(request: Request) -> Iterator[TextPiece | Retrying | Reply]:
        yield TextPiece("Half a")
        yield Retrying("It broke.", 0.5, discard=True)
        yield TextPiece("Whole.")
        yield Reply(say("Whole."))

    ada = opened(Streaming(broken))
    events = list(ada.session().stream("Go"))
    assert RequestRetried("It broke.", 0.5, discarded=True) in events
    assert isinstance(events[-1], Answer)
    assert RequestRetried("It broke.", 0.5, discarded=True) in events[-1].events
    assert said(ada) == [("user", "Go", "complete"), ("assistant", "Whole.", "complete")]


def test_what_was_said_before_a_failure_is_kept(opened: Open) -> None:
    """A stream that breaks for good leaves its last words, marked as interrupted."""

    def broken(request: Request) -> Iterator[TextPiece | Reply]:
        yield TextPiece("Half a")
        raise ModelFailed("It broke.", "Ask again.")

    ada = opened(Streaming(broken))
    with pytest.raises(ModelFailed):
        ada.session().send("Go")
    assert said(ada) == [("user", "Go", "complete"), ("assistant", "Half a", "interrupted")]
    assert [(turn.state, turn.error) for turn in ada.memory.turns.all()] == [("failed", "It broke. Ask again.")]


def test_a_context_that_the_server_finds_too_long(opened: Open) -> None:
    """It is made shorter until it fits, which the agent remembers; where nothing can leave it, the turn fails."""
    refused: list[int] = []

    def picky(request: Request) -> Iterator[TextPiece | Reply]:
        size = len(str(request.messages))
        if size > 9000:
            refused.append(size)
            raise DoesNotFit("Too long.", "Shorten it.")
        yield Reply(say("Fine."))

    chat = opened(Streaming(picky)).session()
    for _ in range(12):
        assert chat.send("The kettle stands on the stove and sings. " * 30).text == "Fine."
    assert 1 <= len(refused) <= 3
    full = opened(ScriptedModel([DoesNotFit("Too long.", "Shorten it.")] * 9)).session()
    with pytest.raises(DoesNotFit):
        full.send("Hello")


def test_a_resume_that_is_refused_leaves_the_turn_closed(opened: Open) -> None:
    """Where the session may take no more, the turn that failed stays failed, with its step, and is not left running."""
    script: list[Item] = [
        Reply(call("recall_search", query="x"), Usage(2000, 10)),
        ModelFailed("Broken.", "Ask again."),
    ]
    ada = opened(ScriptedModel(script), max_session_tokens=1000)
    chat = ada.session()
    with pytest.raises(ModelFailed):
        chat.send("First")
    assert chat.id is not None
    with pytest.raises(LimitReached):
        list(chat.resume())
    assert ada.interrupted_session is None
    assert chat.unfinished
