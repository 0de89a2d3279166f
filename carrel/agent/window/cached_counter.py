"""Count a text's tokens once: heads, blocks and messages stay the same over many requests."""

from functools import lru_cache

from carrel.protocols import TokenCounter

TEXTS = 256
LONGEST = 20_000
"""Characters; a longer text is not kept for its count."""


class Remembered:
    """A token counter that remembers the latest texts."""

    def __init__(self, counter: TokenCounter) -> None:
        self._counter = counter
        self._known = lru_cache(TEXTS)(counter.count)

    @property
    def exact(self) -> bool:
        """Whether the figures are the model's own and not an estimate."""
        return self._counter.exact

    def count(self, text: str) -> int:
        """Return the tokens of a text."""
        return self._known(text) if len(text) <= LONGEST else self._counter.count(text)
