"""A text is counted once, and as before."""

from hypothesis import given
from hypothesis import strategies as st

from carrel.agent.window.cached_counter import MAX_CHARACTERS, CachedCounter
from carrel.models.tokens.estimator import Estimator


class Counting:
    """A counter that notes what it was asked to count."""

    exact = True

    def __init__(self) -> None:
        self.texts: list[str] = []

    def count(self, text: str) -> int:
        """Return the length of a text."""
        self.texts.append(text)
        return len(text)


def test_a_text_is_counted_once() -> None:
    """What was counted before is not counted again, but for texts that are too long to keep."""
    inner = Counting()
    counter = CachedCounter(inner)
    long = "a" * (MAX_CHARACTERS + 1)
    assert [counter.count(text) for text in ("核桃", "核桃", long, long)] == [2, 2, len(long), len(long)]
    assert inner.texts == ["核桃", long, long]
    assert counter.exact


@given(st.lists(st.text(max_size=40), max_size=8))
def test_counts_are_those_of_the_counter(texts: list[str]) -> None:
    """In any order and however often, the figures are the counter's own."""
    counter = CachedCounter(Estimator())
    assert [counter.count(text) for text in texts * 2] == [Estimator().count(text) for text in texts * 2]
