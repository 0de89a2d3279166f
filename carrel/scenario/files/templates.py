"""Fill in the placeholders of a scenario: {{ i }}, the repetition, and {{ id }}, an id that a tool returned. Pure.

A backslash before the braces keeps them: \\{{ i }} means the text {{ i }}.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from carrel.errors import UsageError
from carrel.rendering.memories import find_memory_ids
from carrel.rendering.prompt import split_tail

Model = TypeVar("Model", bound=BaseModel)

_REPETITION = re.compile(r"(\\*)\{\{\s*i\s*\}\}")
_ID_PLACEHOLDER = re.compile(r"(\\*)\{\{\s*id(?:\s+(\d+))?\s*\}\}")


def map_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value with every string that it contains changed; keys stay as they are."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: map_texts(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map_texts(item, change) for item in value)
    return value


def escape_repetition(text: str) -> str:
    """Return a text that `fill_repetition` turns back into this one."""
    return _REPETITION.sub(r"\\\g<0>", text)


def escape_ids(text: str) -> str:
    """Return a text that `fill_ids` turns back into this one."""
    return _ID_PLACEHOLDER.sub(r"\\\g<0>", text)


def fill_repetition(value: Any, repetition: int) -> Any:
    """Return a value with {{ i }} replaced by the repetition in every string that it contains."""
    return map_texts(value, lambda text: _REPETITION.sub(lambda match: _unescape(match) or str(repetition), text))


def fill_model(model: Model, repetition: int) -> Model:
    """Return a part of a scenario with {{ i }} replaced by the repetition."""
    given = model.model_dump(mode="json", by_alias=True, exclude_unset=True)
    filled = fill_repetition(given, repetition)
    return model if filled == given else type(model).model_validate(filled)


def find_ids(results: Sequence[str]) -> list[str]:
    """Return the distinct ids in the results of a turn's tool calls, those of the newest result first."""
    shown = (split_tail(text)[0] for text in reversed(results))  # memories recalled in the tail are not results
    return list(dict.fromkeys(found for text in shown for found in find_memory_ids(text)))


def fill_ids(value: Any, results: Sequence[str]) -> Any:
    """Return a value with {{ id }} replaced by the first id in the results, {{ id 2 }} by the second, in every string.

    Raises:
        UsageError: there are fewer ids than that.
    """
    ids = find_ids(results)

    def replace(match: re.Match[str]) -> str:
        if literal := _unescape(match):
            return literal
        place = int(match[2] or 1)
        if place > len(ids):
            problem = f"'{match[0]}' cannot be filled in: the turn's results contain {len(ids)} ids."
            raise UsageError(problem, "Call a search tool first.")
        return str(ids[place - 1])

    return map_texts(value, lambda text: _ID_PLACEHOLDER.sub(replace, text))


def _unescape(match: re.Match[str]) -> str:
    """Return the text that an escaped placeholder stands for; empty if it is not escaped."""
    return match[0][1:] if match[1] else ""
