"""Conditions on a text and on a number: check a value, and describe what was expected of it."""

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Self

from pydantic import field_validator, model_validator

from carrel.scenario.files.fields import ShorthandModel, Texts


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a text: how to describe it, and how to check it."""

    description: str
    holds: Callable[[str], bool]
    negative: bool = False
    """Whether it says what must not occur."""


class TextMatch(ShorthandModel):
    """A condition on a text. A bare text means `contains`."""

    contains: Texts = ()
    """Texts that must occur in it, in upper or lower case."""
    not_contains: Texts = ()
    matches: Texts = ()
    """Regular expressions that must be found in it."""
    not_matches: Texts = ()
    equals: str | None = None

    @field_validator("matches", "not_matches")
    @classmethod
    def _check_patterns(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in given:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"'{pattern}' is not a regular expression: {error}") from None
        return given

    @model_validator(mode="after")
    def _check_not_empty(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give at least one of contains, not_contains, matches, not_matches, equals")
        return self

    def conditions(self) -> Iterator[Condition]:
        """Yield each condition by itself."""
        for part in self.contains:
            yield Condition(f'contains "{part}"', partial(_occurs, part))
        for part in self.not_contains:
            yield Condition(f'does not contain "{part}"', partial(_is_absent, part), negative=True)
        for pattern in self.matches:
            yield Condition(f'matches "{pattern}"', partial(_is_found, pattern))
        for pattern in self.not_matches:
            yield Condition(f'does not match "{pattern}"', partial(_is_not_found, pattern), negative=True)
        if self.equals is not None:
            yield Condition(f'equals "{self.equals}"', self.equals.__eq__)

    def holds(self, text: str) -> bool:
        """Return whether a text meets every condition."""
        return all(condition.holds(text) for condition in self.conditions())

    def list_failed(self, text: str) -> list[str]:
        """Return the descriptions of the conditions that a text does not meet."""
        return [condition.description for condition in self.conditions() if not condition.holds(text)]

    @property
    def description(self) -> str:
        """All conditions as one phrase."""
        return " and ".join(condition.description for condition in self.conditions()) or "anything"


def _occurs(part: str, text: str) -> bool:
    return part.casefold() in text.casefold()


def _is_absent(part: str, text: str) -> bool:
    return not _occurs(part, text)


def _is_found(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None


def _is_not_found(pattern: str, text: str) -> bool:
    return not _is_found(pattern, text)


class NumberMatch(ShorthandModel):
    """A condition on a number. A bare number means `eq`."""

    shorthand: ClassVar[tuple[str, str]] = ("number", "eq")

    eq: float | None = None
    lt: float | None = None
    le: float | None = None
    gt: float | None = None
    ge: float | None = None

    @model_validator(mode="after")
    def _check_not_empty(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give at least one of eq, lt, le, gt, ge")
        return self

    def holds(self, number: float) -> bool:
        """Return whether a number meets every condition."""
        bounds = ((name, getattr(self, name)) for name in ("eq", "lt", "le", "gt", "ge"))
        return all(getattr(operator, name)(number, bound) for name, bound in bounds if bound is not None)

    @property
    def description(self) -> str:
        """All conditions as one phrase."""
        signs = {"eq": "exactly", "lt": "less than", "le": "at most", "gt": "more than", "ge": "at least"}
        bounds = ((signs[name], getattr(self, name)) for name in signs)
        return " and ".join(f"{sign} {bound:g}" for sign, bound in bounds if bound is not None)
