"""API keys in every shape in which they are pasted."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.keys import clean_key, find_key, mask, mask_keys


@pytest.mark.parametrize(
    "given",
    [
        *("sk-a1", " sk-a1", "sk-a1\n", "\tsk-a1\r\n", '"sk-a1"', "'sk-a1'\n", "“sk-a1”", "\ufeffsk-a1", "sk-a1\u200b"),
        *("Bearer sk-a1", "bearer  sk-a1 ", '"Bearer sk-a1"'),
    ],
)
def test_what_stands_around_a_key_is_trimmed(given: str) -> None:
    """Blanks, quotes and the name of the scheme are no part of a key."""
    assert clean_key(given) == "sk-a1"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("sk-a\nsecond", "a line break"),
        ("sk-a\r\nsecond", "a line break"),
        ("sk-a second", "a blank"),
        ("sk-a\tsecond", "a blank"),
        ("sk-ключ", "a character that is not ASCII"),
        ("sk-a\u2026b", "a character that is not ASCII"),
        ("sk-a\x00b", "a control character"),
        ("sk-a\x7f", "a control character"),
        ("sk-a\"b'", "a quotation mark"),
    ],
)
def test_what_no_header_can_hold_is_refused(given: str, problem: str) -> None:
    """The error says what it is, and never the key."""
    with pytest.raises(ValueError, match=f"^{problem}$"):
        clean_key(given)


def test_an_empty_key_stays_empty() -> None:
    """Also one that consists of what is trimmed."""
    assert {clean_key(given) for given in ("", " ", '""', "' '", "\n")} == {""}


@given(st.text())
def test_a_clean_key_can_be_sent(text: str) -> None:
    """Whatever was given: it is refused, or what is left fits into a header and is clean."""
    try:
        key = clean_key(text)
    except ValueError:
        return
    assert key.isascii()
    assert key.isprintable()
    assert " " not in key
    assert clean_key(key) == key


@pytest.mark.parametrize("key", ["sk-secret-1234", "abc", "a+b/c==", 'q"uote-1', "back\\slash"])
def test_a_key_is_hidden_in_each_form(key: str) -> None:
    """As it is, as in JSON, as in Python and as in a URL; also at the ends of a text and many times."""
    for form in (key, json.dumps(key), repr(key), f"?key={quote(key, safe='')}"):
        text = mask(f"{form} is wrong: {form}, {form}", [key])
        assert key not in text
        assert "…" in text


def test_a_short_key_is_hidden_only_as_a_word() -> None:
    """`none` for a local server is part of other words; an empty key hides nothing."""
    assert mask("nonesuch, none.", ["none"]) == "nonesuch, …."
    assert mask("nothing", [""]) == "nothing"


KEYS = [
    "sk-abcdefghijklmnop1234",
    "sk-proj-abc_DEF-1234567890",
    "AKIAABCDEFGHIJKLMNOP",
    "ghp_" + "a1" * 16,
    "xoxb-1234567890-abc",
    "Bearer abcdefghijklmnopqrstu==",
    "-----BEGIN RSA PRIVATE KEY-----",
]


@pytest.mark.parametrize("key", KEYS)
def test_keys_of_known_forms(key: str) -> None:
    """A key is found in a text in any language, and masked."""
    text = f"我的密钥是 {key} 。"
    assert find_key(text) == key
    assert mask_keys(text) == "我的密钥是 [key removed] 。"


@pytest.mark.parametrize("text", ["sk-short", "task-abcdefghijklmnop1234", "AKIAabc", "the bearer of good news", ""])
def test_other_texts(text: str) -> None:
    """Words that only begin like a key are not one."""
    assert (find_key(text), mask_keys(text)) == (None, text)


def test_the_configured_key() -> None:
    """It is found whatever its form, unless it is so short that it is a placeholder."""
    assert find_key("I use hunter2hunter2.", "hunter2hunter2") == "hunter2hunter2"
    assert find_key("There are none.", "none") is None
