"""Things told to a memory, for tests of answers."""

from datetime import datetime

from carrel.language.answers.remembered import Knowledge, Remembered, Tier, knowledge
from carrel.language.answers.speech import Speech
from carrel.language.languages import Language

NOW = datetime(2026, 11, 28, 10)


def line(text: str, day: str = "2026-11-28", who: str = "user", tier: Tier = "recall", id: str = "") -> Remembered:
    """Return a line of memory that was said on a day, at nine in the morning."""
    return Remembered(text, datetime.fromisoformat(f"{day}T09:00"), who, tier, id)


def told(*texts: str, language: Language = "en") -> Knowledge:
    """Return what is known after the user said these things today, a minute apart."""
    moments = [datetime(2026, 11, 28, 9, minute) for minute in range(len(texts))]
    lines = [Remembered(text, moment, "user", "recall") for text, moment in zip(texts, moments, strict=True)]
    return knowledge(lines, language)


def speech(language: Language = "en") -> Speech:
    """Return how it is said now."""
    return Speech(language, NOW)
