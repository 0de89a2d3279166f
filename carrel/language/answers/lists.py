"""Answers that are lists: what is known of the user, what there is of a kind, what is planned, what was said. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, time

from carrel.language.acts.classify import is_first_person
from carrel.language.answers.dated import named_period
from carrel.language.answers.relevance import Scored
from carrel.language.answers.remembered import USER, Knowledge, Sentence
from carrel.language.answers.speech import Speech
from carrel.language.dates.period import Period
from carrel.language.facts.current import Same, current
from carrel.language.facts.fact import ME, Fact

MAX_LINES = 30
"""Lines of a list."""


def about_user(known: Knowledge, speech: Speech, same: Same) -> str:
    """Return what is known of the user: a numbered list by topic, each line with the day it was said."""
    lines = [one for one in _as_in_core(known.sentences) if _is_of_user(one) and not _is_outdated(one, known, same)]
    if not lines:
        return speech.phrases.about_empty
    topics = [[one for one in lines if _topic(one, speech) == topic] for topic in range(len(speech.phrases.topics))]
    shown: list[str] = []
    number = 0
    for heading, group in zip(speech.phrases.topics, topics, strict=True):
        shown += [f"{heading}:"] if group and sum(map(bool, topics)) > 1 else []
        for one in group:
            number += 1
            shown.append(f"{number}. {with_day(one, speech)}")
    return "\n".join([speech.phrases.about_head, *_limited(shown, speech)])


def listing(found: Sequence[Sentence], speech: Speech) -> str:
    """Return sentences as a numbered list, by the day they name, else by when they were said."""
    ordered = sorted(_unique(found), key=_moment_of)
    if not ordered:
        return speech.phrases.list_empty
    lines = [f"{number}. {with_day(one, speech)}" for number, one in enumerate(ordered, 1)]
    return "\n".join([speech.phrases.list_head, *_limited(lines, speech)])


def on_day(wanted: Period, known: Knowledge) -> list[Sentence]:
    """Return what is to be or was on a day: the sentences that name it."""
    return [
        one
        for one in _unique(known.sentences)
        if (period := named_period(one)) and period.grain in ("day", "minute") and wanted.holds(period.day)
    ]


def coming(known: Knowledge, speech: Speech) -> list[Sentence]:
    """Return what the user is to do or will do: the sentences that name a day from today on, and what is planned."""
    today = speech.now.date()
    return [
        one
        for one in _unique(known.sentences)
        if one.line.who == USER
        and (
            ((period := _near_period(one)) and not period.yearly and period.last >= today)
            or (one.planned and not period)
        )
    ]


def with_day(sentence: Sentence, speech: Speech) -> str:
    """Return a sentence with the day that it names, else with the day on which it was said."""
    period = _near_period(sentence)
    day = speech.period(period) if period else speech.day(sentence.said) if sentence.said else ""
    left, right = ("（", "）") if speech.language == "zh" else (" (", ")")
    return f"{sentence.text}{left}{day}{right}" if day else sentence.text


def _near_period(sentence: Sentence) -> Period | None:
    """Return the day or time that a sentence names; none for a year, which is no day to look forward to."""
    period = named_period(sentence)
    return period if period and period.grain != "year" else None


def of_kind(best: Sequence[Scored]) -> list[Sentence]:
    """Return the sentences that are relevant enough to what is to be listed."""
    return [item.sentence for item in best if item.answers]


def _limited(lines: list[str], speech: Speech) -> list[str]:
    rest = len(lines) - MAX_LINES
    return [*lines[:MAX_LINES], speech.phrases.more.format(count=rest)] if rest > 0 else lines


def _unique(sentences: Iterable[Sentence]) -> list[Sentence]:
    """Return sentences of different texts, in order: of equal ones the first that was said."""
    found: dict[str, Sentence] = {}
    for one in sentences:
        found.setdefault(_folded(one), one)
    return list(found.values())


def _as_in_core(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Return sentences of different texts: in the order of core memory, so that a list stays as it is, then the others."""
    places = {_folded(one): place for place, one in enumerate(sentences) if one.line.tier == "core"}
    return sorted(_unique(sentences), key=lambda one: places.get(_folded(one), len(sentences)))


def _folded(sentence: Sentence) -> str:
    return " ".join(sentence.text.casefold().split()).rstrip(".!。！")


def _is_of_user(one: Sentence) -> bool:
    """Return whether a sentence was kept for the user, or tells of them."""
    if one.line.tier == "core":
        return True
    return one.line.who == USER and (bool(one.facts) or one.planned or is_first_person(one.text, one.language))


def _is_outdated(one: Sentence, known: Knowledge, same: Same) -> bool:
    """Return whether all facts of a sentence have been replaced."""
    if not one.facts:
        return False
    held = [item.fact for item in current((fact for other in known.sentences for fact in other.facts), same)]
    return not any(_same(fact, other) for fact in one.facts for other in held)


def _same(one: Fact, other: Fact) -> bool:
    return (one.key, one.value, one.negated) == (other.key, other.value, other.negated)


def _topic(one: Sentence, speech: Speech) -> int:
    """Return to which topic a sentence belongs: plans, the user, others, the rest."""
    period = _near_period(one)
    if one.planned or (period and not period.yearly and period.last >= speech.now.date()):
        return 2
    if any(fact.key.subject == ME for fact in one.facts):
        return 0
    return 1 if one.facts else 3


def _moment_of(one: Sentence) -> tuple[date, time]:
    """Return the day that a sentence names and the time of day, at the end of the day where it names none."""
    period = named_period(one)
    if period:
        return period.first, period.at or time.max
    return (one.said.date() if one.said else date.max), time.max
