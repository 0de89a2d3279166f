"""The clocks: both know their zone, and one moves only when told."""

from datetime import UTC, datetime, timedelta

import pytest

from carrel.clock import FrozenClock, SystemClock


@pytest.mark.parametrize(
    ("start", "moment"),
    [
        ("2026-01-05T09:00:00+01:00", "2026-01-05T09:00:00+01:00"),
        ("2026-01-05T09:00:00", "2026-01-05T09:00:00+00:00"),
        ("2026-01-05", "2026-01-05T00:00:00+00:00"),
        (datetime(2026, 1, 5), "2026-01-05T00:00:00+00:00"),
        (datetime(2026, 1, 5, tzinfo=UTC), "2026-01-05T00:00:00+00:00"),
    ],
)
def test_start(start: datetime | str, moment: str) -> None:
    """A frozen clock stands where it is set; without a zone that is UTC."""
    assert FrozenClock(start).now().isoformat() == moment


def test_stands_and_moves() -> None:
    """A frozen clock stands still until it is told to move, and then moves by exactly that much."""
    clock = FrozenClock("2026-01-05T09:00:00+01:00")
    before = clock.now()
    assert clock.now() == before
    clock.advance(days=1, hours=2, minutes=3, seconds=4.5)
    assert clock.now() - before == timedelta(days=1, hours=2, minutes=3, seconds=4.5)
    assert clock.now().tzinfo == before.tzinfo


def test_system_clock() -> None:
    """The machine's clock tells the present in a zone."""
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() is not None
