"""Split a message into sentences, and tell questions from statements about the user, in English and Chinese. Pure."""

import re

_LEAD = r"^\W*(?:(?:hey|hi|hello|ok|okay|so|and|but|well|please|carrel)\b\W*)*"
_QUESTION = re.compile(
    r"[?？]\W*$"
    rf"|{_LEAD}(?:who|what|when|where|which|why|how|whose)(?:'s)?\s(?!(?:i|we|he|she|they|you|it|my|our)\b)"
    rf"|{_LEAD}(?:do|does|did|is|are|was|were|am|can|could|will|would|have|has|tell me|remind me)\b"
    r"|\bI wonder\b|\bI(?:'d| would) like to know\b"
    r"|(?:吗|什么|谁|哪|几|怎么|多少|何时)[^。！!.]*$",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(I|I'm|I've|my|mine|we|our|remember)\b|我|记住", re.IGNORECASE)
_SENTENCE = re.compile(r"(?:[^.!?。！？\n]|\.(?=\w))+[.!?。！？]*")


def is_question(sentence: str) -> bool:
    """Return whether a sentence is a question, with or without a question mark."""
    return bool(_QUESTION.search(sentence))


def has_question(text: str) -> bool:
    """Return whether any sentence of a text is a question."""
    return any(map(is_question, _split(text)))


def statements(text: str) -> list[str]:
    """Return the sentences of a text that are not questions."""
    return [sentence for sentence in _split(text) if not is_question(sentence)]


def facts(text: str) -> list[str]:
    """Return the statements of a text that are about the user."""
    return [sentence for sentence in statements(text) if _FIRST_PERSON.search(sentence)]


def _split(text: str) -> list[str]:
    return [sentence.strip() for sentence in _SENTENCE.findall(text) if sentence.strip()]
