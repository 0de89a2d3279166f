"""Answers to questions for yes or no: from the polarity of what was said, never from silence. Pure."""

from carrel.language.answers.having import is_of_somebody, kind_asked_for, latest_of_kind
from carrel.language.answers.keyed import MAX_SOURCES, held_by, sentence_of
from carrel.language.answers.relevance import NEAR, Scored
from carrel.language.answers.remembered import Knowledge
from carrel.language.answers.speech import Speech
from carrel.language.facts.current import Same, covers
from carrel.language.facts.fact import HAS, Wanted
from carrel.language.facts.read import denies

SURE = 0.8
"""Share of the question's words from which on a sentence says yes or no to it."""


def answer_check(wanted: Wanted, known: Knowledge, speech: Speech, same: Same) -> str | None:
    """Return whether a value holds, as the facts with its key say; None where there is no fact with it."""
    kind = kind_asked_for(wanted, speech.language)
    if kind and any(is_of_somebody(fact) for fact in known.facts):
        return _having(kind, known, speech)
    held = held_by(wanted, known, same)
    over = [item for item in held if item.fact.ended]
    if over:
        return speech.with_sources(speech.phrases.no, [sentence_of(over[-1].fact, known)])
    named = [item for item in held if covers(item.fact.value, wanted.value)]
    if named:
        item = named[-1]
        word = speech.phrases.no if item.fact.negated else speech.phrases.yes
        return speech.with_sources(word, [sentence_of(item.fact, known)])
    if not held or wanted.key.attribute == HAS:
        return None
    said = [sentence_of(item.fact, known) for item in held[-MAX_SOURCES:]]
    return speech.with_sources(speech.phrases.not_told_so, list({one.text: one for one in said}.values()))


def _having(kind: str, known: Knowledge, speech: Speech) -> str:
    """Return whether the user has somebody, such as a dog or a sister."""
    fact = latest_of_kind(kind, known)
    if fact is None:
        return speech.phrases.not_told_so
    word = speech.phrases.no if fact.negated or fact.ended else speech.phrases.yes
    return speech.with_sources(word, [sentence_of(fact, known)])


def answer_by_sentence(question: str, best: list[Scored], speech: Speech) -> str | None:
    """Return whether it is so, as the best sentence says; None where none is near."""
    if not best or best[0].relevance < NEAR:
        return None
    sentence = best[0].sentence
    if best[0].relevance < SURE:
        return speech.with_sources(speech.phrases.not_told_so, [sentence])
    agrees = denies(question, speech.language) == denies(sentence.text, sentence.language)
    return speech.with_sources(speech.phrases.yes if agrees else speech.phrases.no, [sentence])
