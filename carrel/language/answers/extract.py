"""Take the words that answer a question out of the sentence that holds them. Pure.

The form of the question tells where they stand: behind its verb ("What did Ann paint?"), before the noun that it names
("What kind of floor?"), behind a preposition ("Where?"), behind "because". English alone; where no form fits, nothing
is taken, and the sentence as a whole is the answer.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from carrel.language.acts.vocabulary import Ask
from carrel.language.answers.irregular import base_form
from carrel.language.answers.relevance import Asked
from carrel.language.dates.find import mentions
from carrel.language.languages import STOP_WORDS
from carrel.language.templates import straight
from carrel.words import STOP_WORDS as INDEX_STOP_WORDS
from carrel.words import stem

MAX_WORDS = 14
"""Words of an answer: what is longer is no shorter than the sentence."""

_WORD = re.compile(r"[^\W_]+(?:['+-][^\W_]+)*\+?")
_BREAK = re.compile(
    r"[;:!?.]|\s[-—–]+\s|[—–]|,|\s\(|\b(?:but|because|'cause|since|so|which|who|when|while|although|though|if|as)\b"
    r"|\band\s+(?=(?:i|i'm|i've|we|he|she|it|they|it's|now|then)\b)",
    re.IGNORECASE,
)
"""Where a clause ends."""
_ITEM = r"(?!(?:i|it|we|he|she|they|you|which|who|but|so|that|this)\b)[^\s,;:.!?]+(?:\s(?!and\s)[^\s,;:.!?]+){0,3}"
_LIST = re.compile(rf"(?:{_ITEM},\s+){{1,6}}(?:{_ITEM}\s)?(?:and|or)\s{_ITEM}", re.IGNORECASE)
_NOUN = re.compile(
    r"(?:what|which)\s+(?:(?:kind|type|sort|style|genre|brand)s?\s+of\s+)?(?P<noun>[\w-]+(?:\s[\w-]+)?)\s+"
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:in|at|to|from|near|inside|under|behind|beside|on)\s+(?:(?:the|a|an|my|our|his|her|their)\s+)?"
    r"[^\W_][\w'-]*(?:\s+(?:of\s+|the\s+|in\s+)?[^\W_][\w'-]*){0,3}",
    re.IGNORECASE,
)
_PLACE_END = re.compile(
    r"\s(?:and|but|to|with|for|where|when|that|which|who|is|was|are|were|has|had|i|we|he|she|it|they|so|because|last"
    r"|this|next|yesterday|today|tomorrow|on|from|as|by)\b.*",
    re.IGNORECASE,
)
_PERSON = re.compile(r"(?<!^)(?<![.!?]\s)\b[A-ZÄÖÜÉ][\w'-]+(?:\s[A-ZÄÖÜÉ][\w'-]+)*")
_NO_PERSON = re.compile(
    r"I(?:'\w+)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july"
    r"|august|september|october|november|december",
    re.IGNORECASE,
)
_LONG = re.compile(
    r"(?:(?:about|around|over|almost|nearly|for)\s+)?(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|fifteen|twenty|thirty|an?|several|a few|a couple of|half an?)\s+"
    r"(?:minute|hour|day|week|month|year|decade)s?\b|since\s+(?:i was\s+)?[\w ]{2,20}",
    re.IGNORECASE,
)
_ANY_DAY = datetime(2000, 1, 1)
_ASKS = re.compile(r"\W*(?:(?:and|but|so|hey|ok)\W+)?(?:what|which|how)\b", re.IGNORECASE)
_LOOSE_END = re.compile(
    r"(?:(?:^|\s+)(?:at|in|on|to|for|from|of|with|by|after|before|during|into|over|about|the|a|an|my|our|his|her|their|and"
    r"|some))+\s*$",
    re.IGNORECASE,
)
_NO_BEGINNING = re.compile(r"(?:and|or|but|than|how|if|of|it|they|you|me|him|her|us|them)\b", re.IGNORECASE)
_LEAD = re.compile(r"^(?:(?:that|up|out|is|are|was|were|it's|about|for|to be|really|also)\s+)+", re.IGNORECASE)
_REASON = re.compile(r"\b(?:because|'cause|cause|since|so that|in order to)\b\s*(?P<reason>.+)", re.IGNORECASE)
_NO_ADJECTIVE = STOP_WORDS["en"] | frozenset(
    "some any more most lots got get getting make made making use used using like love loved loving really very just also"
    " want wanted need too into out up off over through during like such".split()
)


def extract(asked: Asked, text: str, said: datetime | None = None) -> str:
    """Return the words of a sentence that answer a question; nothing where that cannot be told.

    `said` is when it was said: the day that it names is no part of the answer.
    """
    if asked.language != "en":
        return ""
    plain = straight(text).strip()
    for take in _WAYS.get(asked.ask, ()):
        found = _trimmed(take(asked, plain), plain, said)
        if found and len(found.split()) <= MAX_WORDS and _tells(found, asked):
            return found
    return ""


def _behind_verb(asked: Asked, text: str) -> str:
    """Return what stands behind the first word of the question that the sentence holds, in the same clause.

    Further words of the question there are cut off: "What did I buy at the fair?" asks for what stands before "at the
    fair", "What did I go to Rome for?" for what stands behind "Rome".
    """
    asks = _ASKS.match(asked.text) and not text.startswith("[")
    words = list(_WORD.finditer(text)) if asks else []
    for term in asked.terms:
        for word in words:
            if term in _forms(word.group()):
                behind = _without_question(_clause(text[word.end() :].lstrip()), asked)
                if behind:
                    return behind
    return ""


def _without_question(clause: str, asked: Asked) -> str:
    """Return the part of a clause behind the question's last word in it, or before its first, if it tells anything."""
    held = [word for word in _WORD.finditer(clause) if _forms(word.group()) & set(asked.terms)]
    parts = [clause[held[-1].end() :], _LOOSE_END.sub("", clause[: held[0].start()])] if held else [clause]
    found = (_LEAD.sub("", part.strip()) for part in parts)
    return next((part for part in found if _tells(part, asked) and not _NO_BEGINNING.match(part)), "")


