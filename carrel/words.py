"""Turn text into words for the full-text index, and a question into a query. Pure.

FTS5's own tokenizer stems English and drops accents, but sees a run of Chinese, Japanese or Korean as one word and
an emoji as nothing. So such runs are indexed as overlapping pairs of characters, emoji as names, and identifiers
such as `CamelCase` also by their parts.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

MAX_TERMS = 64
"""Distinct terms of a query; more would make a search slower and no better."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f"
_RUN = re.compile(f"[{_CJK}]+")
_WORD = re.compile(r"[^\W_]+")
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
    return " ".join(_words(" ".join([*filter(None, extra), text]), last_characters=True))


def query_terms(text: str) -> list[str]:
    """Return the distinct terms of a query, in order, without stop words unless there is nothing else."""
    terms = list(dict.fromkeys(word.lower() for word in _words(text)))
    content = [term for term in terms if term not in STOP_WORDS and not _is_cjk_grammar(term)]
    return (content or terms)[:MAX_TERMS]


def is_cjk(text: str) -> bool:
    """Return whether a text contains Chinese, Japanese or Korean."""
    return bool(_RUN.search(text))


def is_emoji(word: str) -> bool:
    """Return whether a word is the name that an emoji is indexed under."""
    return bool(_EMOJI.fullmatch(word))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return a word's stem as FTS5's tokenizer does: in lower case, without accents, by Porter's algorithm."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    return str(_porter().stemWord(folded)) if folded.isascii() else word.lower()


@cache
def _porter() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("porter")


def is_single(term: str) -> bool:
    """Return whether a term is one Chinese, Japanese or Korean character: it matches each pair that begins with it."""
    return len(term) == 1 and bool(_RUN.fullmatch(term))


def _is_cjk_grammar(term: str) -> bool:
    return bool(_RUN.fullmatch(term)) and all(character in CJK_STOP for character in term)


def _words(text: str, last_characters: bool = False) -> Iterable[str]:
    """Yield words in order; with `last_characters` also the last one of each run, so that it is found by itself."""
    position = 0
    for run in _RUN.finditer(text):
        yield from _spaced_words(text[position : run.start()])
        yield from _pairs(run.group())
        if last_characters and len(run.group()) > 1:
            yield run.group()[-1]
        position = run.end()
    yield from _spaced_words(text[position:])


def _pairs(run: str) -> Iterable[str]:
    if len(run) == 1:
        yield run
    for left, right in itertools.pairwise(run):
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
