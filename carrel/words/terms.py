"""Turn text into words for the full-text index, and a question into a query. Pure.

Both sides are normalised by `carrel.words.normalisation` first. FTS5's own tokenizer then only stems English. Chinese,
Japanese, Thai, Khmer, Lao and Burmese are written without spaces: their runs are indexed as overlapping pairs of
characters. Emoji are indexed as names, identifiers such as `CamelCase` also by their parts, letters with an umlaut also
as they are written without one (Müller as Mueller), O'Brien and e-mail also in one. Data such as base64 has no words.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

from carrel.words.joined import other_writings
from carrel.words.non_prose import remove_non_prose
from carrel.words.normalisation import MARKS_FROM, MARKS_TO, normalise, normalise_letters

MAX_TERMS = 64
"""Distinct terms of a query; more would make a search slower and no better."""

_CJK = (
    "\u3005-\u3007\u3040-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003134f"
)
_THAI_TO_KHMER = (
    "\u0e01-\u0e30\u0e32\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0ebd\u0ec0-\u0ec6\u0edc-\u0edf"
    "\u1000-\u103f\u1050-\u108f\u1780-\u17b3"
)
_UNSPACED = _CJK + _THAI_TO_KHMER
"""The letters of scripts without spaces between words: Chinese, Japanese, Korean, Thai, Lao, Burmese, Khmer."""
_MARKS = f"[{MARKS_FROM}-{MARKS_TO}]"
_CHARACTER = re.compile(f"[{_UNSPACED}]{_MARKS}*")
"""A character of such a script, with its vowel signs and tone marks."""
_CJK_MARKS = re.compile(f"(?<=[{_CJK}]){_MARKS}+")
"""Marks of other scripts after a Chinese, Japanese or Korean character, which takes none of its own any more."""
_CJK_RUN = re.compile(f"[{_CJK}]+")
_RUN = re.compile(f"[{_UNSPACED}][{_UNSPACED}{MARKS_FROM}-{MARKS_TO}]*")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
"""Characters for private use: of no word, and in normal text they stand for marks."""
_WORD = re.compile(rf"(?:[^\W_]|{_MARKS})+")
_UMLAUT = re.compile("[äöüøåÄÖÜØÅ]")
_TRANSCRIPTION = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_EMOJI = re.compile(r"emoji[0-9a-f]{3,6}")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

STOP_WORDS = frozenset(
    """
    a about after again all also am an and any are aren as at be been before being both but by can could d did didn do
    does doesn doing don done down each for from had has hasn have having he her here hers him his how i if in into is
    isn it its just ll m may me might mine more most must my no not of off on only or other our ours out over own re s
    same shall she should so some such t than that the their theirs them then there these they this those to too under
    up us ve very was wasn we were what when where which who whom whose why will with won would you your yours
    """.split()
)
"""English words that say nothing about a subject; left out of a query that has other words."""

CJK_STOP = frozenset("的了是在我你他她它们有和就都而及与着或吗呢吧啊么什谁哪几怎")
"""Chinese characters that mark grammar, not a subject."""


def index_words(text: str, *extra: str | None) -> str:
    """Return the words to index a text under, separated by spaces: those of `extra`, then the text's, in order."""
    return " ".join(_normal_words(" ".join([*filter(None, extra), text]), last_characters=True)).casefold()


def query_terms(text: str) -> list[str]:
    """Return the distinct terms of a query, in order, without stop words unless there is nothing else."""
    terms = list(dict.fromkeys(word.casefold() for word in _normal_words(text)))
    content = [term for term in terms if term not in STOP_WORDS and not _is_cjk_grammar(term)]
    return (content or terms)[:MAX_TERMS]


def terms_as_written(text: str) -> list[str]:
    """Return the distinct terms of a query in lower case, but not normalised, as earlier versions indexed them."""
    terms = dict.fromkeys(word.lower() for word in _words(text))
    return [term for term in terms if term not in STOP_WORDS][:MAX_TERMS]


def is_cjk(text: str) -> bool:
    """Return whether a text contains Chinese, Japanese or Korean."""
    return bool(_CJK_RUN.search(text))


def is_emoji(word: str) -> bool:
    """Return whether a word is the name that an emoji is indexed under."""
    return bool(_EMOJI.fullmatch(word))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return a word's stem as FTS5's tokenizer does: of the normalised word, by Porter's algorithm."""
    normal = normalise(word)
    return str(_porter().stemWord(normal)) if normal.isascii() else normal


@cache
def _porter() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("porter")


def is_single(term: str) -> bool:
    """Return whether a term is one character of a script without spaces: it matches each pair that begins with it."""
    return bool(_CHARACTER.fullmatch(term))


def _is_cjk_grammar(term: str) -> bool:
    return bool(_CJK_RUN.fullmatch(term)) and all(character in CJK_STOP for character in term)


def _normal_words(text: str, last_characters: bool = False) -> Iterable[str]:
    """Yield the words of a text in order, then what is written without umlauts or in one as well.

    They are normalised but for their capital letters.
    """
    prose = _PRIVATE.sub(" ", remove_non_prose(text))
    yield from _words(_CJK_MARKS.sub("", normalise_letters(prose)), last_characters)
    yield from _transcriptions(prose)
    if others := " ".join(other_writings(prose)):
        yield from _words(_CJK_MARKS.sub("", normalise(others)))


def _transcriptions(text: str) -> Iterable[str]:
    composed = unicodedata.normalize("NFC", text)
    if _UMLAUT.search(composed):
        with_umlauts = " ".join(filter(_UMLAUT.search, _WORD.findall(composed)))
        yield from _words(normalise(with_umlauts.lower().translate(_TRANSCRIPTION)))


def _words(text: str, last_characters: bool = False) -> Iterable[str]:
    """Yield words in order; with `last_characters` also the last one of each run, so that it is found by itself."""
    position = 0
    for run in _RUN.finditer(text):
        yield from _spaced_words(text[position : run.start()])
        characters = _characters(run.group())
        yield from _pairs(characters)
        if last_characters and len(characters) > 1:
            yield characters[-1]
        position = run.end()
    yield from _spaced_words(text[position:])


def _characters(run: str) -> Sequence[str]:
    """Return the characters of a run, each with its marks."""
    return run if max(run) < MARKS_FROM else _CHARACTER.findall(run)


def _pairs(characters: Sequence[str]) -> Iterable[str]:
    if len(characters) == 1:
        yield characters[0]
    for left, right in itertools.pairwise(characters):
        yield left + right


def _spaced_words(text: str) -> Iterable[str]:
    position = 0
    for match in _WORD.finditer(text):
        yield from _emoji_names(text[position : match.start()])
        yield match.group()
        yield from _camel_parts(match.group())
        position = match.end()
    yield from _emoji_names(text[position:])


def _camel_parts(word: str) -> Iterable[str]:
    parts = _CAMEL.findall(word)
    if len(parts) > 1 and not word.islower():
        yield from parts


def _emoji_names(text: str) -> Iterable[str]:
    for character in text:
        if unicodedata.category(character) == "So":
            yield f"emoji{ord(character):x}"
