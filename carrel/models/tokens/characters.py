"""Sort characters into the kinds that tokenizers treat alike: Latin letters, digits, ideographs, and so on. Pure."""

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

SPACE, LINE_BREAK, LOWER, UPPER, ACCENTED, DIGIT, PUNCTUATION = range(7)
IDEOGRAPH, HANGUL, LETTER, SYLLABLE, QUOTE, SYMBOL = range(7, 13)
RARE_ACCENT, RARE_SCRIPT, APOSTROPHE = range(13, 16)

_RANGES = (
    (0x0000, 0x0020, LINE_BREAK),
    (0x0020, 0x0021, SPACE),
    (0x0021, 0x0080, PUNCTUATION),
    (0x0027, 0x0028, APOSTROPHE),
    (0x0030, 0x003A, DIGIT),
    (0x0041, 0x005B, UPPER),
    (0x0061, 0x007B, LOWER),
    (0x00A0, 0x00C0, SYMBOL),
    (0x00C0, 0x0250, ACCENTED),
    (0x0100, 0x0180, RARE_ACCENT),
    (0x0250, 0x0590, LETTER),
    (0x0590, 0x1E00, SYLLABLE),
    (0x0780, 0x0900, RARE_SCRIPT),
    (0x0F00, 0x1000, RARE_SCRIPT),
    (0x1200, 0x1780, RARE_SCRIPT),
    (0x1800, 0x1D00, RARE_SCRIPT),
    (0x1E00, 0x1F00, ACCENTED),
    (0x1F00, 0x2000, LETTER),
    (0x2000, 0x2070, QUOTE),
    (0x2C00, 0x2E00, LETTER),
    (0x3000, 0xA000, IDEOGRAPH),
    (0xA000, 0xAC00, SYLLABLE),
    (0xAC00, 0xD800, HANGUL),
    (0xF900, 0xFB00, IDEOGRAPH),
    (0xFB00, 0xFE00, LETTER),
    (0xFE70, 0xFF00, LETTER),
    (0xFF00, 0xFFF0, IDEOGRAPH),
)
"""First code point, end and kind; a later line overrides an earlier one. A code point in no range is a symbol."""

_LETTERS = bytes([LOWER, UPPER])
_APOSTROPHE_IN_WORD = re.compile(rb"%b(?<=[%b].)(?=[%b])" % (bytes([APOSTROPHE]), _LETTERS, _LETTERS))


def kinds_of(text: str) -> bytes:
    """Return the kind of each character as one byte; an apostrophe between letters counts as a letter."""
    if text.isascii():
        kinds = text.encode().translate(_ascii_kinds())
    else:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        found = _kind_table()[np.minimum(codes, 0xFFFF)]
        found[(codes >= 0x20000) & (codes < 0x40000)] = IDEOGRAPH
        kinds = found.tobytes()
    return _APOSTROPHE_IN_WORD.sub(bytes([LOWER]), kinds) if "'" in text else kinds


@cache
def _kind_table() -> NDArray[np.uint8]:
    table = np.full(0x10000, SYMBOL, np.uint8)
    for start, end, kind in _RANGES:
        table[start:end] = kind
    return table


@cache
def _ascii_kinds() -> bytes:
    return _kind_table()[:256].tobytes()
