"""Count the tokens of a text once: heads, blocks and messages stay the same over many requests."""

from functools import lru_cache

from carrel.protocols import TokenCounter

MAX_TEXTS = 256
MAX_CHARACTERS = 20_000
"""The counts of longer texts are not kept."""


class CachedCounter:
    """A token counter that keeps the counts of the latest texts."""

    def __init__(self, counter: TokenCounter) -> None:
        self._counter = counter
        self._cached = lru_cache(MAX_TEXTS)(counter.count)

    @property
    def exact(self) -> bool:
        """Whether the counts are the model's own and not estimates."""
        return self._counter.exact

    def count(self, text: str) -> int:
        """Return the number of tokens of a text."""
        return self._cached(text) if len(text) <= MAX_CHARACTERS else self._counter.count(text)
