"""Answers to "how many": the number that a sentence states, or the length of what it lists. Pure."""

import re
from collections.abc import Mapping

from carrel.language.answers.having import all_of_kind, kind_asked_for
from carrel.language.answers.keyed import MAX_SOURCES, held_by, sentence_of
from carrel.language.answers.relevance import ANSWERS, Scored
from carrel.language.answers.remembered import Knowledge
from carrel.language.answers.speech import Speech
from carrel.language.dates.numbers import number
from carrel.language.dates.tables import words_of as date_words_of
from carrel.language.facts.current import Same, covers
from carrel.language.facts.fact import Wanted
from carrel.language.facts.tables import words_of
from carrel.language.languages import Language
from carrel.words import stem

_WORD = re.compile(r"[^\W_]+(?:-\w+)?")
_PARTS = re.compile(r"\s*[,，;；]\s*")
_HAN = re.compile("[一二两三四五六七八九十百0-9]")


def answer_count(wanted: Wanted, known: Knowledge, speech: Speech, same: Same) -> str | None:
    """Return how many there are of what is asked about; None where no fact says."""
    held = [item.fact for item in held_by(wanted, known, same) if not item.fact.negated]
    counted = [fact for fact in held if covers(fact.value, wanted.value)]
    kind = kind_asked_for(wanted, speech.language)
    if not counted and kind and (of_kind := all_of_kind(kind, known)):
        values = speech.listed(list(dict.fromkeys(fact.value for fact in of_kind)))
        sources = {one.text: one for one in (sentence_of(fact, known) for fact in of_kind)}
        return speech.with_sources(speech.value(values), list(sources.values())[-MAX_SOURCES:])
    if counted:
        fact = counted[-1]
        parts = (part for part in _PARTS.split(fact.value) if covers(part, wanted.value))
        value = next(parts, fact.value)
        return speech.with_sources(speech.value(value), [sentence_of(fact, known)])
    return _named(wanted, known, speech)


def _named(wanted: Wanted, known: Knowledge, speech: Speech) -> str | None:
    """Return how many names are listed for them ("My children are called Ann and Ben")."""
    kind = kind_asked_for(wanted, speech.language)
    for fact in reversed(known.facts):
        if fact.negated or not (covers(fact.key.subject, wanted.value) or fact.key.subject == kind):
            continue
        sentence = sentence_of(fact, known)
        values = [part for part in words_of(sentence.language).conjunction.split(fact.value) if part]
        if len(values) > 1:
            text = speech.phrases.count.format(number=len(values), values=speech.listed(values))
            return speech.with_sources(text, [sentence])
    return None


def count_in_best(thing: str, best: list[Scored], speech: Speech) -> str | None:
    """Return the best sentence that states a number and holds what is counted; None where none does."""
    for item in best:
        if not item.answers or (thing in item.lacks and item.alike < ANSWERS):
            continue
        sentence = item.sentence
        if stated := number_before(thing, sentence.text, sentence.language):
            return speech.with_sources(speech.sentence(stated), [sentence])
        if has_number(sentence.text, sentence.language):
            return speech.quote(sentence)
    return None


def number_before(thing: str, text: str, language: Language) -> str | None:
    """Return the number that stands before what is counted, a stem, with at most one word between; None where none does."""
    words = _WORD.findall(text) if language != "zh" else []
    numbers = dict(date_words_of(language).numbers)
    for place, word in enumerate(words):
        if stem(word.lower()) == thing:
            before = (one for one in reversed(words[max(0, place - 2) : place]) if is_number(one, numbers))
            return next(before, None)
    return None


def has_number(text: str, language: Language) -> bool:
    """Return whether a text states a number beyond "a" or "one"."""
    if language == "zh":
        return bool(_HAN.search(text))
    numbers = dict(date_words_of(language).numbers)
    return any(is_number(word, numbers) for word in _WORD.findall(text))


def is_number(word: str, numbers: Mapping[str, float]) -> bool:
    """Return whether a word is a number beyond "a" or "one"."""
    value = number(word.lower(), dict(numbers))
    return value is not None and (value > 1 or word.isdigit())
