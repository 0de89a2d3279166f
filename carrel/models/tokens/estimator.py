"""Estimate tokens from the kinds of characters in a text, rather too high than too low. Needs no tokenizer's file."""

import math
import re
from functools import cache

from carrel.models.tokens.characters import (
    ACCENTED,
    APOSTROPHE,
    DIGIT,
    LINE_BREAK,
    LOWER,
    PUNCTUATION,
    RARE_ACCENT,
    SPACE,
    UPPER,
    kinds_of,
)
from carrel.models.tokens.families import O200K_COSTS, costs_of, family_of

PORTION = 1_000_000
"""Characters of a text that are estimated at once, to bound the memory that it takes."""

_BOUNDARY = 16
"""A kind that no character has: it separates two runs of letters."""


class Estimator:
    """Estimates tokens from the kinds of characters: words, digits, punctuation, white space, ideographs.

    `model` is the name of the model whose tokens are estimated; without it they are o200k's.
    """

    exact = False

    def __init__(self, model: str = "", portion: int = PORTION) -> None:
        self._costs = _run_costs(family_of(model))
        self._portion = portion

    def count(self, text: str) -> int:
        """Return an estimate of a text's tokens, rather above than below the true number; 0 for an empty text."""
        portions = (text[start : start + self._portion] for start in range(0, len(text), self._portion))
        return max(min(len(text), 1), math.ceil(sum(_estimate(part, self._costs) for part in portions) - 1e-6))


def _estimate(text: str, costs: "_RunCosts") -> float:
    """Return the estimated tokens of a text that is not empty."""
    kinds = kinds_of(text)
    rare = 0.5 * kinds.count(ACCENTED) + 1.0 * kinds.count(RARE_ACCENT) + 0.25 * len(_SECOND_CAPITAL.findall(kinds))
    runs = kinds.replace(_CAMEL, _CAMEL_SPLIT).translate(_MERGED_KINDS)
    lone = runs.count(_SPACE_DIGIT) - runs.count(_SPACES_DIGIT)
    mixed = runs.count(_LETTER_DIGIT) + runs.count(_DIGIT_LETTER)
    ended = runs.count(_PUNCTUATION_BREAK)  # a line break shares a token with the punctuation before it
    return sum(map(costs.__getitem__, _RUN.findall(runs))) + rare + lone + 0.25 * mixed - 0.8 * ended


class _RunCosts(dict[bytes, float]):
    """The tokens of a run of one kind, computed once for each common length."""

    def __init__(self, family: str) -> None:
        self._costs = costs_of(family)

    def __missing__(self, run: bytes) -> float:
        """Compute the cost of a run; several spaces in a row are one token, and a little more if they are many."""
        first, free, rate = self._costs[run[0]]
        indent = 1 + len(run) / 64 if run[0] == SPACE and len(run) > 1 else 0.0
        cost = first + rate * max(len(run) - free, 0) + indent
        if len(run) <= _COMMON_RUN:
            self[run] = cost
        return cost


@cache
def _run_costs(family: str) -> _RunCosts:
    return _RunCosts(family)


_COMMON_RUN = 32
_SECOND_CAPITAL = re.compile(rb"%b(?=%b)" % (bytes([UPPER]), bytes([UPPER])))
_CAMEL = bytes([LOWER, UPPER])
_CAMEL_SPLIT = bytes([LOWER, _BOUNDARY, UPPER])
_MERGED = {UPPER: LOWER, ACCENTED: LOWER, RARE_ACCENT: LOWER, APOSTROPHE: PUNCTUATION}
_MERGED_KINDS = bytes(_MERGED.get(kind, kind) for kind in range(256))
"""The kinds that form one run with others: all Latin letters do."""
_COMMON_FIRST = sorted(set(O200K_COSTS) - {SPACE}, key=lambda kind: kind != LOWER)
_RUN = re.compile(
    b"|".join([*(b"%b+" % re.escape(bytes([kind])) for kind in _COMMON_FIRST), b"%b{2,}" % bytes([SPACE])])
)
"""A run of one kind. A single space costs nothing."""
_SPACE_DIGIT, _SPACES_DIGIT = bytes([SPACE, DIGIT]), bytes([SPACE, SPACE, DIGIT])
_LETTER_DIGIT, _DIGIT_LETTER = bytes([LOWER, DIGIT]), bytes([DIGIT, LOWER])
_PUNCTUATION_BREAK = bytes([PUNCTUATION, LINE_BREAK])
