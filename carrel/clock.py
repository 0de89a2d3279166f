"""The two clocks: the machine's, and one that stands still until it is told."""

from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment in the local time zone."""
        return datetime.now(UTC).astimezone()


class FrozenClock:
    """A clock for tests and scenarios: it moves only when told to."""

    def __init__(self, start: datetime | str) -> None:
        moment = datetime.fromisoformat(start) if isinstance(start, str) else start
        self._now = moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self._now

    def advance(self, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move the clock forward."""
        self._now += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
