"""Read the facts that sentences state, and the keys that questions ask for. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from carrel.language.acts.classify import without_lead
from carrel.language.acts.tables import words_of as act_words_of
from carrel.language.dates.find import Mention, mentions
from carrel.language.dates.period import Period
from carrel.language.facts.fact import IS, LIFE, ME, NAME, PARTNER, Fact, Key, Wanted
from carrel.language.facts.tables import words_of
from carrel.language.facts.vocabulary import FactWords, Frame
from carrel.language.languages import Language, language_of
from carrel.language.sentences import plain
from carrel.language.shorthand import spelled_out
from carrel.language.templates import slots_of, straight

_NAMES = re.compile(r"(?<=\w\s)[A-ZÄÖÜÉÀ][\w'-]+")
_CHINESE_NAMES = re.compile(r"(?:叫做|叫作|名叫|叫)([^的，,。]{2,4})")
MAX_KEPT = 4096
"""Sentences whose facts are kept: what was remembered is read again for the next question."""
MAX_SENTENCE = 400
"""Characters of a sentence that states a fact: what is longer tells a story."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A sentence without what is not part of the fact."""

    text: str
    since: Period | None
    negated: bool = False


def facts_in(
    sentence: str, language: Language | None = None, said: datetime | None = None, last: str = ""
) -> list[Fact]:
    """Return the facts that a sentence states; none where it cannot be read so.

    `said` is when it was said, from which "last week" counts; `last` is the subject that "she" stands for.
    """
    return list(_facts_in(sentence, language or language_of(sentence), said, last))


@lru_cache(maxsize=MAX_KEPT)
def _facts_in(sentence: str, language: Language, said: datetime | None, last: str) -> Sequence[Fact]:
    words = words_of(language)
    text = plain(spelled_out(plain(straight(sentence)), language))
    if not words.spaced:
        text = words.fillers.sub("", text)
    if not text or len(text) > MAX_SENTENCE:
        return []
    found: list[Fact] = []
    clauses = _clauses(text, words)
    if len(clauses) > 1 and (end := _end_of_both(text, words, said, language)):
        return [replace(end, source=sentence, said=said, clause=text)]
    for clause in clauses:
        ways = (
            _stated(way, words, mentions(way, said, language) if said else [], last) for way in _ways(clause, words)
        )
        stated = next((facts for facts in ways if facts), [])
        last = stated[-1].key.subject if stated else last
        found += [replace(fact, source=sentence, said=said, clause=clause) for fact in stated]
    return found


def _ways(clause: str, words: FactWords) -> Iterator[str]:
    """Yield a statement, then with its subject first and with the subject that it leaves out."""
    bare = without_lead(clause, act_words_of(words.language))
    if match := words.reported.match(bare):
        yield bare[match.end() :]
    yield clause
    if bare != clause:
        yield bare
    if match := words.inverted.fullmatch(bare):
        yield f"{match['who']} {match['verb']}{match['rest']}"
    if words.elided.match(bare):
        yield words.speaker + bare


def denies(text: str, language: Language) -> bool:
    """Return whether a sentence or a question holds a word that denies."""
    return bool(words_of(language).negations.search(f"{straight(text)} "))


def begins_with_pronoun(text: str, language: Language) -> bool:
    """Return whether a sentence begins with a word for whoever was spoken of last."""
    words = words_of(language)
    if not words.spaced:
        return text.strip()[:1] in words.pronouns
    return plain(straight(text)).lower().split(" ")[0] in words.pronouns


def names_in(text: str, language: Language) -> str:
    """Return the names in a sentence: what has a capital letter, or stands behind a word for being called so."""
    found = _NAMES.findall(text) if words_of(language).spaced else _CHINESE_NAMES.findall(text)
    return " ".join(name for name in found if name)


def bare_value(text: str, language: Language) -> str:
    """Return the value of a correction such as "it is on May 7", without what stands before it."""
    return words_of(language).before_value.sub("", plain(straight(text)), count=1).strip()


def clauses_of(text: str, language: Language) -> list[str]:
    """Return the statements of one sentence."""
    return _clauses(plain(straight(text)), words_of(language))


def _clauses(text: str, words: FactWords) -> list[str]:
    """Return the statements of one sentence; the whole where it states one."""
    clauses = [clause for clause in words.clause.split(text) if clause]
    return clauses if words.spaced else _with_subjects(clauses, words)


