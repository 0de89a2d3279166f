"""A fact as a sentence states it, and what a question wants to know. Pure values."""

from dataclasses import dataclass, field
from datetime import datetime

from carrel.language.dates.period import Period

ME = "me"
"""The subject of what users say of themselves."""

NAME, IS, HAS, LIKES, HOME, JOB = "name", "is", "has", "likes", "home", "job"
EMPLOYER, PARTNER, LIFE, STUDIES = "employer", "partner", "life", "studies"
"""Attributes that more than the tables know."""


@dataclass(frozen=True, slots=True)
class Key:
    """Of whom, and what: two facts with one key speak of the same."""

    subject: str
    """ME, a relation such as "sister", a name in lower case, or a thing."""
    attribute: str
    """A name from the tables, such as "home", or the words of the user, such as "favourite colour"."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What one sentence states of one thing."""

    key: Key
    value: str
    """As it was said."""
    source: str
    """The sentence."""
    many: bool = False
    """Whether several values hold side by side, as for likes; of the others the last one said holds."""
    also: bool = False
    """Whether it says that others hold beside it ("also", "too")."""
    negated: bool = False
    said: datetime | None = None
    since: Period | None = None
    """The day or time that the sentence names beside the value."""
    before: str = ""
    """What held before, where the sentence says so ("from Bonn to Paris")."""
    clause: str = ""
    """The part of the sentence that states it."""
    ended: bool = False
    """Whether it says that what held is over, without what holds instead ("I quit my job"); its value is how it says so."""
    of: str = field(default="", compare=False)
    """The words for its subject; empty for the speaker, and where a pronoun stands for it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question asks for: a key, and for yes or no the value that is asked about."""

    key: Key
    value: str = ""
    negated: bool = False
    """Whether it asks for what does not hold ("What don't I like?")."""
    of: str = field(default="", compare=False)
    """The words for its subject; empty for the speaker, and where a pronoun stands for it."""


def same_value(one: str, other: str) -> bool:
    """Return whether two values are the same but for case, articles and marks."""
    return folded(one) == folded(other)


_ARTICLES = frozenset(
    "a an the some any my our der die das den dem ein eine einen einem mein meine le la les l un une des mon ma mes el los"
    " las una unos unas mi mis".split()
)


def folded(value: str) -> str:
    """Return a value without case, articles and marks."""
    words = "".join(c if c.isalnum() or c in "'-" else " " for c in value.casefold()).replace("'", " ").split()
    return " ".join(word for word in words if word not in _ARTICLES) or " ".join(words)
