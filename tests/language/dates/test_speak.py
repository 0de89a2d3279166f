"""Days as they are said, relative to now, in five languages."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.language.dates.period import Grain, Period
from carrel.language.dates.speak import plain_day, spoken, spoken_day
from carrel.language.languages import LANGUAGES, Language

NOW = datetime(2026, 11, 28, 10)


@pytest.mark.parametrize(
    ("day", "language", "said"),
    [
        (date(2026, 11, 28), "en", "today, 28 November"),
        (date(2026, 11, 27), "en", "yesterday, 27 November"),
        (date(2026, 11, 24), "en", "last Tuesday, 24 November"),
        (date(2026, 12, 1), "en", "this Tuesday, 1 December"),
        (date(2026, 11, 21), "en", "21 November"),
        (date(2025, 5, 3), "en", "3 May 2025"),
        (date(2026, 5, 3), "en", "3 May 2026"),
        (date(2026, 11, 24), "zh", "这周二，11月24日"),
        (date(2026, 11, 22), "zh", "上周日，11月22日"),
        (date(2026, 12, 1), "zh", "下周二，12月1日"),
        (date(2026, 11, 29), "zh", "明天，11月29日"),
        (date(2025, 5, 3), "zh", "2025年5月3日"),
        (date(2026, 11, 24), "de", "letzten Dienstag, 24. November"),
        (date(2026, 11, 26), "de", "vorgestern, 26. November"),
        (date(2026, 12, 1), "fr", "mardi prochain, 1 décembre"),
        (date(2026, 11, 24), "es", "el martes pasado, 24 de noviembre"),
        (date(2025, 5, 3), "es", "3 de mayo de 2025"),
    ],
)
def test_a_day_is_said_relative_to_now(day: date, language: Language, said: str) -> None:
    """Near days by their word or weekday, with the date; far ones by the date, with the year where they are further."""
    assert spoken_day(day, NOW, language) == said


@pytest.mark.parametrize(
    ("period", "language", "said"),
    [
        (Period(date(2026, 11, 21), "week"), "en", "about 21 November"),
        (Period(date(2026, 11, 21), "week"), "zh", "11月21日左右"),
        (Period(date(2026, 5, 1), "month"), "en", "May 2026"),
        (Period(date(2026, 10, 1), "month"), "en", "October"),
        (Period(date(2025, 5, 1), "month"), "en", "May 2025"),
        (Period(date(2025, 5, 1), "month"), "de", "Mai 2025"),
        (Period(date(2025, 1, 1), "year"), "fr", "2025"),
        (Period(date(2025, 1, 1), "year"), "zh", "2025年"),
        (Period(date(2026, 6, 1), "season"), "en", "summer 2026"),
        (Period(date(2026, 11, 21), "weekend"), "en", "the weekend of 21 November"),
        (Period(date(2026, 11, 29), "minute", time(15)), "zh", "明天，11月29日 15:00"),
        (Period(date(2026, 11, 29), "minute", time(15)), "de", "morgen, 29. November, 15:00 Uhr"),
    ],
)
def test_a_period_is_said_as_exactly_as_it_was_named(period: Period, language: Language, said: str) -> None:
    """A week is a day "about", a month has no day, a moment its time."""
    assert spoken(period, NOW, language) == said


@given(
    st.dates(), st.datetimes(), st.sampled_from(LANGUAGES), st.sampled_from(["day", "weekend", "week", "month", "year"])
)
def test_every_period_can_be_said(day: date, now: datetime, language: Language, grain: Grain) -> None:
    """Whatever the day and the language, something is said, and a day's date is part of it."""
    assert spoken(Period(day, grain), now, language)
    assert plain_day(day, now, language) in spoken_day(day, now, language)
