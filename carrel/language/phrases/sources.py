"""What replies say of memory: who said what and when, and what was forgotten. Pure."""

import re
from dataclasses import fields
from functools import lru_cache

from carrel.language.languages import LANGUAGES, Language
from carrel.language.phrases.tables import phrases_of

MIN_OPENING = 2
_PARTS = frozenset(
    "when undo yes no you said attributed said_undated since_day from_day said_on before corrected_on conjunction comma stop".split()
)
"""Phrases with which no reply begins."""

MARK = "— "
"""Begins that part in every language."""

_VALUE = re.compile(r"^([^\"“„«]*?) ?— [^\"“„«:：]{1,80}[:：] ?[\"“„«].*[\"”“»]$")
"""A line whose answer stands before the quote that says so."""
_QUOTE = re.compile(r"^([\"“„«].*[\"”“»]) — [^\"“”„«»]{1,80}$")
"""A line whose answer is the quote."""


def without_sources(reply: str) -> str:
    """Return a reply without what says where it comes from; a reply that does not say as it stands."""
    lines = [_QUOTE.sub(r"\1", _VALUE.sub(r"\1", line)) for line in reply.splitlines()]
    return "\n".join(line for line in lines if line)


def forgotten_in(reply: str) -> list[str]:
    """Return what a reply says that it forgot, as it quotes it; nothing where it says no such thing."""
    for phrases in map(phrases_of, LANGUAGES):
        head = phrases.forgotten.partition("{what}")[0].strip()
        left, right = map(re.escape, phrases.quotes)
        line = next((line for line in reply.splitlines() if line.startswith(head)), "")
        if found := re.findall(f"{left}(.+?){right}", line):
            return found
    return []


def is_own_reply(text: str) -> bool:
    """Return whether a text is a reply made of these phrases, in whatever language."""
    if without_sources(text) != text:
        return True
    return any(text.startswith(_openings(language)) or _is_value_line(text, language) for language in LANGUAGES)


@lru_cache
def _openings(language: Language) -> tuple[str, ...]:
    """Return how the replies of a language begin."""
    phrases = phrases_of(language)
    texts = (getattr(phrases, field.name) for field in fields(phrases) if field.name not in _PARTS)
    return tuple(head for text in texts if isinstance(text, str) and len(head := text.partition("{")[0]) >= MIN_OPENING)


def _is_value_line(text: str, language: Language) -> bool:
    """Return whether a text is a value with when it was said or corrected."""
    phrases = phrases_of(language)
    heads = (pattern.partition("{day}")[0].strip() for pattern in (phrases.said_on, phrases.corrected_on))
    return any((head and f"({head}" in text) or (head and f"（{head}" in text) for head in heads)
