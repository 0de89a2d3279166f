"""A clock for tests that talk to a real server."""

from carrel.clock import SystemClock


class InstantClock(SystemClock):
    """The machine's clock, but nobody waits: `waits` holds the seconds that would have been waited."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Note the wait."""
        self.waits.append(seconds)
