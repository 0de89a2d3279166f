"""A reply is put together from its chunks, however they are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.markup import Offered, Piece
from carrel.messages import AssistantMessage, OpaqueFields, ToolCall, ToolSchema, Usage
from carrel.models.chat.server.assembly import NO_TOOLS, Assembly, usage_of
from carrel.protocols import Reply
from carrel.testing.wire import chunks_of, completion_of, delta
from carrel.text import clean_text

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).map(
    lambda text: clean_text(text.replace("<", ""))
)
USAGE = Usage(30, 8, 20, calls=1)


CALL = '<tool_call>{"name": "f", "arguments": {"x": "é"}}</tool_call>'
TOOLS = Offered((ToolSchema("f", "", {"properties": {"x": {"type": "string"}}}),))


def shown_by(pieces: list[Piece]) -> str:
    """Return the text that stands on the screen after all the pieces."""
    shown = ""
    for piece in pieces:
        shown = ("" if piece.void else shown) + piece.text
    return shown


def put_together(*chunks: object, offered: Offered = NO_TOOLS) -> tuple[str, Reply]:
    """Return the text as it was shown, and the reply."""
    assembly = Assembly((), offered)
    pieces = [assembly.add(chunk) for chunk in chunks if isinstance(chunk, dict)]
    shown = shown_by([*pieces, assembly.end()])
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


@pytest.mark.parametrize(
    ("said", "finish"),
    [("STOP", "stop"), ("MAX_TOKENS", "length"), ("SAFETY", "content_filter"), ("moon_phase", "other")],
)
def test_a_reason_to_end_is_known_in_any_case(said: str, finish: str) -> None:
    """A reply that was cut off or filtered is never taken for whole because its server writes in capitals."""
    assert put_together(delta({"content": "Half a"}), delta({}, said))[1].finish == finish


def test_what_was_all_sent_is_complete() -> None:
    """The end of a stream completes a reply that says something, but no half of a call."""
    half = delta({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": '{"x'}}]})
    found = []
    for chunk in (delta({"content": "Whole."}), delta({}), half):
        assembly = Assembly()
        assembly.add(chunk)
        assembly.end()
        before = assembly.complete
        assembly.note_all_sent()
        found.append((before, assembly.complete))
    assert found == [(False, True), (False, False), (False, False)]


def test_opaque_fields_stay_with_the_message_and_its_calls() -> None:
    """What a server wants back is kept for whoever it came from; a reply without calls keeps no thoughts."""
    call = {
        "index": 0,
        "id": "a",
        "function": {"name": "f", "arguments": "{}"},
        "extra_content": {"google": {"s": "x"}},
    }
    assembly = Assembly(origin="http://s/v1 m")
    for chunk in (
        delta({"reasoning_content": "Let "}),
        delta({"reasoning_content": "me."}),
        delta({"tool_calls": [call]}),
    ):
        assembly.add(chunk)
    assembly.add(delta({}, "tool_calls"))
    assembly.end()
    opaque = OpaqueFields(
        "http://s/v1 m", '{"reasoning_content":"Let me."}', ('{"extra_content":{"google":{"s":"x"}}}',)
    )
    assert assembly.reply().message.opaque == opaque
    assert put_together(delta({"content": "Hi", "reasoning_content": "Hm."}, "stop"))[1].message.opaque is None


@pytest.mark.parametrize(
    ("reported", "prompt", "cached"),
    [
        ({"prompt_tokens": 90, "prompt_tokens_details": {"cached_tokens": 80}}, 90, 80),
        ({"prompt_tokens": 10, "prompt_tokens_details": {"cached_tokens": 80}}, 90, 80),
        ({"prompt_tokens": 10, "cache_read_input_tokens": 80}, 90, 80),
        ({"prompt_tokens": 90, "prompt_cache_hit_tokens": 80}, 90, 80),
        ({"prompt_tokens": 90, "num_cached_tokens": True}, 90, 1),
    ],
)
def test_cached_tokens_belong_to_the_prompt(reported: dict[str, object], prompt: int, cached: int) -> None:
    """A server that counts them apart read them all the same."""
    assert usage_of({**reported, "completion_tokens": 5}) == Usage(prompt, 5, cached, calls=1)


def test_a_reply_without_a_reason_to_end_is_not_complete() -> None:
    """Text alone does not complete a reply, nor does the word of a server that it failed."""
    for finish in (None, "error", "abort", "insufficient_system_resource", "ABORT"):
        assembly = Assembly()
        assert assembly.add(delta({"content": "Half a"}, finish)).text == "Half "  # the last letter may still change
        assert assembly.end().text == "a"
        assert (assembly.complete, assembly.shown) == (False, True)


def test_what_a_reply_shows_of_its_server() -> None:
    """Usage, calls and how their arguments came are facts about the server; their absence is none but for usage."""
    call = {"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"}}
    streamed, plain = Assembly(), Assembly()
    streamed.add(delta({"tool_calls": [call, {**call, "index": 1, "id": "b"}]}))
    streamed.add({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}})
    assert streamed.facts() == {"usage": True, "tools": True, "argument_streaming": False, "parallel_calls": True}
    assert plain.facts() == {"usage": False}


def in_letters(text: str) -> list[object]:
    """Return the chunks of a stream of single letters."""
    return [*(delta({"content": letter}) for letter in text), delta({}, "stop")]


def test_a_call_in_the_text_is_a_call() -> None:
    """It is none of the text, whether the reply is streamed or not, and the reply says that it was written as text."""
    said = f"Let me see.\n{CALL}"
    reply = Reply(
        AssistantMessage("Let me see.", (ToolCall("call_1", "f", '{"x": "é"}'),)), None, "tool_calls", "", True
    )
    whole = {"choices": [{"message": {"content": said}, "finish_reason": "stop"}]}
    assert put_together(*in_letters(said), offered=TOOLS) == ("Let me see.", reply)
    assert put_together(whole, offered=TOOLS) == ("Let me see.", reply)
    assert put_together(whole) == (said, Reply(AssistantMessage(said)))


def test_calls_that_the_server_parsed_count_alone() -> None:
    """Where the server sends calls, those in the text beside them are only taken out."""
    native = delta({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"}}]})
    shown, reply = put_together(delta({"content": f"So. {CALL}"}), native, delta({}, "tool_calls"), offered=TOOLS)
    assert shown == "So."
    assert reply == Reply(AssistantMessage("So.", (ToolCall("a", "f", "{}"),)), None, "tool_calls")


def test_thoughts_are_apart_from_the_text() -> None:
    """In tags or in a field of their own; what turns out to be a thought only at its end is taken back."""
    for said in ("<think>Hm.</think>\n\nYes.", "Hm.</think>\n\nYes."):
        assert put_together(*in_letters(said)) == ("Yes.", Reply(AssistantMessage("Yes."), thought="Hm."))
    field = [delta({"reasoning_content": "Hm."}), delta({"content": "Yes."}, "stop")]
    assert put_together(*field) == ("Yes.", Reply(AssistantMessage("Yes."), thought="Hm."))


def test_a_call_in_the_text_shows_how_the_model_calls() -> None:
    """That a model writes calls as text is a fact about it; that its server accepts tools is not shown by it."""
    assembly = Assembly((), TOOLS)
    assembly.add(delta({"content": CALL}, "stop"))
    assembly.end()
    assert assembly.facts() == {"usage": False, "text_calls": True}
