"""Find API keys in a text, so that none is written into a file that is meant to be shared."""

import re

_KEY = re.compile(
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


def find_key(text: str, configured: str = "") -> str | None:
    """Return the configured key if it occurs in a text, else the first text that looks like a key, else None."""
    if len(configured) >= MIN_KEY_LENGTH and configured in text:
        return configured
    match = _KEY.search(text)
    return match[0] if match else None


def mask_keys(text: str) -> str:
    """Return a text with everything that looks like a key replaced."""
    return _KEY.sub("[key removed]", text)
