"""What a run of characters costs in tokens, for each family of models. Pure."""

from collections.abc import Mapping

from carrel.models.tokens.characters import (
    DIGIT,
    HANGUL,
    IDEOGRAPH,
    LETTER,
    LINE_BREAK,
    LOWER,
    PUNCTUATION,
    QUOTE,
    RARE_SCRIPT,
    SPACE,
    SYLLABLE,
    SYMBOL,
)

Cost = tuple[float, int, float]
"""The tokens of a run of one kind: the first figure up to so many characters, the third for each further one."""

O200K_COSTS: Mapping[int, Cost] = {
    SPACE: (0.0, 1, 0.0),
    LINE_BREAK: (1.0, 2, 0.25),
    LOWER: (1.0, 5, 0.25),
    DIGIT: (1.0, 3, 0.4),
    PUNCTUATION: (1.0, 2, 0.5),
    IDEOGRAPH: (0.85, 1, 0.85),
    HANGUL: (0.7, 1, 0.7),
    LETTER: (1.0, 3, 0.35),
    SYLLABLE: (1.0, 2, 0.5),
    QUOTE: (1.0, 1, 1.0),
    SYMBOL: (2.0, 1, 2.0),
    RARE_SCRIPT: (2.2, 1, 2.2),
}
"""Calibrated on the counts that OpenAI published for o200k (tests/models/tokens/test_estimator.py has them) and on its
usual characters per token: 4.4 in English, 1.4 in Chinese, 3.2 in code, 2.2 to 2.6 in JSON full of ids.
"""

_CL100K_COSTS: Mapping[int, Cost] = {IDEOGRAPH: (1.2, 1, 1.2), LETTER: (1.0, 2, 0.6), SYLLABLE: (1.0, 1, 1.0)}

_FAMILIES: tuple[tuple[str, Mapping[int, Cost]], ...] = (
    ("qwen", {IDEOGRAPH: (0.66, 1, 0.66), DIGIT: (1.0, 1, 1.0)}),
    ("deepseek", {IDEOGRAPH: (0.61, 1, 0.61)}),
    ("claude", {IDEOGRAPH: (1.15, 1, 1.15)}),
    ("gpt-4o", {}),
    ("gpt-4.", {}),
    ("gpt-4", _CL100K_COSTS),
    ("gpt-3.5", _CL100K_COSTS),
    ("gpt-35", _CL100K_COSTS),
)
"""Families whose tokens differ much from o200k's, by a part of the model's name; the first that matches is used.

Measured on English, Chinese, code and JSON of 40,000 to 60,000 characters each, with the makers' own vocabularies.
"""


def family_of(model: str) -> str:
    """Return the family that a model's name belongs to; empty for all whose tokens are like o200k's."""
    return next((family for family, _ in _FAMILIES if family in model.lower()), "")


def costs_of(family: str) -> dict[int, Cost]:
    """Return the cost of a run of each kind of characters in a family."""
    return {**O200K_COSTS, **dict(_FAMILIES).get(family, {})}
