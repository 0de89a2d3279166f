"""One user message up to the final reply."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from carrel.agent.agent import Agent
from carrel.agent.events import (
    Answer,
    ContextCompiled,
    MemoryChanged,
    PagedIn,
    TextDelta,
    ToolCalled,
    ToolReturned,
    TurnStarted,
)
from carrel.errors import DoesNotFit, ModelFailed, ModelUnreachable
from carrel.memory.db.schema import turns as turns_table
from carrel.memory.turns.calls import NOT_EXECUTED, UNKNOWN
from carrel.messages import AssistantMessage, ToolCall, Usage, canonical, to_json
from carrel.models.chat.scripted import ScriptedModel, call, calls, say
from carrel.protocols import Reply, Request, TextPiece
from carrel.rendering import notices
from carrel.rendering.prompt import split_tail
from carrel.tools.tool import tool

Open = Callable[..., Agent]


def states(ada: Agent) -> list[tuple[str, str | None]]:
    """Return the state and error of each turn."""
    with ada.memory.scope.database.read() as connection:
        return [(row.state, row.error) for row in connection.execute(sa.select(turns_table).order_by(turns_table.c.n))]


def said(ada: Agent) -> list[tuple[str, str, str]]:
    """Return role, text and state of all messages."""
    return [(message.role, message.text, message.state) for message in ada.recall.latest(99)]


def test_a_turn_of_several_steps(opened: Open) -> None:
    """Calls are run in order, each result is seen by the next step, and the answer tells it all."""
    model = ScriptedModel(
        [
            Reply(
                calls(say("Let me see."), call("archival_insert", text="Bees.")), Usage(1100, 10, 50, 1), "tool_calls"
            ),
            Reply(call("archival_search", query="bees"), Usage(1200, 20, 150, 1), "tool_calls"),
            Reply(say("You keep bees."), Usage(1300, 30, 0, 1)),
        ]
    )
    ada = opened(model)
    chat = ada.session()
    seen = list(chat.stream("What do I keep?"))
    answer = seen[-1]
    assert isinstance(answer, Answer)
    kinds = [type(event) for event in seen if not isinstance(event, TextDelta | ContextCompiled)]
    assert kinds == [TurnStarted, ToolCalled, ToolReturned, MemoryChanged, ToolCalled, ToolReturned, Answer]
    assert "".join(event.text for event in seen if isinstance(event, TextDelta)) == "Let me see.You keep bees."
    assert (answer.text, answer.steps, answer.session) == ("You keep bees.", 3, chat.id)
    assert answer.usage == Usage(3600, 60, 200, 3)
    assert answer.events == tuple(event for event in seen[:-1] if not isinstance(event, TextDelta))
    sent = [event for event in seen if isinstance(event, ContextCompiled)]
    assert [event.step for event in sent] == [1, 2, 3]
    assert sent[0].tokens["queue"] < sent[1].tokens["queue"] < sent[2].tokens["queue"]
    assert [(item.step, item.name) for item in answer.tool_calls] == [(1, "archival_insert"), (2, "archival_search")]
    assert [(event.op, event.after) for event in answer.memory] == [("insert", "Bees.")]
    assert [hit.text for hit in answer.retrieved] == ["Bees."]
    assert model.requests[1].messages[-2] == AssistantMessage(
        "Let me see.", (ToolCall("call_1", "archival_insert", '{"text": "Bees."}'),)
    )
    assert model.requests[1].messages[-1].text.startswith("Stored as p-")
    assert states(ada) == [("complete", None)]


def test_the_window_kept_is_the_window_sent(opened: Open) -> None:
    """What is stored of each step equals, part by part, what the model was sent."""
    model = ScriptedModel([call("archival_insert", text="A."), call("recall_search", query="b"), say("Done.")])
    ada = opened(model)
    answer = ada.session().send("Go on")
    for number, request in enumerate(model.requests, 1):
        sent = [*map(to_json, request.messages), *(schema.to_json() for schema in request.tools)]
        assert list(ada.memory.request_log.sent(answer.turn, number).parts) == [canonical(part) for part in sent]
        assert [json.loads(part) for part in ada.memory.request_log.sent(answer.turn, number).parts] == sent


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


def test_at_the_last_step_the_model_is_asked_once_without_tools(opened: Open) -> None:
    """After `max_steps` steps one closing request offers no tools, and what it says is the reply."""
    model = ScriptedModel([*(call("recall_search", query=str(n)) for n in range(3)), calls(say("Enough."), call("x"))])
    ada = opened(model, max_steps=3)
    answer = ada.session().send("Search for ever")
    assert (answer.text, answer.steps, len(answer.tool_calls)) == ("Enough.", 4, 3)
    assert [bool(request.tools) for request in model.requests] == [True, True, True, False]
    assert f"Note: {notices.LIMIT_REACHED['steps']}" in model.requests[3].messages[-1].text
    assert ada.recall.latest(1)[0].calls == ()


def test_a_turn_that_has_used_its_tokens_is_closed(opened: Open) -> None:
    """Once `max_turn_tokens` are used, the closing request comes, however few the steps."""
    model = ScriptedModel([Reply(call("recall_search", query="a"), Usage(900, 101)), say("Enough.")])
    answer = opened(model, max_turn_tokens=1000).session().send("Go")
    assert (answer.text, [bool(request.tools) for request in model.requests]) == ("Enough.", [True, False])


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


def test_bad_calls_get_another_step(opened: Open) -> None:
    """Unknown tools and bad arguments are results that the model reads, never the end of the turn."""
    broken = AssistantMessage("", (ToolCall("x", "archival_insert", '{"text": '),))
    model = ScriptedModel([call("send_message", text="Hi"), broken, call("archival_insert"), say("Sorry.")])
    answer = opened(model).session().send("Go")
    assert answer.text == "Sorry."
    assert [event.ok for event in answer.events if isinstance(event, ToolReturned)] == [False, False, False]
    assert "There is: core_memory_append" in model.requests[1].messages[-1].text


def test_a_model_that_fails_loses_nothing(opened: Open) -> None:
    """When the model fails, the message is stored, the turn is failed with its reason, and the next turn works."""
    model = ScriptedModel([ModelUnreachable("Nobody answers.", "Start it."), say("Here.")])
    ada = opened(model)
    chat = ada.session()
    with pytest.raises(ModelUnreachable):
        chat.send("Hello?")
    assert states(ada) == [("failed", "Nobody answers. Start it.")]
    assert chat.send("And now?").text == "Here."
    assert model.requests[1].messages[1].text.startswith("Hello?\n\nAnd now?\n\n<context ")


def interrupting(request: Request) -> Iterator[TextPiece | Reply]:
    """Say half of a reply, then be interrupted."""
    yield TextPiece("I was about to")
    raise KeyboardInterrupt


class Streaming:
    """A model whose stream is a function."""

    name = "streaming"

    def __init__(self, stream: Callable[[Request], Iterator[Any]]) -> None:
        self.stream = stream


def test_an_interruption_keeps_what_was_said(opened: Open) -> None:
    """Interrupted in mid-reply, the words so far are kept and marked, nothing is executed, and the chat goes on."""
    ada = opened(Streaming(interrupting))
    chat = ada.session()
    with pytest.raises(KeyboardInterrupt):
        chat.send("Speak")
    assert said(ada) == [("user", "Speak", "complete"), ("assistant", "I was about to", "interrupted")]
    assert [state for state, _ in states(ada)] == ["interrupted"]
    again = opened(ScriptedModel([say("Yes.")])).session("last")
    assert again.send("Go on").text == "Yes."


def test_closing_the_stream_keeps_what_was_said(opened: Open) -> None:
    """A reader that goes away in mid-reply leaves an interrupted turn and a free agent."""
    script = ScriptedModel([calls(say("One two three four"), call("archival_insert", text="x")), say("Fine.")])
    ada = opened(script)
    chat = ada.session()
    stream = chat.stream("Count")
    assert isinstance(next(stream), TurnStarted)
    assert isinstance(next(stream), ContextCompiled)
    assert next(stream) == TextDelta("One t")
    stream.close()
    assert said(ada) == [("user", "Count", "complete"), ("assistant", "One t", "interrupted")]
    assert ada.archival.count() == 0
    assert chat.send("And?").text == "Fine."


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


def test_replies_without_usage_are_estimated(opened: Open) -> None:
    """Where a server reports nothing, the turn's usage is what was counted, calls included."""
    model = ScriptedModel([call("recall_search", query="a long question about walnuts"), say("Yes.")])
    usage = opened(model).session().send("Hello").usage
    assert usage.calls == 2
    assert usage.completion > 10
    assert usage.prompt > 1000
