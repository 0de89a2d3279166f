"""Messages as JSON, one object a line: role, text, and optionally speaker, at, session, source."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from carrel.errors import BadFile
from carrel.formats.files import read_text
from carrel.memory.values import NewMessage

ROLES = ("user", "assistant", "system")


def read(path: Path) -> list[NewMessage]:
    """Return the messages of a file. Raise BadFile with the number of the first bad line."""
    lines = read_text(path).split("\n")
    return [_message(line, f"'{path}', line {number}") for number, line in enumerate(lines, 1) if line.strip()]


def _message(line: str, place: str) -> NewMessage:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{place}: not JSON ({error}).", "Nothing was imported; correct the line.") from None
    if not isinstance(data, dict):
        raise _bad(place, "not an object")
    role, text = data.get("role"), data.get("text")
    if role not in ROLES:
        raise _bad(place, f"role is {role!r}, not one of {', '.join(ROLES)}")
    if not isinstance(text, str):
        raise _bad(place, "text is missing or not a string")
    return NewMessage(
        role=role,
        text=text,
        at=_moment(data.get("at"), place),
        speaker=_optional(data, "speaker", place),
        session=_optional(data, "session", place),
        source=_optional(data, "source", place),
    )


def _optional(data: dict[str, Any], name: str, place: str) -> str | None:
    value = data.get(name)
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, int):
        return str(value)
    raise _bad(place, f"{name} is not a string")


def _moment(value: object, place: str) -> datetime | None:
    """Read a time; one without zone is taken as UTC, so that a file means the same on every machine."""
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise _bad(place, f"at is {value!r}, not a time like 2026-01-31T09:00:00+01:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _bad(place: str, complaint: str) -> BadFile:
    return BadFile(f"{place}: {complaint}.", "Nothing was imported; correct the line.")