def _with_subjects(clauses: Sequence[str], words: FactWords) -> list[str]:
    """Return Chinese clauses with the subject that they leave out: the speaker, where the first tells of them."""
    owners = (*words.me, *words.pronouns)
    if not clauses or not clauses[0].startswith(tuple(words.me)):
        return list(clauses)
    return [clause if clause.startswith(owners) else f"{clauses[0][0]}{clause}" for clause in clauses]


def _stated(clause: str, words: FactWords, found: Sequence[Mention], last: str) -> list[Fact]:
    readings = list(_readings(clause, found, words))
    for frame, template, says in words.statements:
        for reading in sorted(readings, key=lambda way: not way.negated) if frame.general else readings:
            match = template.fullmatch(reading.text)
            if match and says == "ends":
                return [] if reading.negated else _ended(frame, match, reading, words, last)
            facts = list(_facts(frame, match, reading, words, last)) if match else []
            if facts:
                return [replace(fact, negated=fact.negated != (says == "denies")) for fact in facts]
    return []


def _end_of_both(text: str, words: FactWords, said: datetime | None, language: Language | None) -> Fact | None:
    """Return what "Ann and I broke up" says is over; None of any other sentence."""
    readings = list(_readings(text, mentions(text, said, language) if said else [], words))
    for frame, template, says in words.statements:
        if says == "ends" and frame.attribute == PARTNER:
            for reading in readings:
                match = template.fullmatch(reading.text)
                if match and not reading.negated:
                    return next(iter(_ended(frame, match, reading, words, "")), None)
    return None


def _ended(frame: Frame, match: re.Match[str], reading: _Reading, words: FactWords, last: str) -> list[Fact]:
    """Return the fact that something is over, with the words that say so for its value."""
    key = Key(ME, PARTNER) if frame.attribute == PARTNER else _key(frame, match, words, last)
    if key == Key(ME, LIFE):
        return []
    if key is None:
        return []
    of, before = _words_for(match, key, "", words), slots_of(match).get("old", "").strip()
    return [Fact(key, reading.text, "", since=reading.since, before=before, ended=True, of=of)]


def wanted_by(question: str, language: Language | None = None, last: str = "") -> Wanted | None:
    """Return what a question asks for; None where it is not among what the tables know."""
    words = words_of(language or language_of(question))
    text = plain(spelled_out(plain(straight(question)), language or language_of(question))).lstrip("¿¡ ")
    if not text or len(text) > MAX_SENTENCE:
        return None
    for frame, template, asks_not in words.questions:
        match = template.fullmatch(text)
        key = _key(frame, match, words, last) if match else None
        if match and key:
            thing = slots_of(match).get("thing", "")
            return Wanted(key, _value(match, words) or thing.strip(), asks_not, _words_for(match, key, "", words))
    return None


def _readings(text: str, found: Sequence[Mention], words: FactWords) -> Iterator[_Reading]:
    """Yield ways to read a sentence: without the days it names, as it is, and both without "not"."""
    since = found[0].period if found else None
    ways = [_Reading(_without(text, found, words), since)] if found else []
    ways.append(_Reading(text, None))
    yield from ways
    for way in ways:
        stated = words.negations.sub("", way.text)
        if stated != way.text:
            yield replace(way, text=" ".join(stated.split()), negated=True)


def _without(text: str, found: Sequence[Mention], words: FactWords) -> str:
    """Return a sentence without the days that it names and the prepositions before them."""
    parts = []
    end = 0
    for mention in found:
        parts.append(words.before_dates.sub("", text[end : mention.start]))
        end = mention.end
    parts.append(text[end:].lstrip(" ,，"))
    gap = " " if words.spaced else ""
    return gap.join(part.strip() for part in parts if part.strip()).strip(" ,，")


def _facts(frame: Frame, match: re.Match[str], reading: _Reading, words: FactWords, last: str) -> Iterator[Fact]:
    key = _key(frame, match, words, last)
    value = _value(match, words)
    value = "" if words.fillers.fullmatch(f" {value}") else value
    if key is None or not value or words.negations.match(f"{value} ") or words.negations.fullmatch(value[-1]):
        return
    if frame.brief:
        value = words.goes_on.sub("", value)
    yield from _named(match, words)
    also = bool(words.also.search(reading.text))
    before = slots_of(match).get("old", "").strip()
    many = frame.many or key.attribute == IS
    for part in _parts(value, frame, words):
        of = _words_for(match, key, part, words)
        yield Fact(key, part, "", many, also, reading.negated, None, reading.since, before, of=of)


