"""Answers from facts with a key: the value that holds, since when, and what held before. Pure."""

from collections.abc import Sequence

from carrel.language.answers.remembered import Knowledge, Sentence
from carrel.language.answers.speech import Speech, capital
from carrel.language.dates.find import clock_times, mentions
from carrel.language.dates.period import Period
from carrel.language.dates.speak import spoken
from carrel.language.facts.current import Held, Same, covers, current, ends, meant, same_key
from carrel.language.facts.fact import IS, Fact, Key, Wanted, folded

MAX_SOURCES = 3

LASTING = frozenset({"home", "employer", "job", "partner", "studies", "drives"})
"""What holds from a day on, so that the day a sentence names is since when."""


def held_by(wanted: Wanted, known: Knowledge, same: Same) -> list[Held]:
    """Return the facts with the key that a question asks for, as they hold now."""
    facts = known.facts
    key = meant(wanted, facts).key
    mine = [fact for fact in facts if same_key(key, fact.key, same) or (fact.ended and ends(fact.key, key))]
    if not mine and key.attribute == "job":
        mine = [fact for fact in facts if same_key(Key(key.subject, IS), fact.key, same)]
    return current(mine, same)


def is_bare_time(fact: Fact, speech: Speech) -> bool:
    """Return whether a value is a time of day without its day ("the appointment is at 10:30")."""
    times = clock_times(fact.value, speech.language)
    days = mentions(fact.value, speech.now, speech.language)
    return len(times) == 1 and [(day.start, day.end) for day in days] == times


def answer_value(wanted: Wanted, known: Knowledge, speech: Speech, same: Same) -> str | None:
    """Return the answer to what a key holds; None where no fact says."""
    held = [item for item in held_by(wanted, known, same) if item.fact.negated == wanted.negated]
    if wanted.value:
        held = [item for item in held if item.fact.ended or covers(item.fact.value, wanted.value)]
    if not held:
        return None
    if len(held) > 1:
        return _several(held, known, speech)
    return _single(held[0], known, speech)


def _single(item: Held, known: Knowledge, speech: Speech) -> str:
    fact = item.fact
    sentence = sentence_of(fact, known)
    if fact.ended:
        return speech.quote(sentence) + _before(item, fact.value, speech)
    value = speech.resolved(fact.value, sentence)
    since = fact.since if fact.key.attribute in LASTING else None
    before = "" if sentence.line.corrected else _before(item, value, speech)
    if not (since or before or sentence.line.corrected):
        return speech.with_sources(speech.value(value), [sentence])
    phrases = speech.phrases
    pattern = phrases.corrected_on if sentence.line.corrected else phrases.said_on
    said = pattern.format(day=speech.day(sentence.said)) if sentence.said else speech.quoted(sentence.text)
    return phrases.value_line.format(value=capital(value), since=_since(since, speech), said=said, before=before)


def _before(item: Held, value: str, speech: Speech) -> str:
    """Return what held before, where there was something else and no other value stands beside it."""
    old = item.fact.before or (item.before.value if item.before and not item.fact.many else "")
    return speech.phrases.before.format(value=old) if old and folded(old) != folded(value) else ""


def _since(since: Period | None, speech: Speech) -> str:
    if since is None:
        return ""
    ahead = since.first > speech.now.date()
    pattern = speech.phrases.from_day if ahead else speech.phrases.since_day
    return pattern.format(since=spoken(since, speech.now, speech.language))


def _several(held: Sequence[Held], known: Knowledge, speech: Speech) -> str:
    held = [item for item in held if not item.fact.ended] or held
    values = list(dict.fromkeys(item.fact.value for item in held))
    sources = list({sentence_of(item.fact, known).text: sentence_of(item.fact, known) for item in held}.values())
    return speech.with_sources(speech.sentence(speech.listed(values)), sources[-MAX_SOURCES:])


def sentence_of(fact: Fact, known: Knowledge) -> Sentence:
    """Return the sentence that states a fact: the first of equal ones, which was said when it was new."""
    return next(one for one in reversed(known.sentences) if any(_states(other, fact) for other in one.facts))


def _states(one: Fact, other: Fact) -> bool:
    return (one.source, one.said, one.value) == (other.source, other.said, other.value)
