"""Dates as people and models write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel import dates
from carrel.errors import UsageError
from carrel.memory.db.utc import utc_text

ROME = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-01-31", "2026-01-31T00:00:00+01:00", "2026-01-31T23:59:59.999999+01:00"),
        (" 2026-01-31 ", "2026-01-31T00:00:00+01:00", "2026-01-31T23:59:59.999999+01:00"),
        ("20260131", "2026-01-31T00:00:00+01:00", "2026-01-31T23:59:59.999999+01:00"),
        ("2024-02-29", "2024-02-29T00:00:00+01:00", "2024-02-29T23:59:59.999999+01:00"),
        ("2026-01-31T09:00", "2026-01-31T09:00:00+01:00", "2026-01-31T09:00:00+01:00"),
        ("2026-01-31 09:00:01", "2026-01-31T09:00:01+01:00", "2026-01-31T09:00:01+01:00"),
        ("2026-01-31T09:00Z", "2026-01-31T09:00:00+00:00", "2026-01-31T09:00:00+00:00"),
        ("2026-01-31T09:00-05:00", "2026-01-31T09:00:00-05:00", "2026-01-31T09:00:00-05:00"),
    ],
)
def test_both_ends(text: str, first: str, last: str) -> None:
    """A date alone is the whole day in the reader's zone, a time is itself, and its own zone wins."""
    found = (dates.parse_since(text, ROME).isoformat(), dates.parse_until(text, ROME).isoformat())
    assert found == (first, last)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-02-29", "31.01.2026", "2026", "\x00", "9" * 99])
def test_not_understood(text: str) -> None:
    """What is no date is refused with an example of one."""
    for read in (dates.parse_since, dates.parse_until):
        with pytest.raises(UsageError, match="Write 2026-01-31 or 2026-01-31T09:00"):
            read(text, ROME)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=30))
def test_any_text(text: str) -> None:
    """Any text gives a moment with a zone or a UsageError, and the last moment is never before the first."""
    try:
        first, last = dates.parse_since(text, ROME), dates.parse_until(text, ROME)
    except UsageError:
        return
    assert first.tzinfo is not None
    assert first <= last


@settings(deadline=None)
@given(st.dates())
def test_every_day(day: object) -> None:
    """Every day there is has a first and a last moment that can be stored, and the first sorts before the last."""
    first, last = dates.parse_since(str(day), ROME), dates.parse_until(str(day), timezone(timedelta(hours=-11)))
    assert utc_text(first) < utc_text(last)


@settings(deadline=None)
@given(st.datetimes(timezones=st.sampled_from([UTC, ROME, timezone(timedelta(hours=-9))])), st.data())
def test_text_order_is_time_order(one: datetime, data: st.DataObject) -> None:
    """Moments as they are stored sort as they follow each other, whatever their zones."""
    another = data.draw(st.datetimes(timezones=st.sampled_from([UTC, ROME])))
    if datetime(2, 1, 1, tzinfo=UTC) < min(one, another) and max(one, another) < datetime(9999, 1, 1, tzinfo=UTC):
        assert (utc_text(one) < utc_text(another)) == (one < another)


def test_edges_of_time() -> None:
    """A moment that UTC puts before the year 1 or after 9999 is stored as the edge, not refused."""
    stored = [
        utc_text(dates.parse_since("0001-01-01", ROME)),
        utc_text(dates.parse_until("9999-12-31", timezone(timedelta(hours=-5)))),
    ]
    assert stored == ["0001-01-01T00:00:00.000000+00:00", "9999-12-31T23:59:59.999999+00:00"]


@given(st.datetimes(datetime(2, 1, 2), datetime(9999, 12, 30)))
def test_a_minute_is_read_as_it_is_shown(moment: datetime) -> None:
    """Years have four digits; a moment that nobody knows is shown as that."""
    shown = dates.format_minute(moment)
    assert len(shown) == len("2026-01-31 09:00")
    assert dates.parse_minute(shown) == moment.replace(second=0, microsecond=0)


@pytest.mark.parametrize("hours", [-12, 0, 14])
def test_an_unknown_moment(hours: int) -> None:
    """In any time zone."""
    moment = dates.to_zone(dates.UNKNOWN, timezone(timedelta(hours=hours)))
    assert (dates.is_known(moment), dates.format_minute(moment)) == (False, "unknown date")
    assert dates.parse_minute("unknown date") == dates.UNKNOWN.replace(tzinfo=None)
