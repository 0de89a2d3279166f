"""Read the times of exports: seconds, milliseconds or microseconds since 1970, or ISO 8601. Pure."""

from datetime import UTC, datetime

from carrel.dates import UNKNOWN, to_zone

_MAX_SECONDS = 1e11
"""The year 5138. A larger number counts smaller units."""


def read_time(value: object) -> datetime:
    """Return a moment in UTC; UNKNOWN where the value is not one. A text without an offset is taken as UTC."""
    if isinstance(value, str):
        number = _number(value)
        return _from_iso(value) if number is None else _from_number(number)
    return _from_number(value) if isinstance(value, int | float) and not isinstance(value, bool) else UNKNOWN


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _from_number(number: float) -> datetime:
    seconds = next((number / unit for unit in (1, 1_000, 1_000_000) if abs(number / unit) < _MAX_SECONDS), 0.0)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else UNKNOWN  # zero stands for no time
    except (ValueError, OverflowError, OSError):  # what fromtimestamp documents
        return UNKNOWN


def _from_iso(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return UNKNOWN
    return to_zone(moment if moment.tzinfo else moment.replace(tzinfo=UTC), UTC)
