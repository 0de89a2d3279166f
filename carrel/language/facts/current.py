"""Which facts hold now: the newest of a key wins, denials take back, and names stand for those who bear them. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from carrel.language.facts.fact import EMPLOYER, IS, JOB, ME, NAME, PARTNER, STUDIES, Fact, Key, Wanted, folded
from carrel.language.facts.relations import belongs_to

Same = Callable[[str, str], bool]
"""Whether two attributes in the user's own words are one."""

CLOSE = 0.8
"""How alike two words of five letters or more are, from 0 to 1, to be spellings of one: colour and color are 0.91."""

CLOSE_LETTERS = 5

MAX_PAIRS = 20000
"""Pairs of words that are kept with whether they are alike."""


@dataclass(frozen=True, slots=True)
class Held:
    """A fact that holds, and the one that held before it."""

    fact: Fact
    before: Fact | None = None


Change = Literal["replaces", "repeats"]


def same_words(one: str, other: str) -> bool:
    """Return whether two attributes are the same but for spelling and endings ("favourite colour", "favorite color")."""
    pairs = list(zip(one.split(), other.split(), strict=False))
    return len(one.split()) == len(other.split()) and all(alike(*pair) for pair in pairs)


@lru_cache(maxsize=MAX_PAIRS)
def alike(one: str, other: str) -> bool:
    """Return whether two words are one in two spellings, or with another ending."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if long.startswith(short) and len(short) >= 3 and len(long) - len(short) <= 2:
        return True
    return len(short) >= CLOSE_LETTERS and SequenceMatcher(None, one, other).ratio() >= CLOSE


def same_key(one: Key, other: Key, same: Same = same_words) -> bool:
    """Return whether two keys are one."""
    return one.subject == other.subject and (one.attribute == other.attribute or same(one.attribute, other.attribute))


def covers(value: str, asked: str) -> bool:
    """Return whether a value holds what is asked about: "two cats" holds "a cat", 两只猫 holds 猫."""
    held, wanted = folded(value), folded(asked)
    if not wanted:
        return False
    if wanted in held.split() or (not wanted.isascii() and wanted in held):
        return True
    return all(any(alike(word, other) for other in held.split()) for word in wanted.split())


def change(new: Fact, old: Fact, same: Same = same_words) -> Change | None:
    """Return what a new fact does to an old one; None where both hold side by side.

    A new value of an attribute that has one replaces the old, unless it says "also"; so do a denial and the denial of
    a denial of the same value. The same said again repeats it.
    """
    if new.ended or old.ended:
        return _change_of_end(new, old)
    if not same_key(new.key, old.key, same):
        return None
    if folded(new.value) == folded(old.value):
        return "repeats" if new.negated == old.negated else "replaces"
    if new.many or old.many or new.also or new.negated:
        return None
    return "replaces"


def _change_of_end(new: Fact, old: Fact) -> Change | None:
    """Return what the end of something does to what held, and something new to the end of what was before it."""
    if new.ended and old.ended:
        return "replaces" if new.key == old.key else None
    end, other = (new, old) if new.ended else (old, new)
    return "replaces" if ends(end.key, other.key) else None


def ends(end: Key, other: Key) -> bool:
    """Return whether what one key says is over is what another says holds: a job has a place, a partner a name."""
    if end.attribute == JOB:
        return other.subject == end.subject and other.attribute in (JOB, EMPLOYER)
    if end.attribute == STUDIES:
        return other == end
    if end.attribute == PARTNER:
        theirs = belongs_to(other.subject, PARTNER) and other.attribute in (NAME, IS)
        return theirs or other == Key(ME, PARTNER)
    return False


def current(facts: Iterable[Fact], same: Same = same_words) -> list[Held]:
    """Return the facts that hold after all were said, oldest first; `facts` come in the order in which they were said."""
    held: list[Held] = []
    for fact in facts:
        before: Fact | None = None
        kept: list[Held] = []
        for item in held:
            match change(fact, item.fact, same):
                case None:
                    kept.append(item)
                case "repeats":
                    before = item.before or before
                    fact = _older(item.fact, fact)
                case "replaces":
                    before = item.fact
        held = [*kept, Held(fact, before)]
    return held


def _older(one: Fact, other: Fact) -> Fact:
    """Return a fact that was said twice: as it was last said, since when it was first."""
    return replace(other, since=other.since or one.since)


def aliases(facts: Iterable[Fact]) -> dict[str, str]:
    """Return whom names stand for: Marie for the sister, where she was called so."""
    return {
        folded(fact.value): fact.key.subject
        for fact in facts
        if fact.key.attribute == NAME and fact.key.subject != ME and not fact.negated
    }


def by_alias(facts: Sequence[Fact]) -> list[Fact]:
    """Return facts with names replaced by those whom they stand for."""
    known = aliases(facts)
    return [replace(fact, key=_renamed(fact.key, known)) for fact in facts]


def meant(wanted: Wanted, facts: Iterable[Fact]) -> Wanted:
    """Return what a question asks for with a name replaced by the one whom it stands for."""
    return replace(wanted, key=_renamed(wanted.key, aliases(facts)))


def _renamed(key: Key, known: dict[str, str]) -> Key:
    return replace(key, subject=known.get(key.subject, key.subject))
