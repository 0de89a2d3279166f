"""Say what each sentence of a message does. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

from carrel.language.acts.tables import words_of
from carrel.language.acts.vocabulary import Act, ActWords, Ask
from carrel.language.languages import Language, language_of
from carrel.language.sentences import plain, sentences
from carrel.language.shorthand import spelled_out
from carrel.language.templates import slots_of, straight

MAX_KEPT = 4096
"""Sentences whose act is kept: what was remembered is read again for the next question."""
MAX_SENTENCE = 1000
"""Characters of a sentence that are looked at."""
ASKING_MARKS = ("?", "？")
OPENER_MARKS = (",", "，", ":", "：", "!", "！", "—", "-")
STATING_MARKS = (".", "!", "。", "！")
_STARRED = re.compile(r"\*\s*([^*]{1,40})|([^*]{1,40})\*")
"""A spelling put right, as people type it: "*Leeds"."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A sentence, and what it does."""

    text: str
    """As it was said, with its mark."""
    act: Act
    ask: Ask | None = None
    """What a question asks for."""
    topic: str = ""
    """What it is about, where the act names it: what to forget, to list, to be reminded of; or what is stated or asked
    behind words such as "remember that" or "do you know"."""
    language: Language = "en"

    @property
    def states(self) -> str:
        """What is stated, without "remember that"."""
        return self.topic or self.text if self.act in (Act.STATEMENT, Act.SECRET) else ""


def read(text: str, default: Language = "en") -> list[Utterance]:
    """Return what the sentences of a message do; `default` is the language where none can be seen."""
    language = language_of(text, default)
    return [classify(sentence, language) for sentence in sentences(text)]


@lru_cache(maxsize=MAX_KEPT)
def classify(sentence: str, language: Language) -> Utterance:
    """Return what a sentence of a language does."""
    words = words_of(language)
    said = _said(sentence, language)
    asks = _is_marked(sentence, said, words)
    body = said if words.compiled_inverting.match(said) and not asks else without_lead(said, words)
    if starred := _STARRED.fullmatch(said):
        return Utterance(sentence, Act.CORRECTION, None, starred[1] or starred[2], language)
    for form in dict.fromkeys((said, body, without_trail(said, words), without_trail(body, words))):
        act, ask, topic = _whole(form, words)
        if act and not (asks and act is Act.CORRECTION):
            return Utterance(sentence, act, ask, topic, language)
    if not re.search(r"\w", said):
        return Utterance(sentence, Act.REPLY, None, "", language)
    return _by_structure(sentence, body, asks, words, language)


def _is_marked(sentence: str, said: str, words: ActWords) -> bool:
    """Return whether a sentence is marked as a question; in Chinese a question word does that too."""
    bare = sentence.strip().rstrip(" \"'”’)»")
    if bare.endswith(ASKING_MARKS) or bare.startswith("¿"):
        return True
    unmarked = words.asks_anywhere and not bare.endswith(STATING_MARKS)
    excepted = any(exception.match(said) for exception in words.compiled_exceptions)
    return bool(unmarked and not excepted and words.compiled_question_words.search(said))


def _said(sentence: str, language: Language) -> str:
    """Return a sentence as it is read: with straight quotes, short forms written out, without its last mark."""
    return plain(spelled_out(plain(straight(sentence[:MAX_SENTENCE])), language)).lstrip("¿¡ ")


def bare_question(text: str, language: Language) -> str:
    """Return what is asked, without words such as "well" before it and "please" behind it."""
    words = words_of(language)
    return without_trail(without_lead(_said(text, language), words), words)


def without_trail(said: str, words: ActWords) -> str:
    """Return what is said without words such as "please" or "again" behind it, where something is left."""
    match = words.compiled_trail.search(said)
    return said[: match.start()] if match and match.start() else said


def without_lead(said: str, words: ActWords) -> str:
    """Return what is said without words such as "well" or "please" before it, where something is left."""
    match = words.compiled_lead.match(said)
    return said[match.end() :] if match and match.end() < len(said) else said


def asks_advice(text: str, language: Language) -> bool:
    """Return whether a question asks for advice ("Should I …?"), which no memory gives."""
    words = words_of(language)
    return bool(words.compiled_advice.match(without_lead(straight(text).lstrip("¿¡ "), words)))


def is_first_person(text: str, language: Language) -> bool:
    """Return whether a sentence tells of the speaker."""
    return bool(words_of(language).compiled_first_person.search(straight(text)))


def _whole(said: str, words: ActWords) -> tuple[Act | None, Ask | None, str]:
    """Return the act of a sentence that a template reads as a whole."""
    for row, template in words.compiled:
        if match := template.fullmatch(said):
            return row.act, row.ask, _topic(match)
    for template in words.compiled_remember:
        if match := template.fullmatch(said):
            secret = words.compiled_secrets.search(_topic(match))
            return Act.SECRET if secret else Act.STATEMENT, None, _topic(match)
    return None, None, ""


def _topic(match: re.Match[str]) -> str:
    slots = slots_of(match)
    return f"{slots.get('when', '')}{slots.get('topic', '')}".strip(" ,.:;，。：")


def _by_structure(sentence: str, said: str, asks: bool, words: ActWords, language: Language) -> Utterance:
    """Return the act of a sentence as its mark and its first words tell."""
    if wrapped := _wrapped(said, asks or _opens(said, words), words):
        return Utterance(sentence, Act.QUESTION, *wrapped, language)
    if asks or _opens(said, words):
        return Utterance(sentence, Act.QUESTION, _ask(said, words), "", language)
    if words.compiled_imperatives.match(said):
        return Utterance(sentence, Act.COMMAND, None, "", language)
    secret = words.compiled_secrets.search(said)
    return Utterance(_without_opener(sentence, said), Act.SECRET if secret else Act.STATEMENT, None, "", language)


def _without_opener(sentence: str, said: str) -> str:
    """Return a statement without a "Well," before it; `said` is what stands behind all such words."""
    start = straight(sentence).find(said)
    before = sentence[:start].strip().lower()
    if start <= 0 or not before.endswith(OPENER_MARKS) or before.startswith("also"):
        return sentence
    return sentence[start : start + 1].upper() + sentence[start + 1 :]


def _wrapped(said: str, asks: bool, words: ActWords) -> tuple[Ask, str] | None:
    """Return what a question in a wrapping asks for, and its inside; None for one without."""
    for template, ask in words.compiled_wrappings:
        match = template.fullmatch(said)
        if match is None:
            continue
        inner = _topic(match)
        if ask:
            return _wrapped(inner, True, words) or (ask, inner)
        if words.compiled_question_words.match(inner):
            return _ask(inner, words), inner
        if asks:
            return Ask.WHAT, inner
    return None


def _opens(said: str, words: ActWords) -> bool:
    """Return whether a sentence begins as questions do."""
    if any(exception.match(said) for exception in words.compiled_exceptions):
        return False
    return any(opening.match(said) for opening in words.compiled_openings)


def _ask(said: str, words: ActWords) -> Ask:
    """Return what a question asks for: its first question word tells, else yes or no."""
    match = words.compiled_question_words.search(said)
    if match is None:
        return Ask.YES_NO
    return words.question_words[" ".join(match.group().lower().split())]
