"""Answers to "when": the day that a sentence names, resolved against when it was said. Pure."""

from carrel.language.answers.relevance import ANSWERS, Scored
from carrel.language.answers.remembered import Sentence
from carrel.language.answers.speech import Speech
from carrel.language.dates.find import mentions
from carrel.language.dates.period import Period

MIN_OF_BEST = 0.75
"""A sentence that names a day is preferred to a better one that names none if it covers this share of what that does."""


def answer_when(best: list[Scored], speech: Speech) -> str | None:
    """Return when it was or will be: as the best sentence names it, else when it was said; None where none is good."""
    good = [item for item in best if item.coverage >= ANSWERS]
    if not good:
        return None
    dated = [item for item in good if named_period(item.sentence)]
    chosen = next((item for item in dated if item.coverage >= MIN_OF_BEST * good[0].coverage), good[0])
    period = named_period(chosen.sentence)
    if period is None and chosen.sentence.said is None:
        return speech.quote(chosen.sentence)
    text = speech.period(period) if period else speech.on(chosen.sentence)
    return speech.with_sources(speech.sentence(text), [chosen.sentence])


def named_period(sentence: Sentence) -> Period | None:
    """Return the first day or time that a sentence names; None where it names none, or it is not known when it was said."""
    found = mentions(sentence.text, sentence.said, sentence.language) if sentence.said else []
    return found[0].period if found else None
