"""The kinds of characters that tokenizers treat alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.models.tokens.characters import (
    ACCENTED,
    DIGIT,
    HANGUL,
    IDEOGRAPH,
    LETTER,
    LINE_BREAK,
    LOWER,
    PUNCTUATION,
    QUOTE,
    RARE_SCRIPT,
    SPACE,
    SYLLABLE,
    SYMBOL,
    UPPER,
    kinds_of,
)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Ab 1.\n", (UPPER, LOWER, SPACE, DIGIT, PUNCTUATION, LINE_BREAK)),
        ("é茶한я", (ACCENTED, IDEOGRAPH, HANGUL, LETTER)),
        ("“हཀ😀", (QUOTE, SYLLABLE, RARE_SCRIPT, SYMBOL)),
        ("ท𠀀", (SYLLABLE, IDEOGRAPH)),
    ],
)
def test_each_script_has_its_kind(text: str, kinds: tuple[int, ...]) -> None:
    """Also beyond the first 65,536 code points."""
    assert kinds_of(text) == bytes(kinds)


def test_an_apostrophe_within_a_word_is_a_letter() -> None:
    """Not at its edges: there it is punctuation of its own."""
    inside, edge = kinds_of("don't"), kinds_of("'dont'")
    assert inside == bytes([LOWER] * 5)
    assert edge[0] == edge[-1] != LOWER


@given(st.text(st.characters()))
def test_one_kind_for_each_character(text: str) -> None:
    """Whatever it is, half a surrogate pair included."""
    assert len(kinds_of(text)) == len(text)
