"""Moments in the database: UTC, in text whose order is that of time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.errors import UsageError
from carrel.memory.db.utc import utc_text
from carrel.memory.store import Memory
from carrel.memory.values import NewMessage


def test_moment_without_zone(memory: Memory) -> None:
    """A moment without a time zone is refused in one sentence, and nothing is stored."""
    with pytest.raises(UsageError, match="has no time zone"):
        memory.recall.load([NewMessage("user", "hello", datetime(2026, 1, 1))])
    assert memory.recall.count() == 0


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=ZONES), st.datetimes(timezones=ZONES))
def test_the_order_of_texts_is_the_order_of_moments(one: datetime, other: datetime) -> None:
    """Whatever their zones; and a text is read as the moment that it was written from."""
    inside = datetime(1, 1, 2, tzinfo=UTC) < one < datetime(9999, 12, 30, tzinfo=UTC)
    if inside and datetime(1, 1, 2, tzinfo=UTC) < other < datetime(9999, 12, 30, tzinfo=UTC):
        assert (utc_text(one) < utc_text(other)) == (one < other)
    assert not inside or datetime.fromisoformat(utc_text(one)) == one
    assert len(utc_text(one)) == len("2026-01-05T08:00:00.000000+00:00")


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 5, 9, tzinfo=timezone(timedelta(hours=1))), "2026-01-05T08:00:00.000000+00:00"),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8))), "0001-01-01T00:00:00.000000+00:00"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-8))), "9999-12-31T23:59:59.999999+00:00"),
    ],
)
def test_moments_become_utc(moment: datetime, text: str) -> None:
    """With six digits; a moment that UTC would put outside of all years moves to their edge."""
    assert utc_text(moment) == text
