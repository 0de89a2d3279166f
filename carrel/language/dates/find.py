"""Find the days and times that a text names, resolved against when it was said. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache

from carrel.language.dates.numbers import number
from carrel.language.dates.period import Period
from carrel.language.dates.rules import Named, Toward, resolve, with_time
from carrel.language.dates.tables import words_of
from carrel.language.dates.vocabulary import DateWords, Part
from carrel.language.languages import Language, language_of
from carrel.language.templates import slots_of, straight

MAX_TEXT = 2000
"""Characters of a text that are looked at: a sentence is shorter, and what has no borders between words is none."""

MAX_KEPT = 4096
"""Texts whose days are kept: what was remembered is read again for the next question."""

_BETWEEN_NAMES = re.compile(r"[\s,，(（]*")


@dataclass(frozen=True, slots=True)
class Mention:
    """A day or time that a text names, and where it stands."""

    period: Period
    start: int
    end: int


def mentions(
    text: str, said: datetime, language: Language | None = None, toward: Toward | None = None
) -> list[Mention]:
    """Return the days and times that a text names, in order.

    `said` is when it was said; `toward` is which way it looks where it does not say so itself, read from its tense
    where None. Only the first MAX_TEXT characters are looked at.
    """
    return list(_mentions(text[:MAX_TEXT], said, language or language_of(text), toward))


@lru_cache(maxsize=MAX_KEPT)
def _mentions(text: str, said: datetime, language: Language, toward: Toward | None) -> tuple[Mention, ...]:
    words = words_of(language)
    plain = straight(text)
    found = _dates(plain, said, words, toward or tense(text, language)) if words.hints.search(plain) else ()
    dates = _named_twice(plain, _apart(list(found)))
    times = _apart(list(_times(plain, said, words)))
    return tuple(sorted(_joined(plain, dates, times, words), key=lambda mention: mention.start))


def clock_times(text: str, language: Language) -> list[tuple[int, int]]:
    """Return where a text names times of day."""
    found = _apart(list(_times(straight(text[:MAX_TEXT]), datetime.min.replace(year=2000), words_of(language))))
    return sorted((mention.start, mention.end) for mention in found)


def first_period(text: str, said: datetime, language: Language | None = None) -> Period | None:
    """Return the first day or time that a text names; None where it names none."""
    found = mentions(text, said, language)
    return found[0].period if found else None


def tense(text: str, language: Language | None = None) -> Toward:
    """Return whether a text looks back or ahead, by its verbs; "nearest" where that cannot be seen."""
    words = words_of(language or language_of(text))
    plain = straight(text[:MAX_TEXT])
    if words.past.search(plain):
        return "past"
    return "future" if words.ahead.search(plain) else "nearest"


def _dates(text: str, said: datetime, words: DateWords, toward: Toward) -> Iterator[Mention]:
    for row, pattern in words.compiled:
        for match in pattern.finditer(text):
            period = resolve(row.rule, Named(slots_of(match), words, said, row.shift, toward))
            if period:
                yield Mention(period, *match.span())


def _times(text: str, said: datetime, words: DateWords) -> Iterator[Mention]:
    if not words.clock_hints.search(text):
        return
    for row, pattern in words.compiled_clock:
        for match in pattern.finditer(text):
            at = _time(match, words, row.minutes)
            if at is not None:
                yield Mention(Period(said.date(), "minute", at), *match.span())


def _time(match: re.Match[str], words: DateWords, minutes: int) -> time | None:
    slots = slots_of(match)
    if slots.get("word"):
        return time(words.hours[slots["word"].lower()])
    hour = number(slots["hour"], dict(words.numbers))
    minute = number(slots.get("minute", "0"), {})
    if hour is None or minute is None or hour > 24:
        return None
    part = words.parts.get(slots.get("part", "").lower())
    moment = timedelta(hours=_hour_of_day(int(hour), part), minutes=int(minute) + minutes)
    return (datetime.min + timedelta(days=1) + moment).time()


def _hour_of_day(hour: int, part: Part | None) -> int:
    """Return an hour of twelve as one of twenty-four."""
    late = part in ("afternoon", "evening") or (part == "night" and hour >= 6) or (part == "noon" and hour < 6)
    if part == "morning" or (part == "night" and not late):
        return hour % 12
    return hour + 12 if late and hour < 12 else hour


def _apart(found: Sequence[Mention]) -> list[Mention]:
    """Return mentions that do not overlap: the longest of each heap, of equal ones that of the earlier template."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda item: item.start - item.end):
        if all(mention.end <= other.start or mention.start >= other.end for other in kept):
            kept.append(mention)
    return kept


def _named_twice(text: str, found: Sequence[Mention]) -> list[Mention]:
    """Join a weekday with the date beside it that falls on it ("Friday, 4 December")."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda item: item.start):
        last = kept[-1] if kept else None
        if last and _BETWEEN_NAMES.fullmatch(text[last.end : mention.start]) and _same_weekday(last, mention):
            explicit = max(last, mention, key=lambda item: item.end - item.start)
            kept[-1] = Mention(explicit.period, last.start, mention.end)
        else:
            kept.append(mention)
    return kept


def _same_weekday(one: Mention, other: Mention) -> bool:
    both = (one.period, other.period)
    return all(period.grain == "day" for period in both) and both[0].day.weekday() == both[1].day.weekday()


def _joined(text: str, dates: Sequence[Mention], times: Sequence[Mention], words: DateWords) -> Iterator[Mention]:
    """Yield each day with the time that stands beside it, and each time that stands alone."""
    left = [item for item in times if all(item.end <= day.start or item.start >= day.end for day in dates)]
    for day in dates:
        beside = next((item for item in left if _beside(text, day, item, words)), None)
        if beside is None:
            yield day
            continue
        left.remove(beside)
        start, end = min(day.start, beside.start), max(day.end, beside.end)
        at = _of_part(beside.period.at or time(), text[start:end].lower(), words)
        yield Mention(with_time(day.period, at), start, end)
    yield from left


def _of_part(at: time, text: str, words: DateWords) -> time:
    """Return a time as the day's name tells it: seven of "tonight at seven" is in the evening."""
    part = next((part for word, part in words.times_of_day.items() if word in text), None)
    return at.replace(hour=_hour_of_day(at.hour, part)) if part and part != "morning" else at


def _beside(text: str, one: Mention, other: Mention, words: DateWords) -> bool:
    between = text[one.end : other.start] if one.end <= other.start else text[other.end : one.start]
    return bool(_between(words.between).fullmatch(between))


@lru_cache(maxsize=8)
def _between(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:[\s,，]|{words})*", re.IGNORECASE)
