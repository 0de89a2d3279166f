"""Texts that look like keys."""

import pytest

from carrel.keys import find_key, mask_keys

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
