"""API keys: as people give them, and found and hidden in what is shown, stored or shared. Pure."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

_KEY_LIKE = re.compile(
    r"\bsk-[A-Za-z0-9_-]{16,}"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\bBearer\s+[A-Za-z0-9._~+/-]{20,}=*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
"""Keys of OpenAI (whose form others copied), AWS, GitHub and Slack; bearer tokens; PEM private keys."""

MIN_KEY_LENGTH = 8
"""A configured key shorter than this is a placeholder, such as `none` for a local server."""

_EDGES = " \t\r\n\x0b\x0c\xa0\u200b\ufeff"
"""What a copied key may have at its ends and no key has."""
_SCHEME = re.compile(r"bearer\s+", re.IGNORECASE)
_QUOTES = ("\"'", "'\"", '""', "''", "“”", "‘’", "``")
_WORD_LENGTH = 8
"""A shorter key, such as `none` for a local server, may be part of a word, and is hidden only where it stands alone."""


def clean_key(text: str) -> str:
    """Return a key without the blanks and quotes around it and without `Bearer` in front.

    Raises:
        ValueError: it holds what no header can: the message says what, and not the key.
    """
    key = text.strip(_EDGES)
    while len(key) > 1 and key[0] + key[-1] in _QUOTES:
        key = key[1:-1].strip(_EDGES)
    key = _SCHEME.sub("", key, count=1) if _SCHEME.match(key) else key
    if "\n" in key or "\r" in key:
        raise ValueError("a line break")
    if re.search(r"\s", key):
        raise ValueError("a blank")
    if not key.isascii():
        raise ValueError("a character that is not ASCII")
    if not key.isprintable():
        raise ValueError("a control character")
    if any(mark in key for mark in "\"'`"):
        raise ValueError("a quotation mark")
    return key


def mask(text: str, keys: Iterable[str]) -> str:
    """Return a text with each key in it replaced by `…`, also where it is escaped as in JSON or a URL."""
    for key in sorted(filter(None, keys), key=len, reverse=True):
        for form in {key, json.dumps(key)[1:-1], repr(key)[1:-1], quote(key, safe="")}:
            pattern = re.escape(form) if len(form) >= _WORD_LENGTH else rf"(?<!\w){re.escape(form)}(?!\w)"
            text = re.sub(pattern, "…", text)
    return text


def find_key(text: str, configured: str = "") -> str | None:
    """Return the configured key if it occurs in a text, else the first text that looks like a key, else None."""
    if len(configured) >= MIN_KEY_LENGTH and configured in text:
        return configured
    match = _KEY_LIKE.search(text)
    return match[0] if match else None


def mask_keys(text: str) -> str:
    """Return a text with everything that looks like a key replaced."""
    return _KEY_LIKE.sub("[key removed]", text)
