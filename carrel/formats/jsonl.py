"""Messages as JSON lines: an object with role and text, and optionally speaker, at, session and source."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from carrel.dates import UNKNOWN
from carrel.errors import BadFile
from carrel.formats.files import read_json_lines
from carrel.formats.format import ConversationFormat, whole
from carrel.formats.times import read_time
from carrel.memory.values import NewMessage

ROLES = ("user", "assistant", "system")
_HINT = "Nothing was imported; correct the line."


def read(path: Path) -> list[NewMessage]:
    """Return the messages of a file. Raise BadFile with the number of the first invalid line."""
    return [_message(data, place) for place, data in read_json_lines(path, _HINT)]


FORMAT = ConversationFormat("jsonl", whole(read), (".jsonl",))


def _message(data: Mapping[str, Any], place: str) -> NewMessage:
    role, text = data.get("role"), data.get("text")
    if role not in ROLES:
        raise _invalid(place, f"role is {role!r}, not one of {', '.join(ROLES)}")
    if not isinstance(text, str):
        raise _invalid(place, "text is missing or not a string")
    return NewMessage(
        role=role,
        text=text,
        at=_time(data.get("at"), place),
        speaker=_optional(data, "speaker", place),
        session=_optional(data, "session", place),
        source=_optional(data, "source", place),
    )


def _optional(data: Mapping[str, Any], key: str, place: str) -> str | None:
    value = data.get(key)
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, int):
        return str(value)
    raise _invalid(place, f"{key} is not a string")


def _time(value: object, place: str) -> datetime | None:
    """Return a time; without an offset it is taken as UTC, so that a file means the same on every machine."""
    if value is None:
        return None
    time = read_time(value)
    if time == UNKNOWN:
        raise _invalid(place, f"at is {value!r}, not a time like 2026-01-31T09:00:00+01:00")
    return time


def _invalid(place: str, complaint: str) -> BadFile:
    return BadFile(f"{place}: {complaint}.", _HINT)
