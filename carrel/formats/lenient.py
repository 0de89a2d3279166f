"""Read values of JSON that may have another type than expected: what is plain is taken for what it means. Pure."""

import math
from typing import Any


class Unreadable(Exception):
    """A part of a file that cannot be read, with its place and what it is."""

    def __init__(self, place: str, complaint: str) -> None:
        self.complaint = f"{place}: {complaint}" if place else complaint
        super().__init__(self.complaint)


def as_text(value: object) -> str | None:
    """Return a text, a number as a text, and None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return str(value)


def as_list(value: object) -> list[Any]:
    """Return a list, the values of an object, one value as a list of itself, and nothing for null."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    return [] if value is None else [value]


def as_object(value: object, place: str) -> dict[str, Any]:
    """Return an object. Raise Unreadable."""
    if isinstance(value, dict):
        return value
    raise Unreadable(place, "not an object")


def kind_of(value: object) -> str:
    """Return what a person calls a value of JSON."""
    match value:
        case None:
            return "empty"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"
