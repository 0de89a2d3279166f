"""Where a sentence ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.language.sentences import plain, sentences


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I use version 3.5 at work. Where is Ada?", ["I use version 3.5 at work.", "Where is Ada?"]),
        ("Ich habe am 3. Mai Geburtstag. Toll!", ["Ich habe am 3. Mai Geburtstag.", "Toll!"]),
        ("I'm 34. My dog is Rex.", ["I'm 34.", "My dog is Rex."]),
        ("I'm 34. Marie is 30.", ["I'm 34.", "Marie is 30."]),
        ("Dr. Lee is my doctor. I like her.", ["Dr. Lee is my doctor.", "I like her."]),
        ("我叫小明。我住在北京！你呢？", ["我叫小明。", "我住在北京！", "你呢？"]),
        ("He left at 5 p.m. yesterday.", ["He left at 5 p.m. yesterday."]),
        ("Hm... ok. Fine", ["Hm...", "ok.", "Fine"]),
        ("a\n\nb", ["a", "b"]),
        ("  ", []),
    ],
)
def test_a_text_is_split_where_sentences_end(text: str, found: list[str]) -> None:
    """A full stop in a number, an ordinal or an abbreviation ends nothing."""
    assert sentences(text) == found


@given(st.text())
def test_no_letter_is_lost(text: str) -> None:
    """Every letter and digit of the text stands in its sentences, in order."""
    told = "".join(character for character in text if character.isalnum())
    assert "".join(c for c in "".join(sentences(text)) if c.isalnum()) == told


def test_the_mark_is_no_part_of_what_is_said() -> None:
    """A sentence without its mark."""
    assert plain(" Where is Ada?! ") == "Where is Ada"
    assert plain("你呢？") == "你呢"
