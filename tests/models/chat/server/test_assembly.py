"""A reply is put together from its chunks, however they are cut."""

from hypothesis import given
from hypothesis import strategies as st

from carrel.messages import AssistantMessage, ToolCall, Usage
from carrel.models.chat.server.assembly import Assembly
from carrel.protocols import Reply
from carrel.testing.wire import chunks_of, completion_of, delta
from carrel.text import clean_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).map(
    lambda text: clean_text(text.replace("<", ""))
)
USAGE = Usage(30, 8, 20, calls=1)


def put_together(*chunks: object) -> tuple[str, Reply]:
    """Return the text as it was shown, and the reply."""
    assembly = Assembly()
    shown = "".join(assembly.add(chunk) for chunk in chunks if isinstance(chunk, dict)) + assembly.end()
    assert assembly.complete
    return shown, assembly.reply()


@given(TEXTS, st.lists(st.sampled_from(["{}", '{"x": 1}', '{"x": "茶"}']), max_size=3))
def test_a_stream_and_a_completion_come_to_the_same_reply(text: str, arguments: list[str]) -> None:
    """A reply that is sent in chunks, or as a whole, is the reply that was sent; what is shown is its text."""
    calls = tuple(ToolCall(f"c{n}", "f", each) for n, each in enumerate(arguments))
    sent = Reply(AssistantMessage(text if text.strip() else "", calls), USAGE, "tool_calls" if calls else "stop")
    body = {"stream_options": {"include_usage": True}}
    assert put_together(*chunks_of(sent, body)) == (sent.message.text, sent)
    assert put_together(completion_of(sent, body)) == (sent.message.text, sent)


def test_a_reply_without_a_reason_to_end_is_not_complete() -> None:
    """Text alone does not complete a reply, nor does the word of a server that it failed."""
    for finish in (None, "error", "abort"):
        assembly = Assembly()
        assert assembly.add(delta({"content": "Half a"}, finish)) == "Half "  # the last letter may still change
        assert assembly.end() == "a"
        assert (assembly.complete, assembly.shown) == (False, True)


def test_what_a_reply_shows_of_its_server() -> None:
    """Usage, calls and how their arguments came are facts about the server; their absence is none but for usage."""
    call = {"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"}}
    streamed, plain = Assembly(), Assembly()
    streamed.add(delta({"tool_calls": [call, {**call, "index": 1, "id": "b"}]}))
    streamed.add({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}})
    assert streamed.facts() == {"usage": True, "tools": True, "argument_streaming": False, "parallel_calls": True}
    assert plain.facts() == {"usage": False}
