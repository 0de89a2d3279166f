"""Read dates as people and models write them: a date alone means the whole day, both ends included. Pure."""

from datetime import datetime, time, tzinfo

from carrel.errors import UsageError


def since(text: str, zone: tzinfo | None) -> datetime:
    """Return the first moment that a text means, without a zone in `zone` or this machine's. Raise UsageError."""
    return _moment(text, zone, time.min)


def until(text: str, zone: tzinfo | None) -> datetime:
    """Return the last moment that a text means. Raise UsageError."""
    return _moment(text, zone, time.max)


def _moment(text: str, zone: tzinfo | None, of_day: time) -> datetime:
    stripped = text.strip()
    try:
        moment = datetime.fromisoformat(stripped)
    except ValueError:
        raise UsageError(
            f"Date '{stripped[:40]}' is not understood.", "Write 2026-01-31 or 2026-01-31T09:00."
        ) from None
    if len(stripped) <= len("2026-01-31"):
        moment = datetime.combine(moment.date(), of_day)
    if moment.tzinfo:
        return moment
    return moment.replace(tzinfo=zone) if zone else moment.astimezone()


def zone_of(now: datetime) -> tzinfo | None:
    """Return the zone in which a clock reads; None for this machine's, whose offset changes with the season."""
    return None if now.utcoffset() == now.astimezone().utcoffset() else now.tzinfo
