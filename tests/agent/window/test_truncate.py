"""What is longer than its share is truncated, and says how to read the rest."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.agent.window.budget import PER_MESSAGE
from carrel.agent.window.truncate import count_message, queue_tokens, truncate_queue, truncate_text
from carrel.memory.values import StoredMessage
from carrel.messages import OpaqueFields, Role, ToolCall
from carrel.models.tokens.estimator import Estimator

COUNTER = Estimator()
NOW = datetime(2026, 1, 5, tzinfo=UTC)
KINDS = ("The quick brown fox jumps over the lazy dog. ", "今天天气很好，我们一起去公园散步吧。", "🎉é\u200d\U0001f469")


def stored(n: int, role: Role, text: str, calls: tuple[ToolCall, ...] = (), tokens: int = 1) -> StoredMessage:
    """Return a message as the store hands it out."""
    return StoredMessage(n, f"m-{n:012d}", role, text, NOW, "s-1", tokens, calls=calls)


@given(st.sampled_from(KINDS), st.integers(0, 3000), st.integers(1, 500), st.sampled_from(["", "…"]))
def test_a_text_is_its_beginning(kind: str, times: int, max_tokens: int, marker: str) -> None:
    """A text that fits is not touched; of any other as much of its beginning is left as fits with the marker."""
    text = kind * times
    shown = truncate_text(text, max_tokens, COUNTER, marker)
    assert shown == text or (shown.endswith(marker) and text.startswith(shown.removesuffix(marker)))
    assert COUNTER.count(shown) <= max(max_tokens, COUNTER.count(marker))
    assert (shown == text) == (COUNTER.count(text) <= max_tokens)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("max_tokens", [90, 400, 1000])
def test_a_long_message_says_its_id_and_size(kind: str, max_tokens: int) -> None:
    """A message that takes more than its share shows its beginning, its size and the call that reads the rest."""
    text = (kind * 20_000)[:80_000]
    (shown,) = truncate_queue([stored(7, "user", text)], max_tokens, COUNTER)
    marker = ' […cut: 80000 characters; recall_search(query="m-000000000007") reads them page by page]'
    assert shown.text.endswith(marker)
    assert text.startswith(shown.text.removesuffix(marker))
    assert max_tokens * 0.7 < shown.tokens <= max_tokens - PER_MESSAGE
    assert shown.tokens == COUNTER.count(shown.text)


@pytest.mark.parametrize("figure", [1, 10_000])
def test_messages_are_counted_by_the_counter_in_use(figure: int) -> None:
    """What another model's counter made of a message when it was stored says nothing about what it takes now."""
    text = "我喜欢核桃。" * 20
    message = stored(1, "user", text, tokens=figure)
    [item] = truncate_queue([message], 400, COUNTER)
    assert (item.text, item.tokens) == (text, COUNTER.count(text))
    [truncated] = truncate_queue([message], 60, COUNTER)
    assert truncated.tokens == COUNTER.count(truncated.text) <= 60 - PER_MESSAGE


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=4), st.integers(0, 3000), st.integers(200, 1000))
def test_a_round_of_calls_takes_two_shares(results: list[int], said: int, max_tokens: int) -> None:
    """However long the model's text, its calls and their results are, together they take at most two shares."""
    calls = tuple(ToolCall(f"c{n}", "note", json.dumps({"text": "walnut " * said})) for n in range(len(results)))
    queue = [stored(1, "assistant", "walnut " * said, calls)]
    queue += [stored(n + 2, "tool", "walnut " * size) for n, size in enumerate(results)]
    shown = truncate_queue(queue, max_tokens, COUNTER)
    assert queue_tokens(shown) <= 2 * max_tokens
    assert all(isinstance(json.loads(call.arguments), dict) for call in shown[0].calls)


def test_truncated_arguments_can_be_sent() -> None:
    """Half of a surrogate pair in them, which JSON can spell and UTF-8 cannot, is replaced."""
    call = ToolCall("c", "core_memory_append", json.dumps({"content": "walnut " * 9000, "x": "\ud83d"}))
    (shown,) = truncate_queue([stored(1, "assistant", "", (call,))], 400, COUNTER)
    assert json.loads(shown.calls[0].arguments)["x"] == "\ufffd"
    assert shown.calls[0].arguments.encode()


def test_what_is_sealed_is_not_truncated() -> None:
    """Thoughts in plain text are; with a signature that does not fit, all opaque fields are left out."""
    plain = OpaqueFields("s m", json.dumps({"reasoning_content": "Hm. " * 9000, "signature": "c2ln"}))
    sealed = OpaqueFields("s m", json.dumps({"reasoning_content": "Hm.", "encrypted_content": "c2ln" * 9000}))
    first, second = (replace(stored(1, "assistant", "Hi."), opaque=fields) for fields in (plain, sealed))
    (shown,) = truncate_queue([first], 400, COUNTER)
    assert shown.opaque is not None
    assert json.loads(shown.opaque.message)["signature"] == "c2ln"
    assert len(shown.opaque.message) < 9000
    assert truncate_queue([second], 400, COUNTER)[0].opaque is None


def test_truncated_arguments_stay_json() -> None:
    """The arguments of a huge call are truncated value by value and stay a JSON object."""
    given_arguments = json.dumps({"label": "human", "content": "walnut " * 9000})
    call = ToolCall("c", "core_memory_append", given_arguments)
    (shown,) = truncate_queue([stored(1, "assistant", "", (call,))], 500, COUNTER)
    values = json.loads(shown.calls[0].arguments)
    assert values["label"] == "human"
    assert values["content"].startswith("walnut walnut")
    assert shown.tokens == count_message(shown.text, shown.calls, COUNTER) <= 500 - PER_MESSAGE
