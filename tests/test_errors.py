"""Errors that people and programs can tell apart: a sentence and a remedy, a code and an exit code."""

import inspect
import re

from carrel import errors
from carrel.errors import CarrelError, ModelMistake, OperatorError, UsageError, UserError

CLASSES = [item for item in vars(errors).values() if inspect.isclass(item) and issubclass(item, CarrelError)]


PICTURE = (errors.__doc__ or "").split("\n\n")[1]


def test_an_error_says_what_is_wrong_and_what_to_do() -> None:
    """The text is message and hint; without a hint it is the message alone, without a space after it."""
    error = UsageError("'书' is not a number.", "Write 1.")
    assert (str(error), error.message, error.hint) == (
        "'书' is not a number. Write 1.",
        "'书' is not a number.",
        "Write 1.",
    )
    assert str(CarrelError("It failed.")) == "It failed."


def test_every_error_is_for_somebody() -> None:
    """Each is the model's, the user's or the operator's, and has a code of its own."""
    kinds = (ModelMistake, UserError, OperatorError)
    assert all(sum(issubclass(item, kind) for kind in kinds) == 1 for item in CLASSES if item is not CarrelError)
    codes = [item.code for item in CLASSES]
    assert len(codes) == len(set(codes)) > 20


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    """The picture at the head of the module names every class under its parent, with its exit code."""
    stack: list[tuple[int, str]] = []
    for indent, name, rest in re.findall(r"^([ │├└─]*)(\w+)(.*)$", PICTURE, re.MULTILINE):
        stack = [item for item in stack if item[0] < len(indent)]
        found = getattr(errors, name)
        assert not stack or found.__base__.__name__ == stack[-1][1], name
        assert found.exit_code == int((re.findall(r"exit (\d+)", rest) or [found.exit_code])[0]), name
        stack.append((len(indent), name))
    assert sorted(re.findall(r"[A-Z]\w+", PICTURE)) == sorted(item.__name__ for item in CLASSES)
