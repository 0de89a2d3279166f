"""Split text into chunks: a document into passages to store, a stored text into chunks to embed. Pure."""

import re

from carrel.text import clean_text
from carrel.words.non_prose import remove_non_prose

MAX_PASSAGE = 1200
"""Characters of a passage, about 250 tokens: a few fit a tool's result, and one is about one subject."""

MAX_CHUNK_TOKENS = 220
"""Word pieces of a chunk. MiniLM reads 256; the rest is for the speaker's name and for errors of the estimate."""

OVERLAP_TOKENS = 40
"""Word pieces that a chunk repeats from the one before."""

_SENTENCE = re.compile(r"[^.!?\n。！？]*[.!?\n。！？]+\s*|[^.!?\n。！？]+$")
_LETTERS_PER_TOKEN = 3.5
"""English word pieces have about 4.2 letters; a lower figure errs on the safe side."""


def split_document(text: str) -> list[str]:
    """Return the passages of a document, in order, each of up to MAX_PASSAGE characters.

    A passage holds as many whole paragraphs as fit. A longer paragraph is split after a line or sentence if possible.
    """
    passages: list[str] = []
    current = ""
    for paragraph in clean_text(text).split("\n\n"):
        for part in _split_paragraph(paragraph.strip()):
            if current and len(current) + len(part) + 2 > MAX_PASSAGE:
                passages.append(current)
                current = ""
            current = f"{current}\n\n{part}" if current else part
    return [*passages, current] if current else passages


def _split_paragraph(paragraph: str) -> list[str]:
    parts: list[str] = []
    rest = paragraph
    while len(rest) > MAX_PASSAGE:
        end = max(rest.rfind(mark, MAX_PASSAGE // 2, MAX_PASSAGE) for mark in ("\n", ". ", "。", "! ", "? "))
        end = end + 1 if end > 0 else MAX_PASSAGE
        parts.append(rest[:end].strip())
        rest = rest[end:].strip()
    return [*parts, rest] if rest else parts


def split_for_embedding(text: str) -> list[str]:
    """Return chunks that an embedding model can read whole, in order; a short text is one chunk.

    Data such as base64 is left out; a text of nothing else has no chunk. A chunk has up to MAX_CHUNK_TOKENS word pieces
    by a cautious estimate, ends after a sentence if possible, and begins with the last sentences of the chunk before if
    they fit into OVERLAP_TOKENS.
    """
    prose = remove_non_prose(text)
    if not prose.strip() and text.strip():
        return []
    if _word_pieces(prose) <= MAX_CHUNK_TOKENS:
        return [prose]
    chunks: list[str] = []
    current: list[str] = []
    for sentence in _sentences(prose):
        if current and _total(current) + _word_pieces(sentence) > MAX_CHUNK_TOKENS:
            chunks.append("".join(current).strip())
            current = _last_sentences(current)
        current.append(sentence)
    return [chunk for chunk in [*chunks, "".join(current).strip()] if chunk]


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text, with long ones in parts."""
    return [part for sentence in _SENTENCE.findall(text) for part in _split_sentence(sentence)]


def _split_sentence(sentence: str) -> list[str]:
    limit = MAX_CHUNK_TOKENS - OVERLAP_TOKENS
    if _word_pieces(sentence) <= limit:
        return [sentence]
    length = max(1, int(len(sentence) * limit / _word_pieces(sentence) * 0.8))
    return [sentence[start : start + length] for start in range(0, len(sentence), length)]


def _last_sentences(sentences: list[str]) -> list[str]:
    """Return the last sentences that fit into the overlap of two chunks."""
    overlap: list[str] = []
    for sentence in reversed(sentences):
        if _total(overlap) + _word_pieces(sentence) > OVERLAP_TOKENS:
            break
        overlap.insert(0, sentence)
    return overlap


def _total(sentences: list[str]) -> float:
    return sum(map(_word_pieces, sentences))


def _word_pieces(text: str) -> float:
    """Estimate word pieces from above: one for each character outside Latin, and one for 3.5 others."""
    wide = sum(character > "\u024f" for character in text)
    return wide + (len(text) - wide) / _LETTERS_PER_TOKEN
