"""Words that some write in one and others in two: O'Brien and OBrien, e-mail and email, می‌خواهم and می خواهم. Pure.

Each is indexed and looked for by its parts and as one word.
"""

import re
from collections.abc import Iterator

_LETTER = r"[^\W\d_]"
_APOSTROPHE = "['’‘ʼ＇´`]"
_COMPOUND = re.compile(
    rf"(?<![\w/.@-]){_LETTER}+(?:(?:{_APOSTROPHE}|[-\u2010\u2011\ufe63\uff0d])[^\W_]+){{1,3}}(?![\w-])"
)
_CLITIC = re.compile(rf"{_APOSTROPHE}(?:s|t|d|m|re|ve|ll)$", re.IGNORECASE)
"""English possessives and contractions: what stands before is a word of its own."""
_SIGN = re.compile(rf"{_APOSTROPHE}|[-\u2010\u2011\ufe63\uff0d]")
_MAX_LETTERS, _MAX_PARTS = 24, 3
"""Longer compounds are phrases, and written in one by nobody."""

_ARABIC = "\u0620-\u065f\u066e-\u06d3\u06d5\u06ee-\u06ff\ufb50-\ufdff\ufe70-\ufefc"
_NON_JOINER = "\u200c"
_AFFIXED = re.compile(
    rf"(?<![{_ARABIC}{_NON_JOINER}])(?:"
    rf"(?:ن?م[یيى])[ {_NON_JOINER}][{_ARABIC}]{{2,}}"  # the prefixes of verbs
    rf"|[{_ARABIC}]{{2,}}[ {_NON_JOINER}](?:ها|های|هایی|هاي|تر|ترین|ترين)"  # the plural, and degrees of comparison
    rf"|[{_ARABIC}]+(?:{_NON_JOINER}[{_ARABIC}]+)+"
    rf")(?![{_ARABIC}{_NON_JOINER}])"
)
_GAP = re.compile(f"[ {_NON_JOINER}]")


def other_writings(text: str) -> Iterator[str]:
    """Yield the words of a text that are written in one as well, or in parts, in the way that is not the text's."""
    for match in _COMPOUND.finditer(text):
        word = _CLITIC.sub("", match[0])
        parts = _SIGN.split(word)
        if 1 < len(parts) <= _MAX_PARTS and len(word) <= _MAX_LETTERS:
            yield "".join(parts)
    if not text.isascii():
        for match in _AFFIXED.finditer(text):
            yield _GAP.sub("", match[0]) if " " in match[0] else match[0].replace(_NON_JOINER, " ")
