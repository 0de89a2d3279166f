"""Whom a pronoun stands for: the one who was spoken of last. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from carrel.language.acts.classify import Utterance, read
from carrel.language.acts.vocabulary import Act
from carrel.language.facts.read import facts_in, wanted_by
from carrel.language.facts.tables import words_of
from carrel.language.languages import Language

REACH = 4
"""Messages that are looked back: who was spoken of before is nobody's "she"."""

RESOLVED = frozenset({Act.STATEMENT, Act.QUESTION})

MAX_WORDS = 4
"""Words of a name or of "my sister Ann"; what is longer was not read well."""


def spoken_of_last(messages: Iterable[str], language: Language, now: datetime) -> str:
    """Return the words for whoever was spoken of last in some messages, newest first; "" where nobody was."""
    for _, text in zip(range(REACH), messages, strict=False):
        for said in reversed(read(text, language)):
            if found := _spoken_of(said, now):
                return found
    return ""


def _spoken_of(said: Utterance, now: datetime) -> str:
    asked = said.act is Act.QUESTION
    facts = [] if asked else facts_in(said.states or said.text, said.language, now)
    wanted = wanted_by(said.topic or said.text, said.language) if asked else None
    words = [fact.of for fact in facts] + ([wanted.of] if wanted else [])
    spaced = words_of(said.language).spaced
    return next((one for one in reversed(words) if one and len(one.split() if spaced else one) <= MAX_WORDS), "")


def resolve(said: Iterable[Utterance], of: str, now: datetime) -> list[Utterance]:
    """Return the sentences of a message with pronouns resolved; `of` is whoever was spoken of before it.

    In a statement only the first word is, since any other may stand for somebody in the sentence itself.
    """
    resolved = []
    for one in said:
        text, topic = (_resolved(part, of, one) for part in (one.text, one.topic))
        resolved.append(replace(one, text=text, topic=topic))
        of = _spoken_of(resolved[-1], now) or of
    return resolved


def _resolved(text: str, of: str, said: Utterance) -> str:
    match = words_of(said.language).compiled_somebody.search(text) if of and said.act in RESOLVED else None
    if match is None or (said.act is not Act.QUESTION and match.start()):
        return text
    words = (of[:1].upper() + of[1:] if match.start() == 0 else of) + ("'s" if match["owner"] else "")
    return f"{text[: match.start()]}{words}{text[match.end() :]}"
