"""Find keys in a text: what looks like one is never written into a file that is meant to be shared."""

import re

_KEY = re.compile(
    r"\bsk-[A-Za-z0-9_-]{16,}"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10,}"
    r"|\bBearer\s+[A-Za-z0-9._~+/-]{20,}=*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
"""Keys of OpenAI and those who copied its form, AWS, GitHub, Slack; bearer tokens; PEM."""

LEAST = 8
"""A configured key shorter than this is a placeholder, such as `none` for a local server."""


def find_key(text: str, known: str = "") -> str | None:
    """Return the first thing in a text that looks like a key, or is the known one; None where nothing does."""
    if len(known) >= LEAST and known in text:
        return known
    match = _KEY.search(text)
    return match[0] if match else None


def masked(text: str) -> str:
    """Return a text with what looks like a key taken out."""
    return _KEY.sub("[key removed]", text)
