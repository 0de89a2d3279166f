"""Features of a text that scoring needs, computed once when it is stored: questions, first person, times. Pure."""

import re
from dataclasses import dataclass

from carrel.memory.search.question import MONTHS

_QUESTION = re.compile(r"[^.!?。！？\n]*[?？]+")
_FIRST_PERSON = re.compile(r"\b(?:i|my|me|we|our)\b|我", re.IGNORECASE)
_TIME_WORD = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|last|next|ago|week|weekend|month|years?|since|recently|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|" + "|".join(MONTHS) + r"|\d{4})\b"
    r"|昨天|今天|明天|前天|上周|下周|最近|去年|今年|[0-9一二三四五六七八九十]+[月日号]",
    re.IGNORECASE,
)
MAX_COUNT = 3
"""First-person and time words are counted up to three: a fourth adds nothing."""
MAX_CHARACTERS = 5000
"""Characters of a long text that are read."""


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """The features of one text."""

    asks: float
    """The share of the text that consists of questions, 0 to 1."""
    first_person: int
    """The number of words in the first person, up to three."""
    time_words: int
    """The number of words that name a time, up to three."""


def read_features(text: str) -> TextFeatures:
    """Compute the features of a text."""
    head = text[:MAX_CHARACTERS].strip()
    asked = _QUESTION.findall(head) if "?" in head or "？" in head else []  # else each place is tried to its line's end
    asking = sum(map(len, asked)) / len(head) if head else 0.0
    first_person, time_words = (min(MAX_COUNT, len(word.findall(head))) for word in (_FIRST_PERSON, _TIME_WORD))
    return TextFeatures(round(min(1.0, asking), 4), first_person, time_words)
