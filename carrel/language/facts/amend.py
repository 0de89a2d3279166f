"""Complete a short message by the sentence before it: "wait, the 10th", "*Leeds", "and mustard". Pure."""

import re
from collections.abc import Mapping
from datetime import datetime
from difflib import SequenceMatcher
from types import MappingProxyType

from carrel.language.dates.find import clock_times, mentions
from carrel.language.dates.numbers import number
from carrel.language.dates.tables import words_of as date_words_of
from carrel.language.facts.read import bare_value, facts_in
from carrel.language.facts.tables import words_of
from carrel.language.languages import Language
from carrel.language.sentences import plain
from carrel.language.templates import straight

MAX_BESIDE = 4
"""Characters beside a day or a number in a correction that names nothing else, such as "on"."""

MIN_ALIKE = 0.6
"""How alike two words are at least, from 0 to 1, if one is a spelling of the other put right: Leads and Leeds are 0.8."""

_DAY = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.|er|e|号|日)?(?![\d:])")
_BEFORE = re.compile(r"(?:(?:at|on|um|am|à|a las|a la|the|el|le|la|den|der|dem)\s+)+", re.IGNORECASE)
"""What stands before a day or a time and stays when another takes its place."""
_WORD = re.compile(r"[^\W\d_][\w'-]*")

Span = tuple[int, int]


def amend(sentence: str, correction: str, language: Language, now: datetime) -> str | None:
    """Return a sentence with the day, time, number or spelling that a correction names; None where it names no such thing.

    `now` is when both were said.
    """
    text, right = straight(sentence), bare_value(correction, language)
    if not right:
        return None
    for span, value in (
        _time(text, right, language),
        _day_of_month(text, right, language, now),
        _day(text, right, language, now),
        _number(text, right, language, now),
        _spelling(text, right, language),
    ):
        if span and text[span[0] : span[1]] != value:
            return f"{sentence[: span[0]]}{value}{sentence[span[1] :]}"
    return None


_MORE: Mapping[Language, re.Pattern[str]] = MappingProxyType(
    {
        "en": re.compile(r"(?:oh,? |ah,? )?(?:and|plus|also)(?: also)? (.+)", re.IGNORECASE),
        "de": re.compile(r"(?:ach ja,? |ach,? |oh,? )?(?:und|auch|außerdem|plus)(?: auch| noch)* (.+)", re.IGNORECASE),
        "fr": re.compile(r"(?:ah,? |oh,? )?et(?: aussi| encore)? (.+)", re.IGNORECASE),
        "es": re.compile(r"(?:ah,? |oh,? )?[ye](?: también)? (.+)", re.IGNORECASE),
        "zh": re.compile("(?:哦，?|对了，?)?(?:还有|以及|和|另外)(.+)"),
    }
)
"""How a message goes on with the list of the one before it: `and mustard`."""
MAX_MORE = 25
"""Characters of what is added to a list; a longer message says something of its own."""


def go_on(sentence: str, addition: str, language: Language, now: datetime) -> str | None:
    """Return a sentence that lists things with those that a message adds in their place; None where it adds none.

    "and mustard" after "I need to buy bread and butter" is "I need to buy mustard".
    """
    match = _MORE[language].fullmatch(plain(addition))
    facts = [fact for fact in facts_in(sentence, language, now) if fact.many and not fact.negated]
    if match is None or len(match[1]) > MAX_MORE or not facts or len({fact.key for fact in facts}) > 1:
        return None
    start, last = sentence.find(facts[0].value), sentence.rfind(facts[-1].value)
    return None if min(start, last) < 0 else f"{sentence[:start]}{match[1]}{sentence[last + len(facts[-1].value) :]}"


Change = tuple[Span | None, str]


def _time(text: str, right: str, language: Language) -> Change:
    old, new = clock_times(text, language), clock_times(right, language)
    if len(old) == len(new) == 1 and _is_all(right, new[0]):
        return _without_preposition(text, old[0], right[new[0][0] : new[0][1]])
    return None, ""


def _without_preposition(text: str, span: Span, value: str) -> Change:
    """Return the part of a span, and of what takes its place, behind the preposition, which stays as it was."""
    before = _BEFORE.match(text[span[0] : span[1]])
    return (span[0] + (before.end() if before else 0), span[1]), _BEFORE.sub("", value, count=1)


def _day_of_month(text: str, right: str, language: Language, now: datetime) -> Change:
    """Replace the number of a day alone: its month stays."""
    found = _DAY.search(right)
    if not found or re.search(r"\d", right[found.end() :]) or not _is_all(right, found.span()):
        return None, ""
    for start, end in _days(text, language, now):
        old = _DAY.search(text[start:end])
        if old and len(text[start:end]) > len(old.group()):
            return (start + old.start(1), start + old.end(1)), found[1]
    return None, ""


def _day(text: str, right: str, language: Language, now: datetime) -> Change:
    old, new = _days(text, language, now), _days(right, language, now)
    if len(old) == len(new) == 1 and _is_all(right, new[0]):
        return _without_preposition(text, old[0], right[new[0][0] : new[0][1]])
    return None, ""


def _days(text: str, language: Language, now: datetime) -> list[Span]:
    """Return where a text names days, without the times beside them."""
    times = clock_times(text, language)
    found = []
    for mention in mentions(text, now, language):
        start, end = mention.start, mention.end
        for first, last in times:
            if first <= start < last:
                start = last
            elif start < first < end:
                end = first
        piece = text[start:end]
        if piece.strip():
            before = words_of(language).before_dates.sub("", piece)
            found.append((start + len(piece) - len(piece.lstrip()), start + len(before.rstrip())))
    return [span for span in found if span[0] < span[1]]


def _number(text: str, right: str, language: Language, now: datetime) -> Change:
    taken = [(mention.start, mention.end) for mention in mentions(text, now, language)]
    numbers = dict(date_words_of(language).numbers)
    words = list(re.finditer(words_of(language).number if language == "zh" else r"[\w-]+", right))
    new = [word for word in words if number(word.group(), numbers) is not None]
    if not new or new[-1].end() != len(right.rstrip(" .!")):
        return None, ""
    pattern = words_of(language).number if language == "zh" else r"[\w-]+"
    for old in re.finditer(pattern, text):
        if number(old.group(), numbers) is not None and not any(a <= old.start() < b for a, b in taken):
            return old.span(), new[-1].group()
    return None, ""


def _spelling(text: str, right: str, language: Language) -> Change:
    """Replace the words that are most like a spelling put right."""
    right = right.strip(" .!\"'“”")
    if language == "zh":
        pieces = [(n, n + len(right)) for n in range(len(text) - len(right) + 1)]
    else:
        count = len(right.split())
        words = list(_WORD.finditer(text))
        groups = zip(*(words[n:] for n in range(count)), strict=False) if 0 < count <= 3 else iter(())
        pieces = [(group[0].start(), group[-1].end()) for group in groups]
    alikes = [(SequenceMatcher(None, text[a:b].lower(), right.lower()).ratio(), (a, b)) for a, b in pieces]
    best = max(alikes, default=(0.0, (0, 0)))
    least = 0.5 if language == "zh" else MIN_ALIKE
    return (best[1], right) if len(right) > 1 and least <= best[0] < 1 else (None, "")


def _is_all(text: str, span: Span) -> bool:
    """Return whether a span is all that a text holds, but for a preposition."""
    return len(text[: span[0]].strip()) + len(text[span[1] :].strip(" .!。")) <= MAX_BESIDE
