"""Made-up chat messages, the same on every machine: for speed, not for quality."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from carrel.memory.values import NewMessage

SUBJECTS = "Ada Bruno Chen Dalia Emil Fatima Goran Hana Ivo Jasmin".split()
VERBS = "bought sold lost found painted repaired borrowed returned planted cooked visited forgot".split()
THINGS = "bicycle guitar telescope recipe garden kettle novel passport camera violin blanket lantern".split()
PLACES = "Porto Bonn Osaka Lagos Quito Turin Bergen Hanoi Cork Perth".split()
EXTRAS = "yesterday,last week,with my sister,after work,in the rain,for the second time,before breakfast".split(",")


def messages(count: int, seed: int = 7, per_session: int = 40) -> Iterator[NewMessage]:
    """Yield messages of two speakers, forty a session, one a minute; words follow a long-tailed distribution."""
    source = random.Random(seed)
    start = datetime(2024, 1, 1, 9, tzinfo=UTC)
    for number in range(count):
        speaker = SUBJECTS[number // per_session % len(SUBJECTS)] if number % 2 else "Mira"
        role = "user" if number % 2 else "assistant"
        at = start + timedelta(minutes=number)
        yield NewMessage(
            "user" if role == "user" else "assistant",
            sentence(source),
            at,
            speaker,
            f"s{number // per_session}",
            str(number),
        )


def sentence(source: random.Random) -> str:
    """Return one sentence, with a rare word in most."""
    rare = f"{_syllables(source)}{_syllables(source)}"
    parts = [source.choice(SUBJECTS), source.choice(VERBS), "a", source.choice(THINGS), "in", source.choice(PLACES)]
    return f"{' '.join(parts)} {source.choice(EXTRAS)}, near {rare}; {_tail(source)}."


def _tail(source: random.Random) -> str:
    words = (f"{_syllables(source)}" for _ in range(int(source.expovariate(0.12)) + 3))
    return " ".join(words)


def _syllables(source: random.Random) -> str:
    """Return a pseudo-word; short ones are common, long ones rare, as in a language."""
    length = 1 + min(3, int(source.expovariate(1.2)))
    return "".join(source.choice("bdfgklmnprstv") + source.choice("aeiou") for _ in range(length))
