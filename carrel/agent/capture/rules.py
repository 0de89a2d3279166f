"""Read what a message tells of its speaker, what it makes untrue, and what it wants forgotten, by rules. Pure.

Statements are kept in the user's own words. What they make untrue among the notes is told by the facts that both state
(`carrel.language.facts`), and where these cannot be read by shared words beside a word of change, such as "no longer".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from carrel.language.acts.classify import Utterance, is_first_person, read
from carrel.language.acts.vocabulary import Act
from carrel.language.facts.current import Change, change
from carrel.language.facts.fact import Fact
from carrel.language.facts.read import facts_in
from carrel.language.languages import known_language
from carrel.language.sentences import sentences

MAX_MESSAGE = 1200
"""Characters of a message that may tell of its speaker: what is longer was pasted."""

MIN_SHARE = 0.34
"""The share of a note's words that a message of change must hold to make the note untrue."""

STEM = 5
"""Letters by which two words are taken for forms of one."""

_MOOD = re.compile(
    r"\bI(?:'m| am| was|'d|'ve| have)? (?:just |really |only |also |do |don't )?(?:feel|felt|think|thought|guess|wonder"
    r"|hope|suppose|mean|see|understand|agree|thank|know|wish|tired|sorry|glad|happy|sad|fine|bored|sure|ok|would like"
    r"|want you|need you)\b|\bthank"
    r"|\bich (?:bin (?:müde|froh|traurig|sicher)|denke|glaube|hoffe|verstehe|weiß|wünsche|danke|frage mich)\b"
    r"|\bje (?:pense|crois|espère|comprends|sais|me demande|suis (?:fatiguée?|content))\b"
    r"|\b(?:creo|pienso|espero|entiendo|me pregunto|estoy (?:cansad[oa]|contento))\b|我(?:觉得|想知道|希望|明白|很?累)",
    re.IGNORECASE,
)
"""Words by which a statement tells how the speaker feels or thinks just now."""

_CHANGE = re.compile(
    r"\b(?:no longer|not any ?more|moved|instead|now|changed?|correct\w*|wrong|again|sold|since|used to|married"
    r"|divorced|broke|quit|left|died|nicht mehr|jetzt|umgezogen|statt|korrektur|verkauft|gestorben"
    r"|plus maintenant|ne .* plus|déménagé|vendu|ya no|ahora|mudado|vendí)\b|不再|现在|搬|改|已经不|更正",
    re.IGNORECASE,
)
"""Words by which a statement says that something is no longer as it was."""

_CLAUSE = re.compile(
    r"(?:,|;)? (?:and|und|et|y) (?=(?:my|i|we|our|mein\w*|ich|wir|unser\w*|mon|ma|mes|je|j'|mi|mis|yo)\b)",
    re.IGNORECASE,
)
"""Between two statements of one sentence that can be kept, and forgotten, each alone."""

_ELIDED = re.compile(r"\bj['’]\w", re.IGNORECASE)
"""The French I before a vowel, which is no word of its own."""

