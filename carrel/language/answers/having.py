"""Whom the user has: a dog, children, a partner. Who is somebody's son is somebody's child. Pure."""

from carrel.language.answers.keyed import sentence_of
from carrel.language.answers.remembered import Knowledge, Sentence
from carrel.language.facts.fact import HAS, LIFE, ME, PARTNER, Fact, Wanted, folded
from carrel.language.facts.relations import FRIEND_OR_PARTNER, KINDS, RELATIONS, belongs_to, relations_in
from carrel.language.languages import Language

MAX_WORDS = 3
"""Words of "a small dog"; more than that ask for something else, such as an appointment with the doctor."""


def kind_asked_for(wanted: Wanted, language: Language) -> str:
    """Return the key of the people or animals of whom a question asks whether there are any; "" of any other question."""
    value = folded(wanted.value)
    if wanted.key.subject != ME or wanted.key.attribute != HAS or not value:
        return ""
    found = relations_in(value, language)
    if language == "zh":
        return found[0] if found and len(value) <= MAX_WORDS + 1 else ""
    last = relations_in(value.split()[-1], language)
    return last[0] if last and len(value.split()) <= MAX_WORDS else ""


def is_of_somebody(fact: Fact) -> bool:
    """Return whether a fact says what the user has, or tells of somebody who is theirs."""
    return fact.key.attribute in (HAS, PARTNER) or fact.key.subject in RELATIONS["en"].values()


def latest_of_kind(kind: str, known: Knowledge) -> Fact | None:
    """Return the last fact that says whether the user has one of a kind; None where none does."""
    facts = (fact for fact in reversed(known.facts) if _is_of_kind(fact, kind, known))
    return next(facts, None)


def all_of_kind(kind: str, known: Knowledge) -> list[Fact]:
    """Return the facts that say which of a kind the user has, oldest first."""
    return [
        fact
        for fact in known.facts
        if fact.key.attribute == HAS and not fact.negated and _is_of_kind(fact, kind, known)
    ]


def sentences_of_kind(topic: str, known: Knowledge, language: Language) -> list[Sentence]:
    """Return the sentences that tell of those whom a topic such as "my pets" names; nothing where it names another."""
    kinds = [kind for kind in relations_in(topic, language) if kind in KINDS]
    if len(kinds) != 1:
        return []
    return [one for one in known.sentences if any(_is_of_kind(fact, kinds[0], known) for fact in one.facts)]


def _is_of_kind(fact: Fact, kind: str, known: Knowledge) -> bool:
    if fact.ended:
        return (kind in (PARTNER, FRIEND_OR_PARTNER) and fact.key.attribute == PARTNER) or (
            fact.key.attribute == LIFE and belongs_to(fact.key.subject, kind)
        )
    if fact.key.subject == ME and fact.key.attribute == HAS:
        found = relations_in(fact.value, sentence_of(fact, known).language)
        return any(belongs_to(one, kind) for one in found)
    if fact.key.subject == ME and fact.key.attribute == PARTNER:
        return kind == PARTNER
    return belongs_to(fact.key.subject, kind)
