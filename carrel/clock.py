"""The two clocks: the machine's, and one that stands still until it is told. No other place asks for the time."""

from datetime import UTC, datetime, timedelta, tzinfo

from carrel.errors import UsageError
from carrel.protocols import Clock


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment in the local time zone."""
        return datetime.now(UTC).astimezone()


class FrozenClock:
    """A clock for tests and scenarios: it moves only when told to."""

    def __init__(self, start: datetime | str) -> None:
        self._now = _aware(start)

    @property
    def zone(self) -> tzinfo | None:
        """The zone in which the clock tells the time."""
        return self._now.tzinfo

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self._now

    def advance(
        self, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0, weeks: float = 0
    ) -> None:
        """Move the clock forward. Raise UsageError where that would be backward."""
        step = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta(0):
            raise UsageError(f"The clock cannot go back by {-step}.", "Give a positive time.")
        self._now += step

    def move_to(self, moment: datetime | str) -> None:
        """Set the clock to a moment that is not before its own, and keep its zone. Raise UsageError."""
        wanted = _aware(moment, self._now.tzinfo).astimezone(self._now.tzinfo)
        if wanted < self._now:
            said = f"The clock stands at {self._now.isoformat()} and cannot go back to {wanted.isoformat()}."
            raise UsageError(said, "Give a later moment.")
        self._now = wanted


def local(clock: Clock, moment: datetime) -> datetime:
    """Return a moment as a clock reads it: in a frozen clock's own zone, else in this machine's.

    What a model is shown then depends on the clock alone, and is the same on every machine.
    """
    return moment.astimezone(clock.zone if isinstance(clock, FrozenClock) else None)


def _aware(given: datetime | str, zone: tzinfo | None = UTC) -> datetime:
    moment = datetime.fromisoformat(given) if isinstance(given, str) else given
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
