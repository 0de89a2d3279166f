"""Conditions on a text and on a number: what holds, and in words what was expected."""

import operator
import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


class Strict(BaseModel):
    """What a scenario is made of: frozen, and without a word that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, coerce_numbers_to_str=True)


class Short(Strict):
    """A condition that may be written as a bare value: `shorthand` names the field that this means."""

    shorthand: ClassVar[tuple[str, str]] = ("string", "contains")

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, given: Any) -> Any:
        return given if isinstance(given, dict | BaseModel) else {cls.shorthand[1]: given}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        own = handler.resolve_ref_schema(schema)
        whole = {"anyOf": [{"type": cls.shorthand[0]}, dict(own)]}
        own.clear()
        own.update(whole)
        return schema


def _listed(given: Any) -> Any:
    return given if isinstance(given, list | tuple) else (given,)


class OrOne:
    """Marks a list that may be given as its only item."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_listed, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        return {"anyOf": [schema["items"], schema]}


Texts = Annotated[tuple[str, ...], OrOne()]
"""One text or a list of them."""


class TextMatch(Short):
    """A condition on a text. A bare text means `contains`."""

    contains: Texts = ()
    """Stand in it, in upper or lower case."""
    not_contains: Texts = ()
    matches: Texts = ()
    """Regular expressions that are found in it."""
    not_matches: Texts = ()
    equals: str | None = None

    @field_validator("matches", "not_matches")
    @classmethod
    def _compiles(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in given:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"'{pattern}' is not a regular expression: {error}") from None
        return given

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("say at least one of contains, not_contains, matches, not_matches, equals")
        return self

    def conditions(self) -> Iterator[tuple[str, Any]]:
        """Yield each condition as words and a function of the text."""
        for part in self.contains:
            yield f'contains "{part}"', lambda text, p=part: p.casefold() in text.casefold()
        for part in self.not_contains:
            yield f'does not contain "{part}"', lambda text, p=part: p.casefold() not in text.casefold()
        for pattern in self.matches:
            yield f'matches "{pattern}"', lambda text, p=pattern: re.search(p, text) is not None
        for pattern in self.not_matches:
            yield f'does not match "{pattern}"', lambda text, p=pattern: re.search(p, text) is None
        if self.equals is not None:
            yield f'equals "{self.equals}"', lambda text: text == self.equals

    def holds(self, text: str) -> bool:
        """Return whether a text meets every condition."""
        return all(check(text) for _, check in self.conditions())

    def failed(self, text: str) -> list[str]:
        """Return in words the conditions that a text does not meet."""
        return [words for words, check in self.conditions() if not check(text)]

    @property
    def words(self) -> str:
        """All conditions in words."""
        return " and ".join(words for words, _ in self.conditions()) or "anything"


class NumberMatch(Short):
    """A condition on a number. A bare number means `eq`."""

    shorthand: ClassVar[tuple[str, str]] = ("number", "eq")

    eq: float | None = None
    lt: float | None = None
    le: float | None = None
    gt: float | None = None
    ge: float | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("say at least one of eq, lt, le, gt, ge")
        return self

    def holds(self, number: float) -> bool:
        """Return whether a number meets every condition."""
        bounds = ((name, getattr(self, name)) for name in ("eq", "lt", "le", "gt", "ge"))
        return all(getattr(operator, name)(number, bound) for name, bound in bounds if bound is not None)

    @property
    def words(self) -> str:
        """All conditions in words."""
        signs = {"eq": "exactly", "lt": "less than", "le": "at most", "gt": "more than", "ge": "at least"}
        bounds = ((signs[name], getattr(self, name)) for name in signs)
        return " and ".join(f"{sign} {bound:g}" for sign, bound in bounds if bound is not None)
