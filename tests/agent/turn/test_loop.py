"""One user message up to the final reply."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from carrel.agent.agent import Agent
from carrel.agent.events import (
    Answer,
    ContextCompiled,
    MemoryChanged,
    TextDelta,
    ToolCalled,
    ToolReturned,
    TurnStarted,
)
from carrel.errors import ModelUnreachable
from carrel.messages import AssistantMessage, ToolCall, Usage
from carrel.models.chat.scripted import ScriptedModel, call, calls, say
from carrel.protocols import Reply, Request, TextPiece
from carrel.rendering import notices

Open = Callable[..., Agent]


def states(ada: Agent) -> list[tuple[str, str | None]]:
    """Return the state and error of each turn."""
    return [(turn.state, turn.error) for turn in ada.memory.turns.all()]


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


def test_replies_without_usage_are_estimated(opened: Open) -> None:
    """Where a server reports nothing, the turn's usage is what was counted, calls included."""
    model = ScriptedModel([call("recall_search", query="a long question about walnuts"), say("Yes.")])
    usage = opened(model).session().send("Hello").usage
    assert usage.calls == 2
    assert usage.completion > 10
    assert usage.prompt > 1000
