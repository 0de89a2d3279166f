"""The form of a language's table of date expressions: its words, and the templates that they stand in. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from carrel.language.templates import inside, one_of

Rule = Literal[
    "fixed",  # {fixed}: a word for a day, such as "yesterday"
    "count",  # {count} {unit}, `shift` is -1 for the past and 1 for the future
    "unit",  # {span}, `shift` of them from this one
    "this_year",  # the year that is `shift` years from this one
    "weekday",  # {weekday}: the last one for -1, the coming one for 1, by the tense for 0
    "week_and_weekday",  # {weekday} of the week that is `shift` weeks from this one
    "week_from_weekday",  # the coming {weekday} and `shift` days
    "month",  # {month} and perhaps {year}; without a year as for "weekday"
    "season",  # {season} and perhaps {year}
    "day",  # {day}, and perhaps {month} and {year}; alone of the month that is `shift` months from this one
    "relative_year",  # {day} and {month} of the year that is `shift` years from this one, or {month} alone
    "holiday",  # {holiday} and perhaps {year}
    "year",  # {year}
]
"""How a template is resolved."""

Part = Literal["morning", "noon", "afternoon", "evening", "night"]
"""A part of the day, which tells three in the afternoon from three in the morning."""


@dataclass(frozen=True, slots=True)
class Row:
    """Templates that are resolved in one way."""

    rule: Rule
    shift: int
    templates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClockRow:
    """Templates of a time of day, and the minutes that they add to the hour they name."""

    minutes: int
    templates: tuple[str, ...]


def row(rule: Rule, *templates: str, shift: int = 0) -> Row:
    """Return a row of a table of dates."""
    return Row(rule, shift, templates)


def clock(*templates: str, minutes: int = 0) -> ClockRow:
    """Return a row of a table of times of day."""
    return ClockRow(minutes, templates)


@dataclass(frozen=True, kw_only=True)
class DateWords:
    """One language's date expressions."""

    spaced: bool = True
    fixed: Mapping[str, int]
    """Words for a day, with its distance from today."""
    weekdays: Mapping[str, int]
    """Monday is 0."""
    months: Mapping[str, int]
    units: Mapping[str, str]
    """minute, hour, day, weekend, week, month or year."""
    numbers: Mapping[str, float]
    ordinals: Mapping[str, int] = field(default_factory=dict)
    seasons: Mapping[str, int]
    """The month in which a season begins."""
    holidays: Mapping[str, tuple[int, int]]
    """Month and day."""
    rows: tuple[Row, ...]
    clock: tuple[ClockRow, ...]
    parts: Mapping[str, Part]
    """Words beside an hour that tell the part of the day, such as "pm"."""
    hours: Mapping[str, int] = field(default_factory=dict)
    """Words for a time of day, such as "noon"."""
    between: str = ""
    """What may stand between a day and its time beside spaces and commas, as an expression."""
    times_of_day: Mapping[str, Part] = field(default_factory=dict)
    """Parts of words for a day that tell the part of the day, such as the "night" of "tonight"."""
    past: re.Pattern[str]
    """Marks a sentence that tells of the past."""
    ahead: re.Pattern[str]
    """Marks a sentence that tells of what is or will be, where it does not tell of the past."""

    @cached_property
    def slots(self) -> dict[str, str]:
        """What each slot of a template may hold."""
        return {
            "fixed": one_of(self.fixed),
            "weekday": one_of(self.weekdays),
            "unit": one_of(self.units),
            "span": one_of({word: 0 for word, unit in self.units.items() if unit not in ("minute", "hour", "day")}),
            "season": one_of(self.seasons),
            "holiday": one_of(self.holidays),
            "year": r"(?<!\d)(?:19|20)\d\d(?!\d)",
            "part": one_of(self.parts),
            "word": one_of(self.hours),
            "month": one_of(self.months),
            **(self._spaced_numbers() if self.spaced else CHINESE_NUMBERS),
        }

    def _spaced_numbers(self) -> dict[str, str]:
        hours = {word: 0 for word, n in self.numbers.items() if 1 <= n <= 12 and len(word) > 2}
        return {
            "count": rf"\d{{1,3}}|{one_of(self.numbers)}",
            "day": "|".join(filter(None, (r"[0-3]?\d(?![\d:])", one_of(self.ordinals)))),
            "day_number": r"[0-3]?\d",
            "month_number": r"[01]?\d",
            "hour": rf"[0-2]?\d|{one_of(hours)}",
            "minute": r"[0-5]\d",
        }

    @cached_property
    def hints(self) -> re.Pattern[str]:
        """Reads what every template of a day holds: a digit, or a word for a day, a month and the like."""
        words = (self.fixed, self.weekdays, self.months, self.units, self.seasons, self.holidays, self.ordinals)
        found = one_of({word: 0 for some in words for word in some})
        return re.compile(rf"\d|(?<!\w)(?:{found})" if self.spaced else rf"[\d{_HAN}]|{found}", re.IGNORECASE)

    @cached_property
    def clock_hints(self) -> re.Pattern[str]:
        """Reads what every template of a time of day holds: a digit, or a word for an hour."""
        hours = {word for word, n in self.numbers.items() if 1 <= n <= 12 and len(word) > 2} | set(self.hours)
        found = one_of(dict.fromkeys(hours))
        return re.compile(rf"\d|(?<!\w)(?:{found})(?!\w)" if self.spaced else rf"[\d{_HAN}]|{found}", re.IGNORECASE)

    @cached_property
    def compiled(self) -> tuple[tuple[Row, re.Pattern[str]], ...]:
        """Every template of a date with its row, in the order of the table."""
        return tuple(
            (row, inside(template, self.slots, self.spaced)) for row in self.rows for template in row.templates
        )

    @cached_property
    def compiled_clock(self) -> tuple[tuple[ClockRow, re.Pattern[str]], ...]:
        """Every template of a time of day with its row."""
        return tuple(
            (row, inside(template, self.slots, self.spaced)) for row in self.clock for template in row.templates
        )


_HAN = "一二两三四五六七八九十"
CHINESE_NUMBERS = {
    "count": f"[0-9]{{1,3}}|[{_HAN}半]{{1,3}}",
    "day": f"[0-3]?[0-9](?![0-9])|[{_HAN}]{{1,3}}",
    "day_number": "[0-3]?[0-9](?![0-9])",
    "month": f"(?<![0-9])[01]?[0-9]|[{_HAN}]{{1,2}}",
    "month_number": "[01]?[0-9]",
    "hour": f"(?<![0-9])[0-2]?[0-9]|[{_HAN}]{{1,2}}",
    "minute": f"[0-5]?[0-9]|[{_HAN}]{{1,3}}",
}
"""What the slots of Chinese templates hold: digits or characters."""
