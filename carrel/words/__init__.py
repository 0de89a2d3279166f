"""The words of a text, as they are indexed and looked for."""

from carrel.words.non_prose import remove_non_prose
from carrel.words.normalisation import normalise, normalise_by_character
from carrel.words.terms import (
    CJK_STOP,
    MAX_TERMS,
    STOP_WORDS,
    index_words,
    is_cjk,
    is_emoji,
    is_single,
    query_terms,
    stem,
    terms_as_written,
)

__all__ = [
    "CJK_STOP",
    "MAX_TERMS",
    "STOP_WORDS",
    "index_words",
    "is_cjk",
    "is_emoji",
    "is_single",
    "normalise",
    "normalise_by_character",
    "query_terms",
    "remove_non_prose",
    "stem",
    "terms_as_written",
]
