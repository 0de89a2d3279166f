"""The scripted model plays its script, whatever an item is."""

import pytest

from carrel.errors import ModelFailed, RateLimited
from carrel.messages import AssistantMessage, ToolCall, Usage, UserMessage
from carrel.models.chat.scripted import ScriptedModel, call, calls, say, split_evenly
from carrel.protocols import ChatModel, Reply, Request, TextPiece


def asking(text: str) -> Request:
    """Return a request of one user message."""
    return Request((UserMessage(text),))


def reply_of(model: ScriptedModel, text: str = "Hello") -> Reply:
    """Return the Reply, having checked that the pieces before it are its text."""
    *said, reply = model.stream(asking(text))
    assert isinstance(reply, Reply)
    assert "".join(piece.text for piece in said if isinstance(piece, TextPiece)) == reply.message.text
    return reply


def test_every_kind_of_item_is_played() -> None:
    """Texts, messages, replies and functions answer in order, each with the right finish."""
    long = Reply(say("Long"), Usage(5, 1, 0, 1), "length")
    model = ScriptedModel(
        ["Hi", say("there"), call("f", x="é"), long, lambda request: f"{len(request.messages)} message"], name="toy"
    )
    assert [reply_of(model) for _ in range(5)] == [
        Reply(say("Hi")),
        Reply(say("there")),
        Reply(AssistantMessage("", (ToolCall("call_1", "f", '{"x": "é"}'),)), finish="tool_calls"),
        long,
        Reply(say("1 message")),
    ]
    assert model.name == "toy"


def test_function_answers_all() -> None:
    """A single function never runs out."""

    def echo(request: Request) -> str:
        return request.messages[-1].text.upper()

    model = ScriptedModel(echo)
    assert [reply_of(model, text).message.text for text in "abc"] == ["A", "B", "C"]


def test_exceptions_are_raised() -> None:
    """An item that is an exception, or a function's, is raised, and the script goes on after it."""
    model = ScriptedModel([RateLimited("Wait."), lambda _: RateLimited("Still."), "Hi"])
    for words in ("Wait", "Still"):
        with pytest.raises(RateLimited, match=words):
            reply_of(model)
    assert reply_of(model) == Reply(say("Hi"))


def test_end_of_script_is_said() -> None:
    """One request too many names the model and the number of replies."""
    model = ScriptedModel(["a", "b"])
    assert [reply_of(model).message.text for _ in range(2)] == ["a", "b"]
    with pytest.raises(ModelFailed, match="Model 'scripted' got 3 requests, but its script has only 2 replies") as end:
        reply_of(model)
    assert end.value.hint == "Add a reply to the script."


def test_one_text_is_a_script() -> None:
    """A bare text is one reply, not one for each letter."""
    assert reply_of(ScriptedModel("Hi")) == Reply(say("Hi"))


def test_requests_are_recorded() -> None:
    """Every request is kept, also one that was answered with an exception."""
    model = ScriptedModel(["a", RateLimited("Wait.")])
    reply_of(model, "one")
    with pytest.raises(RateLimited):
        reply_of(model, "two")
    assert model.requests == [asking("one"), asking("two")]


def test_call_ids_are_unique_and_the_same_each_time() -> None:
    """Calls are numbered through the script, past the ids that the script gives itself."""
    own = AssistantMessage("", (ToolCall("call_2", "own", "{}"),))

    def ids() -> list[str]:
        model = ScriptedModel([own, calls(call("f"), call("f")), call("g")])
        return [asked.id for _ in range(3) for asked in reply_of(model).message.calls]

    assert ids() == ids() == ["call_2", "call_1", "call_3", "call_4"]


def test_calls_merges_texts_and_calls() -> None:
    """Merged messages keep all that was said and asked, in order."""
    merged = calls(say("Let me see. "), call("f", tool="x"), calls(), call("g"))
    expected = (ToolCall("", "f", '{"tool": "x"}'), ToolCall("", "g", "{}"))
    assert merged == AssistantMessage("Let me see. ", expected)


def test_text_streams_in_a_few_split_evenly() -> None:
    """Text is cut into at most four pieces that add up."""
    cut = {text: list(split_evenly(text)) for text in ("", "a", "abcde", "abcdefgh")}
    assert cut == {"": [], "a": ["a"], "abcde": ["ab", "cd", "e"], "abcdefgh": ["ab", "cd", "ef", "gh"]}


def test_it_is_a_chat_model() -> None:
    """The type checker takes it for a ChatModel, and so does the loop."""
    model: ChatModel = ScriptedModel(["Hi"])
    assert list(model.stream(asking("Hello")))[-1] == Reply(say("Hi"))
