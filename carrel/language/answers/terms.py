"""The words of a question, or of what is to be forgotten, that say what it is about. Pure."""

import re

from carrel.language.acts.tables import words_of
from carrel.language.languages import STOP_WORDS, Language
from carrel.language.templates import straight
from carrel.words import CJK_STOP, query_terms, stem

_GRAMMAR = re.compile(f"[{''.join(CJK_STOP)}]")

_ASKING = frozenset(
    stem(word)
    for word in (
        "ask asked know mention mentioned recall remember said say talk talked tell told think name called favourite kind"
        " type many much long often time day date year month exactly again thing things stuff everything anything all fact"
        " facts weißt noch heißt welche welcher welches viele viel lange alles dinge sachen sais souviens quel quelle"
        " combien choses tout recuerdas sabes cuál cuántos cuánto cosas todo 东西 事情 内容"
    ).split()
)
"""Words that say that something is asked for, and stand in no answer."""


def words_in(text: str, language: Language, leave_out: frozenset[str] = frozenset()) -> list[str]:
    """Return the words that say what a text is about, in order: none of asking or of grammar."""
    stop = STOP_WORDS[language]
    return [word for word in all_words(text, language, leave_out) if word not in stop and not CJK_STOP & set(word)]


def terms_of(text: str, language: Language, leave_out: frozenset[str] = frozenset()) -> list[str]:
    """Return the stems that an answer should hold; of a text of common words alone, those."""
    words = words_in(text, language, leave_out) or all_words(text, language, leave_out)
    stems = list(dict.fromkeys(stem(word) for word in words))
    return [term for term in stems if term not in _ASKING] or stems


def all_words(text: str, language: Language, leave_out: frozenset[str] = frozenset()) -> list[str]:
    """Return the words of a text but those that ask; Chinese is cut where a character of grammar stands."""
    asked = words_of(language).compiled_question_words.sub(" ", straight(text))
    if language == "zh":
        asked = _GRAMMAR.sub(" ", asked)
    return [word for word in query_terms(asked) if word not in leave_out]
