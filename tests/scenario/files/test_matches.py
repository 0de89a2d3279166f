"""Conditions on texts and numbers."""

import pytest
from pydantic import ValidationError

from carrel.scenario.files.matches import NumberMatch, TextMatch


def test_conditions_on_a_text() -> None:
    """All must hold; those that do not are described one by one."""
    match = TextMatch.model_validate({"contains": ["Cat", "狗"], "not_contains": "bird", "not_matches": r"\d"})
    assert match.holds("a CAT, a 狗")
    assert match.list_failed("a bird, a cat, 7") == ['contains "狗"', 'does not contain "bird"', r'does not match "\d"']
    assert [condition.negative for condition in match.conditions()] == [False, False, True, True]
    assert TextMatch.model_validate("cat").description == 'contains "cat"'
    assert TextMatch(equals="").list_failed("x") == ['equals ""']


@pytest.mark.parametrize(("given", "expected"), [({}, "give at least one"), ({"matches": "("}, "not a regular expr")])
def test_invalid_conditions_on_a_text(given: object, expected: str) -> None:
    """An empty condition and a broken pattern are refused."""
    with pytest.raises(ValidationError, match=expected):
        TextMatch.model_validate(given)


@pytest.mark.parametrize(
    ("given", "numbers", "description"),
    [
        (3, [3], "exactly 3"),
        ({"ge": 2, "lt": 4}, [2, 3], "less than 4 and at least 2"),
        ({"gt": 2.5}, [3, 4, 5], "more than 2.5"),
        ({"le": 1}, [0, 1], "at most 1"),
    ],
)
def test_conditions_on_a_number(given: object, numbers: list[int], description: str) -> None:
    """Bounds may be combined; a bare number means equality."""
    match = NumberMatch.model_validate(given)
    assert [number for number in range(6) if match.holds(number)] == numbers
    assert match.description == description