def _words_for(match: re.Match[str], key: Key, value: str, words: FactWords) -> str:
    """Return the words for the subject that a template has read: its name where it gives one; none for the speaker."""
    subject = _subject_words(match)
    if key.subject == ME or _noun(subject) in words.pronouns:
        return ""
    return value if key.attribute == NAME and value else subject


def _subject_words(match: re.Match[str]) -> str:
    """Return the words of the subject: of "my cat is black" those up to the noun."""
    ends = (match.end(name) for name, held in match.groupdict().items() if held and name.startswith("attribute_"))
    return slots_of(match).get("subject", "").strip() or match.string[: next(ends, 0)].strip()


def _parts(value: str, frame: Frame, words: FactWords) -> list[str]:
    pieces = words.conjunction.split(value) if frame.split else [value]
    return [piece.strip() for piece in pieces if piece.strip()]


def _value(match: re.Match[str], words: FactWords) -> str:
    """Return the value that a template has read, without words that belong to none."""
    slots = slots_of(match)
    value = next((slots[name] for name in ("value", "number", "person", "year") if slots.get(name)), "")
    value = value.strip(" ,.;:，。；：\"'")
    while (shorter := words.fillers.sub("", value)) != value:
        value = shorter.strip(" ,")
    also = words.also.match(value)
    return value[also.end() :].strip() or value if also else value


def _key(frame: Frame, match: re.Match[str], words: FactWords, last: str) -> Key | None:
    """Return the key that a template has read; None where nobody can be meant."""
    slots = slots_of(match)
    if "relation" in slots:
        return Key(_subject(slots["relation"], words, last), frame.attribute)
    subject = _subject(slots["subject"], words, last) if slots.get("subject") else ME
    if not subject or (frame.person and not _is_somebody(slots.get("subject", ""), words)):
        return None
    if favourite := slots.get("favourite"):
        return Key(subject, f"{frame.attribute} {_noun(favourite)}")
    if frame.attribute:
        return Key(subject, frame.attribute)
    return _possessed(subject, slots["attribute"], _subject_words(match), words)


def _is_somebody(subject: str, words: FactWords) -> bool:
    """Return whether a subject can be a person or an animal: not "my X" of a thing."""
    owned = words.compiled_owned.fullmatch(subject.strip())
    if owned is None or owned["name"]:
        return True
    return _noun(owned["noun"]) in words.relations


def _possessed(subject: str, attribute: str, whole: str, words: FactWords) -> Key | None:
    """Return the key of "my X": a sister is a subject of her own, a birthday is not; None where X is a pronoun.

    `whole` is "my X", which may be "my sister Ann".
    """
    noun = _noun(attribute)
    if noun in words.pronouns | words.me:
        return None
    owned = words.compiled_owned.fullmatch(whole)
    named = words.relations.get(_noun(owned["noun"])) if owned and owned.groupdict().get("name") else None
    relation = named or words.relations.get(noun)
    return Key(relation, IS) if relation and subject == ME else Key(subject, noun)


def _subject(text: str, words: FactWords, last: str) -> str:
    """Return the key of a subject: ME, a relation, or a name; "" for a pronoun without anybody before it."""
    folded = _noun(text)
    if folded in words.me:
        return ME
    if folded in words.pronouns:
        return last
    owned = words.compiled_owned.fullmatch(text.strip())
    noun = _noun(owned["noun"]) if owned else folded
    return words.relations.get(noun, noun)


def _named(match: re.Match[str], words: FactWords) -> Iterator[Fact]:
    """Yield the name that a subject such as "my sister Ann" gives."""
    owned = words.compiled_owned.fullmatch(_subject_words(match))
    if owned and owned.groupdict().get("name"):
        noun = _noun(owned["noun"])
        yield Fact(Key(words.relations.get(noun, noun), NAME), owned["name"], "")


def _noun(text: str) -> str:
    return " ".join(text.lower().split())
