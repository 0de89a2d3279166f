"""Patterns of words near each other."""

import re

import pytest

from carrel.models.chat.server.failures.stems import any_of, near, then


@pytest.mark.parametrize(
    ("text", "in_order", "in_any_order"),
    [
        ("model gpt-4.1 is gone", True, True),
        ("gone: model", False, True),
        ("the model stays. gone", False, False),
        ("the model stays; gone", False, False),
        ("the model, which everybody liked and nobody paid for, is gone", False, False),
    ],
)
def test_words_of_one_sentence(text: str, in_order: bool, in_any_order: bool) -> None:
    """At most so many characters apart; a dot in a name ends no sentence."""
    assert bool(re.search(then("model", "gone", 20), text)) is in_order
    assert bool(re.search(near("model", "gone", 20), text)) is in_any_order


def test_any_of_patterns() -> None:
    """Each alternative stays whole."""
    assert [bool(re.fullmatch(f"(?:{any_of('a|b', 'c')})d", text)) for text in ("ad", "bd", "cd", "a")] == [1, 1, 1, 0]
