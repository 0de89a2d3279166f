"""Answers to "when": the day that a sentence names, resolved against when it was said. Pure."""

from carrel.language.answers import relevance
from carrel.language.answers.relevance import Scored
from carrel.language.answers.remembered import Sentence
from carrel.language.answers.speech import Speech
from carrel.language.dates.find import clock_times, mentions
from carrel.language.dates.period import Period
from carrel.language.dates.speak import THIS_YEAR_DAYS, spoken_week

WEEK = 7
MIN_OF_BEST = 0.75
"""A sentence that names a day is preferred to a better one that names none if it covers this share of what that does."""


def answer_when(best: list[Scored], speech: Speech, within: Period | None = None) -> str | None:
    """Return when it was or will be: as the best sentence names it, else when it was said; None where none is good.

    `within` is what the question names itself ("When did I camp in June?"): a sentence with a day in it is preferred.
    """
    good = [item for item in best if item.relevance >= relevance.DATES]
    if not good:
        return None
    fitting = [item for item in good if within and _lies(_when(item.sentence), within)]
    good = fitting or good
    dated = [item for item in good if named_period(item.sentence)]
    dated = [item for item in dated if names_day(item.sentence)] or dated
    chosen = next((item for item in dated if item.relevance >= MIN_OF_BEST * good[0].relevance), good[0])
    period = named_period(chosen.sentence)
    if period is None and chosen.sentence.said is None:
        return speech.quote(chosen.sentence)
    text = _spoken(period, chosen.sentence, speech) if period else speech.on(chosen.sentence)
    return speech.with_sources(speech.sentence(text), [chosen.sentence])


def _when(sentence: Sentence) -> Period | None:
    return named_period(sentence) or (Period(sentence.said.date()) if sentence.said else None)


def _lies(period: Period | None, within: Period) -> bool:
    """Return whether a period lies in another, in whatever year where that names none."""
    if period is None or period.grain == "year":
        return False
    day = period.day.replace(year=within.day.year, day=min(period.day.day, 28)) if within.yearly else period.day
    return within.holds(day)


def _spoken(period: Period, sentence: Sentence, speech: Speech) -> str:
    """Return when it was; the week before a day long ago as that, since nobody said which day of it."""
    if sentence.said and period.grain == "week" and abs((period.day - speech.now.date()).days) > THIS_YEAR_DAYS:
        shift = (period.day - sentence.said.date()).days
        if abs(shift) == WEEK:
            return spoken_week(sentence.said.date(), shift, speech.now, speech.language)
    return speech.period(period)


def names_day(sentence: Sentence) -> bool:
    """Return whether a sentence names a day: a time of day alone may be one of any day."""
    found = mentions(sentence.text, sentence.said, sentence.language) if sentence.said else []
    times = clock_times(sentence.text, sentence.language)
    return any((mention.start, mention.end) not in times for mention in found)


def named_period(sentence: Sentence) -> Period | None:
    """Return the first day or time that a sentence names; None where it names none, or it is not known when it was said."""
    found = mentions(sentence.text, sentence.said, sentence.language) if sentence.said else []
    return found[0].period if found else None
