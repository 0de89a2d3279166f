"""Split a document into passages, and a long text into chunks that an embedding model can read whole. Pure."""

import re

from carrel.text import clean_text

PIECE_TOKENS = 220
"""MiniLM reads 256 word pieces; the rest is left for the speaker's name and for estimation errors."""
OVERLAP_TOKENS = 40

_SENTENCE = re.compile(r"[^.!?\n。！？]*[.!?\n。！？]+\s*|[^.!?\n。！？]+$")
_LETTERS_PER_TOKEN = 3.5
"""English word pieces are about 4.2 letters long; shorter is the safe side."""


def pieces(text: str) -> list[str]:
    """Return the text itself if it is short, else pieces that break at sentences where they can."""
    if _weight(text) <= PIECE_TOKENS:
        return [text]
    done: list[str] = []
    current: list[str] = []
    for part in _parts(text):
        if current and sum(map(_weight, current)) + _weight(part) > PIECE_TOKENS:
            done.append("".join(current).strip())
            current = _tail(current)
        current.append(part)
    return [piece for piece in [*done, "".join(current).strip()] if piece]


def _parts(text: str) -> list[str]:
    """Return sentences, those that are too long cut into stretches."""
    parts: list[str] = []
    for sentence in _SENTENCE.findall(text):
        parts.extend(_stretches(sentence))
    return parts


def _stretches(sentence: str) -> list[str]:
    most = PIECE_TOKENS - OVERLAP_TOKENS
    if _weight(sentence) <= most:
        return [sentence]
    length = max(1, int(len(sentence) * most / _weight(sentence) * 0.8))
    return [sentence[start : start + length] for start in range(0, len(sentence), length)]


def _tail(parts: list[str]) -> list[str]:
    kept: list[str] = []
    for part in reversed(parts):
        if sum(map(_weight, kept)) + _weight(part) > OVERLAP_TOKENS:
            break
        kept.insert(0, part)
    return kept


def _weight(text: str) -> float:
    """Estimate word pieces from above: one a character outside Latin, else one every 3.5 letters."""
    wide = sum(character > "\u024f" for character in text)
    return wide + (len(text) - wide) / _LETTERS_PER_TOKEN


PASSAGE_LETTERS = 1200
"""About 250 tokens: a few fit a tool's result, and one is about one thing."""


def split_document(text: str) -> list[str]:
    """Return the passages of a document, in order; a paragraph that is too long is cut at line or sentence ends."""
    passages: list[str] = []
    current = ""
    for paragraph in clean_text(text).split("\n\n"):
        for part in _paragraph_parts(paragraph.strip()):
            if current and len(current) + len(part) + 2 > PASSAGE_LETTERS:
                passages.append(current)
                current = ""
            current = f"{current}\n\n{part}" if current else part
    return [*passages, current] if current else passages


def _paragraph_parts(paragraph: str) -> list[str]:
    parts: list[str] = []
    rest = paragraph
    while len(rest) > PASSAGE_LETTERS:
        cut = max(rest.rfind(mark, PASSAGE_LETTERS // 2, PASSAGE_LETTERS) for mark in ("\n", ". ", "。", "! ", "? "))
        cut = cut + 1 if cut > 0 else PASSAGE_LETTERS
        parts.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*parts, rest] if rest else parts
