"""Make text safe to store, index, send and show. Pure.

`clean_text` is called at every boundary: on what a user types, a file contains, a tool returns or a model writes.
"""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85]")
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, movements and other control sequences
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # titles and other strings
    r"|\x1b[ -/]+[0-~]|\x1b[0-Z\\`-~]"  # other escape sequences
)
"""Escape sequences of terminals (ECMA-48, section 5.3 to 5.6)."""
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean_text(text: str, limit: int | None = None) -> str:
    """Return the text as valid UTF-8 in NFC without control characters.

    Surrogate pairs are joined and lone surrogates replaced; every kind of line break becomes LF; all other C0 and C1
    characters except tab are dropped. A text of more than `limit` characters is truncated as `clip` does. Idempotent:
    clean text is returned unchanged.
    """
    lines = _BREAK.sub("\n", replace_surrogates(text))
    cleaned = unicodedata.normalize("NFC", _CONTROL.sub("", lines))
    if limit is None or len(cleaned) <= limit:
        return cleaned
    return clip(cleaned, limit)


def remove_sequences(text: str) -> str:
    """Return a text without the escape sequences of terminals, for what was copied from one or printed by a program."""
    return _SEQUENCE.sub("", text)


def replace_surrogates(text: str) -> str:
    """Return a text that can be encoded: surrogate pairs are joined, and a lone surrogate becomes U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def clip(text: str, limit: int) -> str:
    """Truncate a text to `limit` characters, including a marker that says how long it was."""
    if len(text) <= limit:
        return text
    marker = f" […cut: {len(text)} characters]"
    return text[: max(0, limit - len(marker))] + marker[: max(0, limit)]


def terminal_text(text: str) -> str:
    """Return clean text without the characters that reverse the direction of writing, safe to print in a terminal."""
    return clean_text(_BIDI.sub("", text))


def one_line(text: str, limit: int) -> str:
    """Return the text on one line, truncated to `limit` characters, for lists."""
    folded = " ".join(text.split())
    return folded if len(folded) <= limit else (folded[: limit - 1] + "…" if limit > 0 else "")
