"""Read the times of exports: seconds, milliseconds or microseconds since 1970, or ISO 8601. Pure."""

from datetime import UTC, datetime

from carrel.dates import UNKNOWN, to_zone

_SECONDS = (1e8, 1e11)
"""From 1973 to the year 5138. A larger number counts smaller units, and a smaller one is no time."""


def read_time(value: object) -> datetime:
    """Return a moment in UTC; UNKNOWN where the value is not one. A text without an offset is taken as UTC."""
    if isinstance(value, str):
        number = _number(value)
        return _from_iso(value) if number is None else _from_number(number)
    return _from_number(value) if isinstance(value, int | float) and not isinstance(value, bool) else UNKNOWN


def _number(text: str) -> float | None:
    if text.isdigit() and len(text) == len("20260131"):
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _from_number(number: float) -> datetime:
    units = (number / unit for unit in (1, 1_000, 1_000_000))
    seconds = next((seconds for seconds in units if _SECONDS[0] <= seconds < _SECONDS[1]), None)
    return UNKNOWN if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _from_iso(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return UNKNOWN
    return to_zone(moment if moment.tzinfo else moment.replace(tzinfo=UTC), UTC)
