"""Whether a sentence can speak of those whom a question names. Pure.

In a conversation of two, "I" is the one who speaks and "you" the other: what Ann says of her trophy says nothing of
Ben's, and "Ben, your studio is great", said by Ann, speaks of Ben.
"""

import re

from carrel.language.acts.classify import is_first_person
from carrel.language.answers.remembered import Sentence
from carrel.language.facts.relations import RELATIONS, relations_in
from carrel.language.facts.tables import words_of
from carrel.language.languages import Language
from carrel.language.templates import straight

_YOU = re.compile(
    r"\b(?:you|your|yours|you're|you've|you'll|du|dein\w*|tu|ton|ta|tes|vous|tú|usted)\b|你|您", re.IGNORECASE
)
_BESIDE_A_CALL = r"(?:^|[,!.?;-]\s*|\b(?:hey|hi|hello|thanks|thank you|wow|congrats|sorry|yeah|yes|no|oh)\s+)"


def concerns(sentence: Sentence, people: frozenset[str]) -> bool:
    """Return whether a sentence can speak of one of the people, in lower case; of anybody where there are none."""
    if not people:
        return True
    text = sentence.text.lower()
    speaks = sentence.line.who.lower() in people
    named = any(_is_named(name, text) for name in people)
    called = any(_is_called(name, text) for name in people)
    of_you = bool(_YOU.search(text))
    of_me = is_first_person(text, sentence.language)
    if speaks:
        return of_me or not of_you or named
    return named or (called and of_you and not of_me)


def addresses(text: str) -> bool:
    """Return whether a text speaks to somebody ("Which restaurant did you recommend to me?")."""
    return bool(_YOU.search(text))


def is_of_another(question: str, sentence: Sentence, language: Language) -> bool:
    """Return whether a question is about the speaker alone, and a sentence of the user tells of somebody else alone."""
    if not is_first_person(question, language) or relations_in(question, language):
        return False
    if sentence.facts:
        return all(fact.key.subject in _OTHERS for fact in sentence.facts)
    match = words_of(sentence.language).compiled_other.match(straight(sentence.text))
    return match is not None and not is_first_person(sentence.text[match.end() :], sentence.language)


_OTHERS = frozenset(RELATIONS["en"].values())


def _is_called(name: str, text: str) -> bool:
    """Return whether a name stands as a call to its bearer ("Thanks, Ann!")."""
    return bool(re.search(rf"{_BESIDE_A_CALL}{re.escape(name)}\s*(?:[,!.?;-]|$)", text))


def _is_named(name: str, text: str) -> bool:
    """Return whether a name stands in a text otherwise than as a call."""
    called = len(re.findall(rf"{_BESIDE_A_CALL}{re.escape(name)}\s*(?:[,!.?;-]|$)", text))
    return len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text)) > called
