"""Spans of time as people write them: 30s, 45m, 2h30m, 21d, 3w."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_PART = re.compile(r"(\d+(?:\.\d+)?)([wdhms])")
PATTERN = r"^(\d+(\.\d+)?[wdhms] ?)+$"


def parse(text: object) -> timedelta:
    """Return the span that a text means. Raise ValueError."""
    if isinstance(text, timedelta):
        return text
    whole = str(text).strip()
    if not re.fullmatch(PATTERN, whole):
        raise ValueError(f"'{whole}' is not a span of time like 30s, 45m, 2h30m, 21d or 3w")
    return sum((timedelta(**{_UNITS[unit]: float(count)}) for count, unit in _PART.findall(whole)), timedelta())


def written(span: timedelta) -> str:
    """Return a span as `parse` reads it."""
    seconds = span.total_seconds()
    for unit, length in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds / length:g}{unit}"
    return f"{seconds:g}s"


Duration = Annotated[
    timedelta,
    BeforeValidator(parse),
    PlainSerializer(written),
    WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["30s", "2h30m", "21d"]}),
]
