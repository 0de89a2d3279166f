"""How a row is put, read once when it is stored: does it ask, speak of oneself, name a time? Pure."""

import re
from dataclasses import dataclass

from carrel.memory.search.question import MONTHS

_ASKING = re.compile(r"[^.!?。！？\n]*[?？]+")
_FIRST = re.compile(r"\b(?:i|my|me|we|our)\b|我", re.IGNORECASE)
_TIME = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|last|next|ago|week|weekend|month|years?|since|recently|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|" + "|".join(MONTHS) + r"|\d{4})\b"
    r"|昨天|今天|明天|前天|上周|下周|最近|去年|今年|[0-9一二三四五六七八九十]+[月日号]",
    re.IGNORECASE,
)
MOST = 3
"""First-person and time words count up to three: the fourth tells nothing new."""
LETTERS = 5000
"""What is looked at of a long text."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a row is put."""

    asks: float
    """The share of the text that is questions, 0 to 1."""
    first_person: int
    time_words: int


def form_of(text: str) -> Form:
    """Read a row's form."""
    head = text[:LETTERS].strip()
    asking = sum(len(part) for part in _ASKING.findall(head)) / len(head) if head else 0.0
    return Form(round(min(1.0, asking), 4), min(MOST, len(_FIRST.findall(head))), min(MOST, len(_TIME.findall(head))))
