"""The clocks: the machine's, one that stands still until it is moved, and one for scenarios.

Only this module reads the machine's time.
"""

import time
from datetime import UTC, datetime, timedelta, tzinfo

from carrel.dates import to_zone
from carrel.errors import UsageError
from carrel.protocols import Clock


class SystemClock:
    """The machine's clock."""

    @property
    def zone(self) -> tzinfo | None:
        """None: times are read in the zone of this machine, whose offset changes with the season."""
        return None

    def now(self) -> datetime:
        """Return the current date and time in the local time zone."""
        return datetime.now(UTC).astimezone()

    def monotonic(self) -> float:
        """Return the seconds of the machine's monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for some seconds."""
        time.sleep(seconds)


class FrozenClock:
    """A clock for tests: it stands still until it is moved, and sleeping moves it."""

    def __init__(self, start: datetime | str) -> None:
        self._start = self._now = _aware(start)

    @property
    def zone(self) -> tzinfo | None:
        """The time zone of the moment at which the clock was set."""
        return self._now.tzinfo

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds by which the clock was moved since it was set."""
        return (self._now - self._start).total_seconds()

    def sleep(self, seconds: float) -> None:
        """Move the clock forward by some seconds, without waiting."""
        self.advance(seconds=seconds)

    def advance(
        self, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0, weeks: float = 0
    ) -> None:
        """Move the clock forward. Raise UsageError for a negative time."""
        step = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta(0):
            raise UsageError(f"The clock cannot go back by {-step}.", "Give a positive time.")
        self._now += step

    def move_to(self, moment: datetime | str) -> None:
        """Move the clock to a moment and keep its time zone. Raise UsageError if the moment is in the clock's past."""
        wanted = _aware(moment, self._now.tzinfo).astimezone(self._now.tzinfo)
        if wanted < self._now:
            said = f"The clock stands at {self._now.isoformat()} and cannot go back to {wanted.isoformat()}."
            raise UsageError(said, "Give a later moment.")
        self._now = wanted


class ScenarioClock(FrozenClock):
    """A clock for scenarios: its date stands still until it is moved, but time limits run as on the machine's clock."""

    def monotonic(self) -> float:
        """Return the seconds of the machine's monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for some seconds. The date stays."""
        time.sleep(seconds)


def local(clock: Clock, moment: datetime) -> datetime:
    """Return a moment in a clock's time zone.

    What a model is shown then depends on the clock alone, and is the same on every machine.
    """
    return to_zone(moment, clock.zone)


def _aware(given: datetime | str, zone: tzinfo | None = UTC) -> datetime:
    moment = datetime.fromisoformat(given) if isinstance(given, str) else given
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
