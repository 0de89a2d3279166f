"""The assembler of streams takes any JSON in place of any chunk."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carrel.markup import Offered
from carrel.messages import ToolSchema
from carrel.models.chat.server.assembly import Assembly
from carrel.text import clean_text
from tests.fuzz import MANY

EXAMPLES = settings(
    max_examples=100_000 if MANY else 100, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)


def _or_anything(likely: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(likely, likely, likely, ANYTHING)


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return _or_anything(st.fixed_dictionaries({}, optional={name: _or_anything(item) for name, item in fields.items()}))


TEXT = st.sampled_from(
    ["", "Hi", "<think>", "</think>", "<tool_call>", '{"name": "f", "arguments": {}}', "</tool_call>", "é"]
)
ARGUMENTS = st.sampled_from(["", "{}", '{"x"', ": 1}", '{"x": 1}', "}{"])
FRAGMENT = _some(
    index=st.integers(0, 2),
    id=st.sampled_from(["a", "b", ""]),
    function=_some(name=st.sampled_from(["f", "g", ""]), arguments=ARGUMENTS),
)
DELTA = _some(
    content=TEXT,
    refusal=TEXT,
    reasoning=TEXT,
    reasoning_details=st.lists(_some(index=st.integers(0, 1), type=TEXT, text=TEXT), max_size=2),
    extra_content=ANYTHING,
    tool_calls=st.lists(FRAGMENT, max_size=3),
)
FINISH = st.sampled_from(["stop", "tool_calls", "length", "content_filter", "refusal", "error", "eos"])
CHOICE = _some(delta=DELTA, message=DELTA, finish_reason=FINISH)
USAGE = _some(prompt_tokens=st.integers(), completion_tokens=st.integers(), prompt_tokens_details=ANYTHING)
CHUNK = st.fixed_dictionaries({}, optional={"choices": _or_anything(st.lists(CHOICE, max_size=2)), "usage": USAGE})


@EXAMPLES
@given(st.lists(CHUNK, max_size=6), st.booleans())
def test_any_chunks_come_to_a_reply(chunks: list[dict[str, Any]], text_calls: bool) -> None:
    """What is shown adds up to the reply's text; calls have names and ids of their own; all is clean."""
    assembly = Assembly({"a"}, Offered((ToolSchema("f", ""),) if text_calls else ()))
    shown = ""
    for piece in [*map(assembly.add, chunks), assembly.end()]:
        shown = ("" if piece.void else shown) + piece.text
    reply = assembly.reply()
    assert reply.message.text == shown == clean_text(shown)
    ids = [call.id for call in reply.message.calls]
    assert len(set(ids)) == len(ids)
    assert "a" not in ids
    assert all(call.arguments == clean_text(call.arguments) for call in reply.message.calls)
    assert reply.finish in {"stop", "tool_calls", "length", "content_filter", "other"}
    assert reply.usage is None or min(reply.usage.prompt, reply.usage.completion, reply.usage.cached) >= 0
    assert set(assembly.facts()) <= {"usage", "tools", "argument_streaming", "parallel_calls", "text_calls"}
