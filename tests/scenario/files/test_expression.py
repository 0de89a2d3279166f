"""Expressions over names and tags, as in `carrel run -k`."""

import pytest

from carrel.errors import UsageError
from carrel.scenario.files.expression import evaluate

NAMES = ["An allergy is remembered", "allergy", "recall", "中文"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("ALLERGY", True),
        ("slow", False),
        ("not slow", True),
        ("slow or recall", True),
        ("recall and slow", False),
        ("slow or recall and 中文", True),
        ("recall and not (slow or live)", True),
        ('"is remembered"', True),
        ("not not recall", True),
    ],
)
def test_words_and_operators(expression: str, expected: bool) -> None:
    """A word is true if a name contains it; `and` binds more tightly than `or`, `not` most tightly."""
    assert evaluate(expression, NAMES) is expected


@pytest.mark.parametrize("expression", ["(recall", "recall or", "and", "recall slow", "not", "recall)", "()"])
def test_malformed_expressions(expression: str) -> None:
    """They are refused with an example of a well-formed one."""
    with pytest.raises(UsageError, match=r"is not well-formed\. Example: recall and not \(slow or live\)"):
        evaluate(expression, NAMES)