_WORD = re.compile(r"[\u3400-\u9fff]+|[^\W_]+")
_EMPTY = frozenset(
    "the user users and that has have had his her their your you are is was for with not from now who which this please"
    " about everything all any memory remember forget delete remove my me i a an of to in on it der die das meine mein"
    " ich bitte vergiss lösche den dem ein eine von mon ma mes le la les de du je oublie mi mis el los olvida".split()
)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is remembered of the user: a sentence of core memory, or a passage with its id."""

    text: str
    passage: str = ""


@dataclass(frozen=True, slots=True)
class Captured:
    """What a message tells of its speaker."""

    new: tuple[str, ...] = ()
    """Sentences to keep."""
    outdated: tuple[Note, ...] = ()
    """Notes that these make untrue."""
    forgotten: tuple[Note, ...] = ()
    """Notes that the user wants forgotten."""


def capture(message: str, notes: Sequence[Note]) -> Captured:
    """Return what a message tells; nothing where it is too long to be a statement, or in a language without rules."""
    if len(message) > MAX_MESSAGE or known_language(message) is None:
        return Captured()
    said = read(message)
    stated = [line for utterance in said for line in _stated(utterance)]
    told = [line for line, _ in stated] if any(own for _, own in stated) else []
    new = tuple(line for line in dict.fromkeys(told) if not is_known(line, notes))
    forgotten = _forgotten(said, notes)
    kept = [note for note in notes if note not in forgotten]
    return Captured(new, tuple(_outdated(message, told, kept)), tuple(forgotten))


def own_facts(message: str) -> list[str]:
    """Return the statements of a message in which its speaker tells facts that have a key, in their own words."""
    if len(message) > MAX_MESSAGE or known_language(message) is None:
        return []
    told = dict.fromkeys(line for utterance in read(message) for line, own in _stated(utterance) if own)
    return [line for line in told if facts_in(line)]


def change_by(statement: str, note: Note) -> Change | None:
    """Return what the facts of a statement do to those of a note; None where both hold side by side."""
    stated, held = facts_in(statement), _facts_of_note(note.text)
    changes = {change(new, old) for new in stated for old in held}
    if "replaces" in changes:
        return "replaces"
    repeated = stated and all(any(change(new, old) == "repeats" for old in held) for new in stated)
    return "repeats" if repeated else None


def note_sentences(block: str) -> list[Note]:
    """Return the notes that a block of core memory holds."""
    return [Note(sentence) for sentence in sentences(block)]


def _stated(utterance: Utterance) -> Iterator[tuple[str, bool]]:
    """Yield the statements of a sentence, and whether each tells of the speaker.

    A secret is kept only where the user asks for that.
    """
    if utterance.act is Act.CORRECTION and utterance.topic:
        yield utterance.topic, True
    wanted = utterance.act is Act.STATEMENT or (utterance.act is Act.SECRET and utterance.topic)
    if wanted and not _MOOD.search(utterance.text):
        own = _tells_of_speaker(utterance)
        for clause in _CLAUSE.split(utterance.states):
            yield clause[:1].upper() + clause[1:], own


def _tells_of_speaker(utterance: Utterance) -> bool:
    return is_first_person(utterance.text, utterance.language) or bool(_ELIDED.search(utterance.text))


def is_known(line: str, notes: Sequence[Note]) -> bool:
    """Return whether a note says the same as a statement, in the same words."""
    folded = _folded(line)
    return any(folded in _folded(note.text) for note in notes)


def _forgotten(said: Sequence[Utterance], notes: Sequence[Note]) -> list[Note]:
    """Return the notes that share most words with what is to be forgotten."""
    gone: list[Note] = []
    for utterance in said:
        if utterance.act is not Act.FORGET:
            continue
        shared = {note: len(_terms(utterance.topic or utterance.text) & _terms(note.text)) for note in notes}
        best = max(shared.values(), default=0)
        gone += [note for note in notes if best and shared[note] == best]
    return list(dict.fromkeys(gone))


def _outdated(message: str, told: Sequence[str], notes: Sequence[Note]) -> Iterator[Note]:
    """Yield the notes that statements make untrue."""
    stated = [fact for line in told for fact in facts_in(line)]
    words = _terms(" ".join(told))
    changes = bool(_CHANGE.search(message))
    for note in notes:
        if _contradicted(note, stated) or (changes and _is_about(note, words)):
            yield note


def _contradicted(note: Note, stated: Sequence[Fact]) -> bool:
    """Return whether facts that were stated replace a fact of a note."""
    held = _facts_of_note(note.text)
    return any(change(new, old) == "replaces" for new in stated for old in held)


def _is_about(note: Note, words: frozenset[str]) -> bool:
    """Return whether the words of a statement hold enough of those of a note."""
    terms = _terms(note.text)
    shared = len(terms & words)
    return len(terms) > 1 and shared > 0 and shared >= MIN_SHARE * len(terms)


def _facts_of_note(text: str) -> list[Fact]:
    """Return the facts of a note, which may leave out of whom it speaks."""
    begun = text[:1].lower() + text[1:]
    return facts_in(text) or facts_in(f"I {begun}") or facts_in(f"My {begun}")


def _terms(text: str) -> frozenset[str]:
    """Return the words of a text that carry meaning, as stems; of Chinese its pairs of letters."""
    found: set[str] = set()
    for word in _WORD.findall(text.casefold().replace("'s", "")):
        if "\u3400" <= word[0] <= "\u9fff":
            found |= {word[at : at + 2] for at in range(len(word) - 1)} or {word}
        elif word not in _EMPTY and (len(word) > 2 or word.isdigit()):
            found.add(word if word.isdigit() else word[:STEM])
    return frozenset(found)


def _folded(text: str) -> str:
    return " ".join(text.casefold().rstrip(" .!。！").split())
