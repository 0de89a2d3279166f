"""Fill in what a scenario may leave open: {{ i }}, the repetition, and {{ id }}, what was found. Pure."""

import re
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from carrel.errors import UsageError
from carrel.rendering.memories import memory_ids
from carrel.rendering.prompt import split_tail

Model = TypeVar("Model", bound=BaseModel)

_NUMBER = re.compile(r"\{\{\s*i\s*\}\}")
_FOUND = re.compile(r"\{\{\s*id(?:\s+(\d+))?\s*\}\}")


def numbered(value: Any, i: int) -> Any:
    """Return a value with {{ i }} filled in, in all its strings."""
    if isinstance(value, str):
        return _NUMBER.sub(str(i), value)
    if isinstance(value, dict):
        return {key: numbered(item, i) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(numbered(item, i) for item in value)
    return value


def numbered_model(model: Model, i: int) -> Model:
    """Return a part of a scenario with {{ i }} filled in."""
    given = model.model_dump(mode="json", by_alias=True, exclude_unset=True)
    filled = numbered(given, i)
    return model if filled == given else type(model).model_validate(filled)


def ids_in(results: Sequence[str]) -> list[str]:
    """Return the ids that the results of a turn's calls show, those of the newest result first, none twice."""
    shown = (split_tail(text)[0] for text in reversed(results))  # what the tail recalls is no result
    return list(dict.fromkeys(found for text in shown for found in memory_ids(text)))


def found_ids(text: str, results: Sequence[str]) -> str:
    """Return a text with {{ id }} replaced by the first id shown, {{ id 2 }} by the second. Raise UsageError."""
    ids = ids_in(results)

    def chosen(match: re.Match[str]) -> str:
        place = int(match[1] or 1)
        if place > len(ids):
            raise UsageError(f"'{match[0]}' stands for nothing: {len(ids)} ids were found.", "Search for it first.")
        return str(ids[place - 1])

    return _FOUND.sub(chosen, text)
