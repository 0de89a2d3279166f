"""What is remembered, sentence by sentence: each once, with when it was said, without what was forgotten since. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import Literal

from carrel.language.acts.classify import Utterance, read
from carrel.language.acts.vocabulary import Act
from carrel.language.answers.terms import terms_of
from carrel.language.facts.current import by_alias, covers, same_key
from carrel.language.facts.fact import ME, Fact
from carrel.language.facts.read import begins_with_pronoun, facts_in, names_in, wanted_by
from carrel.language.languages import Language
from carrel.language.phrases.sources import forgotten_in
from carrel.words import query_terms, stem

Tier = Literal["core", "recall", "archival"]

USER, ASSISTANT = "user", "assistant"

STATED = frozenset({Act.STATEMENT, Act.SECRET, Act.CORRECTION, Act.INTENTION})

VERSION = 0.6
"""Share of the words that two sentences of the user have in common at least if one is a newer version of the other."""

CORRECTED_ALIKE = 0.7
"""How alike two sentences are at least, from 0 to 1, if one corrects a day, a number or a spelling of the other."""

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
    context: str = ""
    """The names of the sentence before it, where it begins with "he" or the like."""

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

    Requests to forget among them take back what was said before, and so does what the assistant says that it forgot.
    `language` is for lines whose own cannot be seen.
    """
    found = Knowledge()
    ranks = {id(line): rank for rank, line in enumerate(lines)}
    for line in sorted(_distinct(lines), key=_order):
        last = before = ""
        for topic in forgotten_in(line.text) if line.who == ASSISTANT else ():
            found.sentences = [one for one in found.sentences if not is_meant(topic, one, one.language)]
        for said in read(line.text, language) if line.who != ASSISTANT else ():
            if said.act is Act.FORGET and line.tier == "recall":
                found.sentences = [one for one in found.sentences if not is_meant(said.topic, one, said.language)]
            elif said.act in STATED:
                context = names_in(before, said.language) if begins_with_pronoun(said.text, said.language) else ""
                sentence = replace(_sentence(said, line, ranks[id(line)], last), context=context)
                last = sentence.facts[-1].key.subject if sentence.facts else last
                before = said.text
                found.sentences.append(sentence)
    found.sentences = _without_corrected(found.sentences)
    return found


def _without_corrected(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Return sentences without the messages that a line of core memory corrects."""
    corrections = [one for one in sentences if one.line.corrected]
    return [one for one in sentences if one.line.tier == "core" or not any(_corrects(by, one) for by in corrections)]


def _corrects(one: Sentence, other: Sentence) -> bool:
    dated = one.said and other.said and other.said.date() <= one.said.date()
    if not dated or other.line.who != USER or one.text == other.text:
        return False
    return is_version(one, other) or SequenceMatcher(None, one.text, other.text).ratio() >= CORRECTED_ALIKE


def is_version(one: Sentence, other: Sentence) -> bool:
    """Return whether two sentences say nearly the same, so that one may be a newer version of the other."""
    return min(coverage(one.text, other.text, one.language), coverage(other.text, one.text, one.language)) >= VERSION


def is_meant(topic: str, sentence: Sentence, language: Language) -> bool:
    """Return whether a request to forget a topic means a sentence: it states the same, or of the same, or its words."""
    wanted = wanted_by(topic, language)
    stated = facts_in(topic, language)
    if stated and not (wanted and not wanted.value):
        return any(
            same_key(one.key, other.key) and covers(other.value, one.value)
            for one in stated
            for other in sentence.facts
        )
    if wanted and any(same_key(wanted.key, fact.key) for fact in sentence.facts):
        return True
    return coverage(topic, sentence.text, language) >= FORGOTTEN_COVERAGE


def coverage(text: str, other: str, language: Language) -> float:
    """Return the share of a text's telling words that stand in another, by their stems."""
    wanted = set(terms_of(text, language))
    held = {stem(term) for term in query_terms(other)}
    return len(wanted & held) / len(wanted) if wanted else 0.0


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


def _order(line: Remembered) -> tuple[str, bool, bool]:
    """Order lines by when they were said; core memory is the last word of its day, forgetting that of its minute."""
    moment = line.said
    core = line.tier == "core"
    if moment is None:
        return "", core, False
    forgets = line.who == ASSISTANT and bool(forgotten_in(line.text))
    return (f"{moment:%Y-%m-%d}T24" if core else f"{moment:%Y-%m-%dT%H:%M}"), core, forgets


def _distinct(lines: Iterable[Remembered]) -> list[Remembered]:
    """Return each line once: of those with equal id, or equal text said at one time, the first."""
    found: dict[tuple[str, str], Remembered] = {}
    for line in lines:
        at = line.said.isoformat() if line.said else line.tier
        found.setdefault((line.id or " ".join(line.text.casefold().split()), "" if line.id else at), line)
    return list(found.values())
