"""The clocks: both know their zone, and one moves only when told."""

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import carrel
from carrel.clock import FrozenClock, ScenarioClock, SystemClock, local
from carrel.errors import UsageError


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


def test_a_frozen_clock_does_not_go_back() -> None:
    """Time moves forward: neither a step nor a moment may lie in the past."""
    clock = FrozenClock("2026-01-05T09:00:00+01:00")
    clock.move_to("2026-01-06T07:00:00")
    assert clock.now().isoformat() == "2026-01-06T07:00:00+01:00"
    clock.move_to("2026-01-06T09:00:00Z")
    assert clock.now().isoformat() == "2026-01-06T10:00:00+01:00"
    with pytest.raises(UsageError, match="cannot go back"):
        clock.move_to("2026-01-06T09:59:00")
    with pytest.raises(UsageError, match="cannot go back"):
        clock.advance(days=-1)


def test_sleeping_moves_a_frozen_clock() -> None:
    """A frozen clock measures by how much it was moved, and a sleep is over at once."""
    clock = FrozenClock("2026-01-05T09:00:00+01:00")
    start = clock.monotonic()
    clock.sleep(90.5)
    clock.move_to("2026-01-05T10:00:00")
    assert (clock.now().isoformat(), clock.monotonic() - start) == ("2026-01-05T10:00:00+01:00", 3600.0)


def test_the_clock_of_a_story_measures_real_time() -> None:
    """Moving the date of a story uses up no time limit; real time does."""
    clock = ScenarioClock("2026-01-05T09:00:00+01:00")
    before = clock.monotonic()
    clock.advance(days=1)
    clock.sleep(0.001)
    assert 0.001 <= clock.monotonic() - before < 3600
    assert clock.now().isoformat() == "2026-01-06T09:00:00+01:00"


def test_the_machine_waits_as_long_as_it_is_told() -> None:
    """The machine's clock has no zone of its own, and a sleep shows in its monotonic time."""
    clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(0.001)
    assert clock.monotonic() - before >= 0.001
    assert clock.zone is None


def test_local() -> None:
    """A moment is read in a frozen clock's zone, so that what a model sees is the same on every machine."""
    moment = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert local(FrozenClock("2026-01-05T09:00:00+09:00"), moment).isoformat() == "2026-07-01T21:00:00+09:00"
    assert local(SystemClock(), moment) == moment


_ASKS = re.compile(r"\b(?:datetime|date)\s*\.\s*(?:now|utcnow|today)\s*\(|\btime\s*\.\s*(?:time|localtime|gmtime)\s*\(")


def test_nobody_but_the_clock_asks_for_the_time() -> None:
    """No module of the package but clock.py asks the machine what time it is."""
    package = Path(carrel.__file__).parent
    asking = [
        f"{path.relative_to(package)}:{number}"
        for path in sorted(package.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if path.name != "clock.py" and _ASKS.search(line)
    ]
    assert asking == []
    assert _ASKS.search((package / "clock.py").read_text(encoding="utf-8"))


def test_what_a_model_reads_is_in_the_clocks_zone() -> None:
    """No module that writes what a model reads asks for this machine's zone."""
    package = Path(carrel.__file__).parent
    rooms = [path for room in ("agent", "tools") for path in sorted((package / room).rglob("*.py"))]
    assert len(rooms) > 10
    assert [path.name for path in rooms if "astimezone()" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("moment", [datetime.min, datetime.max])
@pytest.mark.parametrize("hours", [-12, 0, 14])
def test_the_ends_of_time_are_shown_in_any_zone(moment: datetime, hours: int) -> None:
    """A moment that a zone puts outside the years 1 to 9999 stays in its own zone."""
    clock = FrozenClock(datetime(2026, 1, 5, tzinfo=timezone(timedelta(hours=hours))))
    assert local(clock, moment.replace(tzinfo=UTC)) == moment.replace(tzinfo=UTC)
