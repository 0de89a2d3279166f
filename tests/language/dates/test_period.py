"""Stretches of time: their first and last day, and how they move."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.language.dates.period import Grain, Period, add_months, monday, moved

SAID = datetime(2026, 11, 28, 10, 30)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period(date(2026, 11, 28)), date(2026, 11, 28), date(2026, 11, 28)),
        (Period(date(2026, 11, 21), "weekend"), date(2026, 11, 21), date(2026, 11, 22)),
        (Period(date(2026, 11, 21), "week"), date(2026, 11, 16), date(2026, 11, 22)),
        (Period(date(2026, 10, 28), "month"), date(2026, 10, 1), date(2026, 10, 31)),
        (Period(date(2026, 12, 1), "season"), date(2026, 12, 1), date(2027, 2, 28)),
        (Period(date(2025, 11, 28), "year"), date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(period: Period, first: date, last: date) -> None:
    """Both belong to it, and so does the day that stands for it."""
    assert (period.first, period.last) == (first, last)
    assert period.holds(first)
    assert period.holds(last)


def test_months_end_where_they_end() -> None:
    """A day that a month lacks is its last."""
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 31), -14) == date(2024, 11, 30)


@pytest.mark.parametrize(
    ("count", "unit", "period"),
    [
        (-1, "day", Period(date(2026, 11, 27))),
        (2, "week", Period(date(2026, 12, 12), "week")),
        (-1, "weekend", Period(date(2026, 11, 21), "weekend")),
        (-0.5, "year", Period(date(2026, 5, 28), "month")),
        (0.5, "month", Period(date(2026, 12, 13))),
        (-0.5, "hour", Period(date(2026, 11, 28), "minute", time(10, 0))),
        (14, "hour", Period(date(2026, 11, 29), "minute", time(0, 30))),
    ],
)
def test_a_moment_is_moved_by_units(count: float, unit: str, period: Period) -> None:
    """Halves go by the next smaller unit."""
    assert moved(SAID, count, unit) == period


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)), st.sampled_from(["day", "weekend", "week", "month", "year"]))
def test_a_day_lies_in_each_period_it_stands_for(day: date, grain: Grain) -> None:
    """First and last enclose the day; a weekend begins on it."""
    period = Period(day, grain)
    assert period.first <= day <= period.last
    assert monday(day) <= day
