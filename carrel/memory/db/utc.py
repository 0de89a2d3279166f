"""Moments as the database keeps them: UTC in ISO 8601 with six digits, so that text order is time order."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from carrel.errors import UsageError


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, kept as sortable text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write a moment as UTC text."""
        return None if value is None else utc_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read a moment."""
        return None if value is None else datetime.fromisoformat(value)


def utc_text(moment: datetime) -> str:
    """Return a moment as the database keeps it; one that UTC puts outside the years 1 to 9999 moves to their edge.

    Raises:
        UsageError: it has no time zone.
    """
    if moment.tzinfo is None:
        raise UsageError(f"Moment {moment.isoformat()} has no time zone.", "Write it as moment.replace(tzinfo=UTC).")
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        utc = (datetime.min if moment.year == 1 else datetime.max).replace(tzinfo=UTC)
    return utc.isoformat(timespec="microseconds")
