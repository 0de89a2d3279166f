"""Read the dates of filters and options, where a date alone means the whole day; show moments in a time zone. Pure."""

from datetime import datetime, time, tzinfo

from carrel.errors import UsageError


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
