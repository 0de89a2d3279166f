"""Times as they are stored: UTC in ISO 8601 with six digits, so that text order is time order."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from carrel.errors import UsageError


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, stored as sortable text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Convert a time to UTC text."""
        return None if value is None else utc_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Convert UTC text to a time."""
        return None if value is None else datetime.fromisoformat(value)


def utc_text(moment: datetime) -> str:
    """Return a time as it is stored. One that is outside the years 1 to 9999 in UTC is moved to the nearest of them.

    Raises:
        UsageError: it has no time zone.
    """
    if moment.tzinfo is None:
        raise UsageError(
            f"Time {moment.isoformat()} has no time zone.", "Add one, for example with time.replace(tzinfo=UTC)."
        )
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        utc = (datetime.min if moment.year == 1 else datetime.max).replace(tzinfo=UTC)
    return utc.isoformat(timespec="microseconds")
