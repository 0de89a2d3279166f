"""What is remembered, sentence by sentence: each once, with when it was said, without what was forgotten since. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from carrel.language.acts.classify import Utterance, read
from carrel.language.acts.vocabulary import Act
from carrel.language.facts.current import by_alias, covers, same_key
from carrel.language.facts.fact import ME, Fact
from carrel.language.facts.read import facts_in, wanted_by
from carrel.language.languages import Language
from carrel.words import query_terms, stem

Tier = Literal["core", "recall", "archival"]

USER, ASSISTANT = "user", "assistant"

STATED = frozenset({Act.STATEMENT, Act.SECRET, Act.CORRECTION, Act.INTENTION})

FORGOTTEN_COVERAGE = 0.75
"""A sentence is meant by "forget …" if it holds this share of its words, or a fact with its key."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A line of memory: a message, a passage, or a line of core memory."""

    text: str
    said: datetime | None
    who: str
    """`user`, `assistant`, a speaker's name, or `archival`."""
    tier: Tier
    id: str = ""
    """Of a message or passage."""
    corrected: bool = False
    """Whether it was noted as a correction."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a line, and the facts that it states."""

    text: str
    line: Remembered
    language: Language
    facts: tuple[Fact, ...] = ()
    rank: int = 0
    """The place of its line among those given: the search that found them has put the best first."""
    planned: bool = False
    """Whether it is something to be reminded of."""

    @property
    def said(self) -> datetime | None:
        """When it was said."""
        return self.line.said


@dataclass(slots=True)
class Knowledge:
    """All that is remembered, oldest first."""

    sentences: list[Sentence] = field(default_factory=list)

    @property
    def facts(self) -> list[Fact]:
        """The facts that the sentences state, oldest first, names replaced by those who bear them."""
        return by_alias([fact for sentence in self.sentences for fact in sentence.facts])


def knowledge(lines: Sequence[Remembered], language: Language = "en") -> Knowledge:
    """Return what lines of memory say; what is asked in them, and what the assistant said, is left out.

    Requests to forget among them take back what was said before. `language` is for lines whose own cannot be seen.
    """
    found = Knowledge()
    ranks = {id(line): rank for rank, line in enumerate(lines)}
    for line in sorted(_distinct(lines), key=_order):
        last = ""
        for said in read(line.text, language) if line.who != ASSISTANT else ():
            if said.act is Act.FORGET and line.tier == "recall":
                found.sentences = [one for one in found.sentences if not is_meant(said.topic, one, said.language)]
            elif said.act in STATED:
                sentence = _sentence(said, line, ranks[id(line)], last)
                last = sentence.facts[-1].key.subject if sentence.facts else last
                found.sentences.append(sentence)
    return found


def is_meant(topic: str, sentence: Sentence, language: Language) -> bool:
    """Return whether a request to forget a topic means a sentence: it states the same, or of the same, or its words."""
    stated = facts_in(topic, language)
    if stated:
        return any(
            same_key(one.key, other.key) and covers(other.value, one.value)
            for one in stated
            for other in sentence.facts
        )
    wanted = wanted_by(topic, language)
    if wanted and any(same_key(wanted.key, fact.key) for fact in sentence.facts):
        return True
    return coverage(topic, sentence.text) >= FORGOTTEN_COVERAGE


def coverage(text: str, other: str) -> float:
    """Return the share of a text's telling words that stand in another, by their stems."""
    wanted = {stem(term) for term in query_terms(text)} - _EMPTY
    held = {stem(term) for term in query_terms(other)}
    return len(wanted & held) / len(wanted) if wanted else 0.0


_EMPTY = frozenset(
    stem(word)
    for word in "everything anything things all fact facts told said alles über tout ce sur todo sobre".split()
)
"""Words of a request to forget that say nothing of what is meant."""


def _sentence(said: Utterance, line: Remembered, rank: int, last: str) -> Sentence:
    text = said.topic if said.act in (Act.STATEMENT, Act.SECRET, Act.CORRECTION) and said.topic else said.text
    facts = facts_in(text, said.language, line.said, last)
    speaker = line.who.lower() if line.who not in (USER, "archival") else ME
    of_speaker = tuple(_of_speaker(fact, speaker) for fact in facts)
    planned = said.act is Act.INTENTION
    return Sentence(said.topic if planned else text, line, said.language, of_speaker, rank, planned)


def _of_speaker(fact: Fact, speaker: str) -> Fact:
    """Return a fact with the speaker's name for "I"."""
    if speaker == ME or fact.key.subject != ME:
        return fact
    return replace(fact, key=replace(fact.key, subject=speaker))


def _order(line: Remembered) -> tuple[str, bool]:
    """Order lines by when they were said; core memory is the last word of its day."""
    moment = line.said
    if moment is None:
        return "", line.tier == "core"
    core = line.tier == "core"
    return (f"{moment:%Y-%m-%d}T24" if core else f"{moment:%Y-%m-%dT%H:%M}"), core


def _distinct(lines: Iterable[Remembered]) -> list[Remembered]:
    """Return each line once: of those with equal id, or equal text said at one time, the first."""
    found: dict[tuple[str, str], Remembered] = {}
    for line in lines:
        at = line.said.isoformat() if line.said else line.tier
        found.setdefault((line.id or " ".join(line.text.casefold().split()), "" if line.id else at), line)
    return list(found.values())
