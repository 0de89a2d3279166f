"""Text: safe to store, index, send and show, and otherwise as it was."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.text import clean_text, clip, one_line, remove_sequences, terminal_text

ANY = st.text(alphabet=st.characters(), max_size=60)
"""Any characters at all, lone surrogates included."""
NASTY = st.text(alphabet="a\r\n\t\x00\x1b\x7f\x85\u0301\ud83d\ude00\u202e\ufeff書", max_size=30)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("", ""),
        ("plain\ttext\n", "plain\ttext\n"),
        ("a\x00b", "ab"),
        ("a\x1b[31mb\x07", "a[31mb"),
        ("a\x85b\x9bc\x7f", "a\nbc"),
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("\ud83d\ude00", "\U0001f600"),
        ("\ud83d", "\ufffd"),
        ("a\ude00b", "a\ufffdb"),
        ("cafe\u0301", "caf\u00e9"),
        ("e\x00\u0301", "\u00e9"),
        ("ﬁ ½ ①", "ﬁ ½ ①"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
    ],
)
def test_clean_text(text: str, cleaned: str) -> None:
    """Control characters go, line ends become one, surrogates join or are replaced, and accents compose."""
    assert clean_text(text) == cleaned


@settings(deadline=None, max_examples=300)
@given(ANY | NASTY)
def test_clean_text_is_clean(text: str) -> None:
    """Cleaned text encodes, has no control characters but tab and line feed, is in NFC, and stays as it is."""
    cleaned = clean_text(text)
    assert cleaned.encode().decode() == cleaned
    assert {one for one in cleaned if unicodedata.category(one) == "Cc"} <= {"\t", "\n"}
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean_text(cleaned) == cleaned


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_clean_text_keeps_the_clean(text: str) -> None:
    """Text in NFC without control characters or surrogates comes back unchanged."""
    normal = unicodedata.normalize("NFC", text)
    assert clean_text(normal) == normal


@settings(deadline=None, max_examples=200)
@given(ANY, st.integers(0, 80))
def test_limit(text: str, limit: int) -> None:
    """No cleaned text is over its limit, cutting is idempotent, and what fits is not cut."""
    whole, cut = clean_text(text), clean_text(text, limit)
    assert len(cut) <= limit
    assert clean_text(cut, limit) == cut
    assert (cut == whole) == (len(whole) <= limit)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (30, "x" * 30),
        (29, "xxxxxxx […cut: 30 characters]"),
        (22, " […cut: 30 characters]"),
        (3, " […"),
        (0, ""),
    ],
)
def test_clip(limit: int, expected: str) -> None:
    """A cut text says how long it was, within the limit."""
    assert clip("x" * 30, limit) == expected


@settings(deadline=None, max_examples=200)
@given(ANY | NASTY)
def test_terminal_text(text: str) -> None:
    """Nothing that is shown holds an escape, a control character or an override of direction."""
    shown = terminal_text(text)
    assert not set(shown) & set("\x1b\x07\x9b\r\x08\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert terminal_text(shown) == clean_text(shown)


@settings(deadline=None)
@given(st.text(max_size=60), st.integers(1, 40))
def test_one_line(text: str, limit: int) -> None:
    """A line for a list is one line, within its limit, and says when it was cut."""
    line = one_line(text, limit)
    folded = " ".join(text.split())
    assert "\n" not in line
    assert len(line) <= limit
    assert line == (folded if len(folded) <= limit else folded[: limit - 1] + "…")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[1;31mred\x1b[0m and \x9b4mmore", "red and more"),
        ("\x1b[2J\x1b[Hclear\x1b[?25l", "clear"),
        ("\x1b]0;title\x07a\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\", "alink"),
        ("\x1b(Bplain\x1b=\x1bc", "plain"),
        ("a list [2J] stays", "a list [2J] stays"),
        ("\x1b", "\x1b"),
    ],
)
def test_escape_sequences_leave_no_rest(text: str, expected: str) -> None:
    """What a terminal would execute is removed as a whole; the same characters without an escape are text."""
    assert remove_sequences(text) == expected


@given(NASTY)
def test_nothing_but_sequences_is_removed(text: str) -> None:
    """Text without an escape or a C1 control stays as it is."""
    plain = "".join(one for one in text if one != "\x1b" and not "\x80" <= one <= "\x9f")
    assert remove_sequences(plain) == plain
