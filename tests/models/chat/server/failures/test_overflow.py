"""A request that is too long, and how long it may be, from the words and the figures of an error."""

import pytest

from carrel.models.chat.server.failures.overflow import is_overflow, is_overflow_by_count, stated_window
from tests.testing.wordings import OTHERS


@pytest.mark.parametrize("words", OTHERS)
def test_something_else_is_too_long(words: str) -> None:
    """What a shorter conversation would not mend is not taken for an overflow, by its words or by our count."""
    assert not is_overflow(words.lower())
    assert not is_overflow_by_count(words.lower(), 20_000, 20_000)


@pytest.mark.parametrize(
    ("words", "sent", "window", "known"),
    [
        ("9123 > 8192", 8500, None, True),
        ("提示有 9,123 个，最多 8,192 个", 8500, None, True),
        ("La requête est trop longue", 8500, 8192, True),
        ("La requête est trop longue", 5000, 8192, False),
        ("the limit is 8192", 8100, None, True),
        ("error 9123 of 8192", 2000, None, False),
        ("request 20261128 failed", 8500, None, False),
        ("bad request", 8500, 8192, False),
        ("max_tokens is too large: 9000, at most 8192", 8500, 8192, False),
        ("too long", 500, 500, False),
    ],
)
def test_our_own_count_near_a_limit(words: str, sent: int, window: int | None, known: bool) -> None:
    """Words in any language mean an overflow where a figure, or a known window, is near what was sent."""
    assert is_overflow_by_count(words, sent, window) is known


@pytest.mark.parametrize(
    ("message", "window"),
    [
        ("This model's maximum context length is 4096 tokens. However, you requested 5000", 4096),
        ("the request exceeds the available context size (8,192 tokens)", 8192),
        ("exceeded model token limit: 8192", 8192),
        ("prompt is too long: 9000 tokens > 8000 maximum", None),
        ("the context limit is 429", None),
        ("too long", None),
        ("Prompt has 5,000 tokens, but the configured context size is 4,096", 4096),
        ("too long to fit into the model (context length 4096)", 4096),
        ("exceeds model's maximum context length (4096).", 4096),
        ("This model's maximum prompt length is 4096 but the request contains 5000 tokens", 4096),
        ("Max Input Tokens=4096, Got=5000", 4096),
        ("n_keep (5000) >= n_ctx (4096)", 4096),
        ("Die Kontextgröße (context size) ist 4.096 Tokens", 4096),
        ("context size is 4.096", 4096),
        ("the context window of 8k is full", 8000),
        ("context window exceeds limit (2013)", None),
        ("maximum context length exceeded: 5000 tokens were sent", None),
        ("token limit (2013)", None),
        ("error 2013: context length exceeded", None),
        ("This model's maximum context length is 200000 tokens", None),
    ],
)
def test_a_window_that_is_stated_is_read(message: str, window: int | None) -> None:
    """A server that says how much it serves is taken at its word: beside "tokens", and below what was sent."""
    assert stated_window(message, 6000) == window
    assert stated_window(message, 600) is None
