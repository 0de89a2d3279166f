"""Durations as people write them: 30s, 45m, 2h30m, 21d, 3w."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_PART = re.compile(r"(\d+(?:\.\d+)?)([wdhms])")
PATTERN = r"^(\d+(\.\d+)?[wdhms] ?)+$"


def parse_duration(text: object) -> timedelta:
    """Return the duration that a text describes. Raise ValueError if it describes none."""
    if isinstance(text, timedelta):
        return text
    whole = str(text).strip()
    if not re.fullmatch(PATTERN, whole):
        raise ValueError(f"'{whole}' is not a duration like 30s, 45m, 2h30m, 21d or 3w")
    return sum((timedelta(**{_UNITS[unit]: float(count)}) for count, unit in _PART.findall(whole)), timedelta())


def format_duration(duration: timedelta) -> str:
    """Return a duration in the form that `parse_duration` reads, in the largest unit that divides it."""
    seconds = duration.total_seconds()
    for unit, length in (("d", 86_400), ("h", 3600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{round(seconds / length)}{unit}"
    return f"{seconds:.6f}".rstrip("0").rstrip(".") + "s"


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration),
    WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["30s", "2h30m", "21d"]}),
]
