"""Read the dates of filters and options, where a date alone means the whole day; show moments as people read. Pure."""

from datetime import UTC, datetime, time, tzinfo

from carrel.errors import UsageError

UNKNOWN = datetime.min.replace(tzinfo=UTC)
"""The moment of something of which nobody knows when it was, such as an imported message without a readable time."""
UNKNOWN_DATE = "unknown date"
_MINUTE = "%Y-%m-%d %H:%M"
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def is_known(moment: datetime) -> bool:
    """Return whether a moment is not UNKNOWN, in any time zone."""
    return moment.year > datetime.min.year


def format_minute(moment: datetime) -> str:
    """Return a moment to the minute, as it stands in its time zone: 2026-01-31 09:00, or `unknown date`."""
    return moment.isoformat(" ", "minutes")[:16] if is_known(moment) else UNKNOWN_DATE


def format_iso(moment: datetime) -> str | None:
    """Return a moment in ISO 8601 with its offset, in the local time zone; None if nobody knows it."""
    return to_zone(moment, None).isoformat() if is_known(moment) else None


def format_day(moment: datetime, now: datetime) -> str:
    """Return the day of a moment as people say it: 28 Nov, with the year where it is not this one."""
    if not is_known(moment):
        return UNKNOWN_DATE
    year = "" if moment.year == now.year else f" {moment.year}"
    return f"{moment.day} {_MONTHS[moment.month - 1]}{year}"


def parse_minute(text: str) -> datetime:
    """Return the moment, without a time zone, that `format_minute` wrote. Raise ValueError if it is none."""
    return datetime.min if text == UNKNOWN_DATE else datetime.strptime(text, _MINUTE)


def parse_since(text: str, zone: tzinfo | None) -> datetime:
    """Return the first moment of a date, or the moment itself.

    A text without a time zone is read in `zone`; None means the zone of this machine.

    Raises:
        UsageError: the text is not an ISO 8601 date.
    """
    return _parse(text, zone, time.min)


def parse_until(text: str, zone: tzinfo | None) -> datetime:
    """Return the last moment of a date, or the moment itself; otherwise as `parse_since`."""
    return _parse(text, zone, time.max)


def _parse(text: str, zone: tzinfo | None, time_of_day: time) -> datetime:
    stripped = text.strip()
    try:
        moment = datetime.fromisoformat(stripped)
    except ValueError:
        raise UsageError(
            f"Date '{stripped[:40]}' is not understood.", "Write 2026-01-31 or 2026-01-31T09:00."
        ) from None
    if len(stripped) <= len("2026-01-31"):
        moment = datetime.combine(moment.date(), time_of_day)
    if moment.tzinfo:
        return moment
    return moment.replace(tzinfo=zone) if zone else moment.astimezone()


def to_zone(moment: datetime, zone: tzinfo | None) -> datetime:
    """Return a moment in a time zone, None for this machine's; outside the years 1 to 9999 it stays in its own."""
    try:
        return moment.astimezone(zone)
    except (OverflowError, ValueError, OSError):
        return moment
