"""Compounds are found in one and in parts; other words are left alone."""

import time

import pytest

from carrel.words import index_words, query_terms
from carrel.words.joined import other_writings


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("Pat O'Brien’s e-mail", ["OBrien", "email"]),
        ("O’Brien and rock'n'roll", ["OBrien", "rocknroll"]),
        ("covid-19, Wi-Fi", ["covid19", "WiFi"]),
        ("don't, Ada's, we're", []),
        ("2026-01-05, 10-20, /a-b/c-d, x@my-mail.org", []),
        ("a state-of-the-art-thing", []),
        ("می‌خواهم و کتاب ها", ["می خواهم", "کتابها"]),
        ("നന്\u200cമ", []),  # in Malayalam it is a matter of spelling
        ("", []),
    ],
)
def test_the_other_way_of_writing(text: str, others: list[str]) -> None:
    """Names, prefixes and short compounds in one; Persian affixes in one or apart."""
    assert list(other_writings(text)) == others


def test_both_sides_have_it() -> None:
    """It stands behind the words of the text, and in the question."""
    assert index_words("Pat O'Brien came") == "pat o brien came obrien"
    assert query_terms("e-mail") == ["e", "mail", "email"]


def test_time_grows_with_the_length() -> None:
    """Nothing but hyphens, apostrophes or affixes is read in time."""
    start = time.process_time()
    for piece in ("a-", "a'", "می ", "\u200cب", "ها "):
        list(other_writings(piece * 50_000))
    assert time.process_time() - start < 3
