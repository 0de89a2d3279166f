"""Parameters are what was asked for, or refused with a sentence."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.errors import UsageError
from carrel.inspector.parameters import MAX_NUMBER, Parameters


def test_a_text_is_given_or_has_a_default() -> None:
    """A missing text is its default; without one, or as another kind of value, it is refused."""
    parameters = Parameters({"q": "茶", "n": 3})
    assert (parameters.text("q"), parameters.text("since", "")) == ("茶", "")
    for name, said in (("since", "is missing"), ("n", "is not a text")):
        with pytest.raises(UsageError, match=f"Parameter '{name}' {said}"):
            parameters.text(name)


def test_a_choice_is_one_of_several() -> None:
    """The first choice is the default; another word is refused with the choices."""
    parameters = Parameters({"tier": "recall", "mode": "magic"})
    assert (parameters.choice("tier", "all", "recall"), parameters.choice("x", "all")) == ("recall", "all")
    with pytest.raises(UsageError, match=re.escape("'magic' is not one of the choices. Choose hybrid, words.")):
        parameters.choice("mode", "hybrid", "words")


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.integers())))
def test_a_number_is_within_its_bounds_or_refused(value: object) -> None:
    """Whatever is given, the result is a whole number between the bounds, or UsageError is raised."""
    try:
        number = Parameters({"n": value}).number("n", 1, low=1, high=50)
    except UsageError:
        return
    assert type(number) is int
    assert 1 <= number <= 50


def test_numbers_and_flags() -> None:
    """A missing number is its default or None; a flag is true or false and nothing else."""
    parameters = Parameters({"n": "7", "yes": True, "no": "false", "huge": MAX_NUMBER + 1})
    assert (parameters.number("n", 1), parameters.number("m", 5), parameters.maybe_number("m")) == (7, 5, None)
    assert (parameters.maybe_number("n"), parameters.flag("yes")) == (7, True)
    with pytest.raises(UsageError, match="is not true or false"):
        parameters.flag("no")
    with pytest.raises(UsageError, match="is not a number from 1"):
        parameters.maybe_number("huge")