def _named_noun(asked: Asked, text: str) -> str:
    """Return the noun that the question names, with the words before it that say which."""
    match = _NOUN.match(straight(asked.text).strip())
    if match is None:
        return ""
    wanted = stem(match["noun"].split()[-1].lower())
    words = list(_WORD.finditer(text))
    for place, word in enumerate(words):
        if stem(word.group().lower()) != wanted:
            continue
        start = place
        while start and _is_beside(words[start - 1], words[start], text):
            start -= 1
        if start < place:
            return text[words[start].start() : word.end()]
    return ""


def _is_beside(one: re.Match[str], other: re.Match[str], text: str) -> bool:
    """Return whether a word belongs to the noun behind it."""
    return one.group().lower() not in _NO_ADJECTIVE and text[one.end() : other.start()] in (" ", " and ", " & ")


def _place(asked: Asked, text: str) -> str:
    for match in _PLACE.finditer(text):
        found = _PLACE_END.sub("", _clause(match.group()))
        if _tells(found, asked) and not mentions(found, _ANY_DAY, "en"):
            return found
    return ""


def _person(asked: Asked, text: str) -> str:
    names = [match.group() for match in _PERSON.finditer(text) if not _NO_PERSON.fullmatch(match.group())]
    return next((name.removesuffix("'s") for name in names if _tells(name, asked)), "")


def _duration(asked: Asked, text: str) -> str:
    match = _LONG.search(text)
    return match.group() if match else ""


def _reason(asked: Asked, text: str) -> str:
    match = _REASON.search(text)
    return re.split(r"[;.!?]", match["reason"])[0] if match else ""


def _clause(text: str) -> str:
    """Return the beginning of a text up to where its first clause ends; a list as a whole."""
    listed = _LIST.match(text)
    if listed:
        return listed.group()
    end = _BREAK.search(text)
    return text[: end.start()] if end else text


def _trimmed(found: str, text: str, said: datetime | None) -> str:
    """Return an answer without the day that it names at its end, and its marks."""
    days = mentions(found, said, "en") if said and found else []
    if days and not found[days[-1].end :].strip(" .,!"):
        found = re.sub(r"\b(?:on|in|at|since|from|by|until)?\s*$", "", found[: days[-1].start])
    return found.replace('"', "").strip(" .,;:!?-—–'")


def _tells(found: str, asked: Asked) -> bool:
    """Return whether an answer holds a word beyond grammar, days, and what the question says itself."""
    for day in reversed(mentions(found, _ANY_DAY, "en") if found else []):
        found = found[: day.start] + found[day.end :]
    return any(not (_forms(word) & set(asked.terms)) for word in _telling(found))


def _telling(text: str) -> Iterator[str]:
    return (word for word in _WORD.findall(text) if word.lower() not in STOP_WORDS["en"] | INDEX_STOP_WORDS)


def _forms(word: str) -> set[str]:
    """Return the stems under which a word may stand in a question: "bought" is a form of "buy"."""
    lowered = word.lower().removesuffix("'s")
    return {stem(lowered), stem(base_form(lowered))}


_WAYS: Mapping[Ask, tuple[Callable[[Asked, str], str], ...]] = MappingProxyType(
    {
        Ask.WHAT: (_named_noun, _behind_verb),
        Ask.WHERE: (_place,),
        Ask.WHO: (_person,),
        Ask.HOW_LONG: (_duration,),
        Ask.WHY: (_reason,),
        Ask.HOW: (_behind_verb,),
    }
)
