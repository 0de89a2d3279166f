"""A stretch of time that somebody named: a day, a week, a month, a season or a year, or a moment of a day. Pure."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

Grain = Literal["minute", "day", "weekend", "week", "month", "season", "year"]
"""How exactly a time was named."""

SEASON_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Period:
    """When something is, as exactly as it was said."""

    day: date
    """The day itself; for a longer stretch a day that stands for it ("last week", said on a Friday, is that Friday)."""
    grain: Grain = "day"
    at: time | None = None
    """The time of day, where one was named."""
    yearly: bool = False
    """Whether no year was named, as for a birthday; `day` is then the one that was probably meant."""

    @property
    def first(self) -> date:
        """The first day of the stretch."""
        match self.grain:
            case "week":
                return monday(self.day)
            case "month" | "season":
                return self.day.replace(day=1)
            case "year":
                return self.day.replace(month=1, day=1)
            case _:
                return self.day

    @property
    def last(self) -> date:
        """The last day of the stretch, included."""
        match self.grain:
            case "weekend":
                return self.first + timedelta(days=1)
            case "week":
                return self.first + timedelta(days=6)
            case "month":
                return add_months(self.first, 1) - timedelta(days=1)
            case "season":
                return add_months(self.first, SEASON_MONTHS) - timedelta(days=1)
            case "year":
                return self.day.replace(month=12, day=31)
            case _:
                return self.day

    def holds(self, day: date) -> bool:
        """Return whether a day lies in the stretch."""
        return self.first <= day <= self.last


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def moved(said: datetime, count: float, unit: str) -> Period:
    """Return the period so many units from when it was said. Raise OverflowError or ValueError far beyond the calendar.

    `unit` is minute, hour, or a grain from day on; half a year is six months, half a month fifteen days.
    """
    if unit in ("minute", "hour"):
        moment = said + timedelta(**{f"{unit}s": count})
        return Period(moment.date(), "minute", moment.time().replace(second=0, microsecond=0))
    if count != int(count):
        count, unit = _smaller(count, unit)
    return _moved_whole(said.date(), round(count), unit)


def _smaller(count: float, unit: str) -> tuple[float, str]:
    """Return half a year as months, half a month as days."""
    match unit:
        case "year":
            return count * 12, "month"
        case "month":
            return count * 30, "day"
        case _:
            return count, unit


def _moved_whole(today: date, count: int, unit: str) -> Period:
    match unit:
        case "weekend":
            return Period(monday(today) + timedelta(days=5 + 7 * count), "weekend")
        case "week":
            return Period(today + timedelta(weeks=count), "week")
        case "month":
            return Period(add_months(today, count), "month")
        case "year":
            return Period(add_months(today, 12 * count), "year")
        case _:
            return Period(today + timedelta(days=count))
