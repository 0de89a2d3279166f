"""What a date expression means, given when it was said. Pure: one function for each rule of the tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from carrel.language.dates.numbers import number
from carrel.language.dates.period import Period, add_months, monday, moved
from carrel.language.dates.vocabulary import DateWords, Rule

Toward = Literal["past", "future", "nearest"]
"""Which way a sentence looks: decides the year of "3 May" and the week of "on Friday"."""


@dataclass(frozen=True, slots=True)
class Named:
    """An expression as a template has read it: its slots, and the words of its language."""

    slots: Mapping[str, str]
    words: DateWords
    said: datetime
    shift: int
    toward: Toward

    @property
    def today(self) -> date:
        """The day on which it was said."""
        return self.said.date()

    @property
    def year(self) -> int | None:
        """The year it names."""
        return int(self.slots["year"]) if self.slots.get("year") else None

    @property
    def month(self) -> int | None:
        """The month it names, from 1; of what is no month, 13."""
        given = self.slots.get("month") or self.slots.get("month_number")
        if not given:
            return None
        found = self.words.months.get(given.lower(), number(given, {}))
        return int(found) if found and 1 <= found <= 12 else 13

    @property
    def day(self) -> int:
        """The day of the month that it names; of what is none, 0."""
        given = self.slots.get("day") or self.slots.get("day_number") or ""
        return int(number(given, dict(self.words.ordinals)) or 0)

    def look(self, default: Toward) -> Toward:
        """Return which way to look: as the shift says, else as the sentence does."""
        if self.shift:
            return "past" if self.shift < 0 else "future"
        return default if self.toward == "nearest" else self.toward


def resolve(rule: Rule, named: Named) -> Period | None:
    """Return what an expression means; None where there is no such day."""
    try:
        return _RULES[rule](named)
    except (ValueError, OverflowError):
        return None


def _fixed(named: Named) -> Period | None:
    return moved(named.said, named.words.fixed[_word(named, "fixed")], "day")


def _count(named: Named) -> Period | None:
    count = number(named.slots["count"], dict(named.words.numbers))
    return None if count is None else moved(named.said, count * named.shift, named.words.units[_word(named, "unit")])


def _unit(named: Named) -> Period | None:
    return moved(named.said, named.shift, named.words.units[_word(named, "span")])


def _this_year(named: Named) -> Period | None:
    return moved(named.said, named.shift, "year")


def _weekday(named: Named) -> Period | None:
    wanted = named.words.weekdays[_word(named, "weekday")]
    if named.look("future") == "past":
        return Period(named.today - timedelta(days=(named.today.weekday() - wanted - 1) % 7 + 1))
    soonest = 2 if named.shift else 1  # nobody calls tomorrow "next Sunday"
    return Period(named.today + timedelta(days=(wanted - named.today.weekday() - soonest) % 7 + soonest))


def _week_and_weekday(named: Named) -> Period | None:
    weekday = named.words.weekdays[_word(named, "weekday")]
    return Period(monday(named.today) + timedelta(weeks=named.shift, days=weekday))


def _week_from_weekday(named: Named) -> Period | None:
    wanted = named.words.weekdays[_word(named, "weekday")]
    coming = (wanted - named.today.weekday() - 1) % 7 + 1
    return Period(named.today + timedelta(days=coming + named.shift))


def _month(named: Named) -> Period | None:
    assert named.month
    if named.year:
        return Period(date(named.year, named.month, 1), "month")
    months = [Period(date(named.today.year + n, named.month, 1), "month", yearly=not named.shift) for n in (-1, 0, 1)]
    return _chosen(months, named)


def _season(named: Named) -> Period | None:
    begins = named.words.seasons[_word(named, "season")]
    if named.year or (named.shift and named.words.spaced is False):
        return Period(date(named.year or named.today.year + named.shift, begins, 1), "season")
    return _chosen([Period(date(named.today.year + n, begins, 1), "season") for n in (-1, 0, 1)], named)


def _day(named: Named) -> Period | None:
    if named.month is None:
        return _day_of_month(named)
    return _anniversary(named, named.month, named.day)


def _day_of_month(named: Named) -> Period | None:
    first = named.today.replace(day=1)
    if named.shift:
        return Period(add_months(first, named.shift).replace(day=named.day))
    days = [
        Period(month.replace(day=named.day))
        for n in (-1, 0, 1)
        if (month := add_months(first, n)) and named.day <= add_months(month, 1).toordinal() - month.toordinal()
    ]
    return _chosen(days, named)


def _holiday(named: Named) -> Period | None:
    return _anniversary(named, *named.words.holidays[_word(named, "holiday")])


def _anniversary(named: Named, month: int, day: int) -> Period | None:
    if named.year:
        return Period(date(named.year, month, day))
    date(2000, month, day)  # raises where no year has such a day
    days = [Period(found, yearly=not named.shift) for n in range(-4, 5) if (found := _in_year(named, n, month, day))]
    return _chosen(days, named)


def _in_year(named: Named, shift: int, month: int, day: int) -> date | None:
    try:
        return date(named.today.year + shift, month, day)
    except ValueError:
        return None


def _relative_year(named: Named) -> Period | None:
    assert named.month
    year = named.today.year + named.shift
    return Period(date(year, named.month, named.day)) if named.day else Period(date(year, named.month, 1), "month")


def _year(named: Named) -> Period | None:
    return Period(date(named.year or 0, 1, 1), "year")


def _chosen(periods: list[Period], named: Named) -> Period | None:
    """Return the one of several years' or months' periods that was probably meant."""
    today = named.today
    past = [period for period in periods if (period.last < today if named.shift else period.first <= today)]
    future = [period for period in periods if (period.first > today if named.shift else period.last >= today)]
    match named.look("nearest"):
        case "past":
            return past[-1] if past else None
        case "future":
            return future[0] if future else None
        case _:
            return min(periods, key=lambda period: _distance(period, today))


def _distance(period: Period, today: date) -> int:
    return 0 if period.holds(today) else min(abs((period.first - today).days), abs((period.last - today).days))


def _word(named: Named, slot: str) -> str:
    return " ".join(named.slots[slot].lower().split())


_RULES: Mapping[Rule, Callable[[Named], Period | None]] = {
    "fixed": _fixed,
    "count": _count,
    "unit": _unit,
    "this_year": _this_year,
    "weekday": _weekday,
    "week_and_weekday": _week_and_weekday,
    "week_from_weekday": _week_from_weekday,
    "month": _month,
    "season": _season,
    "day": _day,
    "relative_year": _relative_year,
    "holiday": _holiday,
    "year": _year,
}


def with_time(period: Period, at: time) -> Period:
    """Return a day with a time; what is longer than a day takes none."""
    return replace(period, grain="minute", at=at) if period.grain in ("day", "minute") else period
