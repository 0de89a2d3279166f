"""Choose which remembered lines answer a question, by the words that they share with it. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from carrel.models.chat.sentences import statements
from carrel.words import CJK_STOP, query_terms, stem

ASSISTANT = "assistant"
"""The speaker of a line that an assistant said who has no name."""

MAX_QUOTES = 3
MIN_COVERAGE = 0.34
"""A line is quoted if it has a third of the question's words, each weighted by how rare it is."""
MIN_OF_BEST = 0.8
"""A second and third line are quoted if their score is at least this part of the best one."""
PAIR_BONUS = 0.5
"""Added for a line with all pairs of neighbouring words of the question: it is about the same thing."""
RANK_BONUS = 0.1
"""Added for the first line, and less for later ones: the search that found them also compared meanings."""
LENGTH_PENALTY = 0.1
"""Subtracted for each forty words: a short line is more likely to be the answer and nothing else."""

_SPEECH_WORDS = frozenset(
    "ask asked know mention mentioned recall remember said say talk talked tell told think".split()
)
"""Words about speaking, which questions contain and answers do not."""
_QUESTION_CHARACTERS = frozenset("什么谁哪几怎吗何")
"""Characters that only questions contain."""


@dataclass(frozen=True, slots=True)
class Line:
    """A remembered line that may be quoted."""

    text: str
    date: str
    """In ISO 8601; empty if it is not known."""
    speaker: str


def choose_quotes(question: str, lines: Sequence[Line]) -> list[Line]:
    """Return up to MAX_QUOTES lines that best match a question, the best first.

    Questions in the lines are left out. Lines of an assistant are quoted only where no other line matches.
    """
    wanted = _stems_of_question(question)
    by_people = [line for line in lines if line.speaker != ASSISTANT]
    return _best_lines(wanted, by_people) or _best_lines(wanted, [line for line in lines if line.speaker == ASSISTANT])


def _best_lines(wanted: Sequence[str], lines: Sequence[Line]) -> list[Line]:
    candidates = _distinct([replace(line, text=_without_questions(line.text)) for line in lines])
    words = [_stems(line) for line in candidates]
    weights = {term: 1 / math.sqrt(max(1, sum(term in line_words for line_words in words))) for term in wanted}
    total = sum(weights.values())
    scored = []
    for rank, (line, line_words) in enumerate(zip(candidates, words, strict=True)):
        coverage = sum(weights[term] for term in weights if term in line_words) / total if total else 0.0
        if coverage >= MIN_COVERAGE:
            bonus = PAIR_BONUS * _shared_pairs(wanted, line_words) + RANK_BONUS * (1 - rank / len(candidates))
            scored.append((coverage + (bonus - LENGTH_PENALTY * len(line_words) / 40), -rank, line))
    scored.sort(key=lambda item: item[:2], reverse=True)
    return [line for score, _, line in scored if score >= MIN_OF_BEST * scored[0][0]][:MAX_QUOTES]


def _stems_of_question(question: str) -> list[str]:
    terms = [
        term for term in query_terms(question) if term not in _SPEECH_WORDS and not _QUESTION_CHARACTERS & set(term)
    ]
    subjects = [term for term in terms if not CJK_STOP & set(term)]  # a pair with 我 or 的 is not a subject
    return [stem(term) for term in subjects or terms]


def _distinct(lines: Sequence[Line]) -> list[Line]:
    """Return the lines that are not empty, with those of equal text once; one with a date is preferred."""
    found: dict[str, Line] = {}
    for line in sorted(lines, key=lambda line: not line.date):
        found.setdefault(" ".join(line.text.casefold().split()), line)
    return [line for text, line in found.items() if text]


def _without_questions(text: str) -> str:
    return " ".join(statements(text))


def _shared_pairs(wanted: Sequence[str], line_words: Sequence[str]) -> float:
    """Return the share of the question's pairs of neighbouring words that are neighbours in a line too."""
    pairs = set(pairwise(wanted))
    return len(pairs & set(pairwise(line_words))) / len(pairs) if pairs else 0.0


def _stems(line: Line) -> list[str]:
    """Return a line's words in order, with the speaker's name first."""
    return [stem(term) for term in query_terms(f"{line.speaker} {line.text}")]
