"""Split a document into passages: whole paragraphs as long as they fit together. Pure."""

from carrel.text import clean_text

PASSAGE_LETTERS = 1200
"""About 250 tokens: a few fit a tool's result, and one is about one thing."""


def split_document(text: str) -> list[str]:
    """Return the passages of a document, in order; a paragraph that is too long is cut at line or sentence ends."""
    passages: list[str] = []
    current = ""
    for paragraph in clean_text(text).split("\n\n"):
        for part in _parts(paragraph.strip()):
            if current and len(current) + len(part) + 2 > PASSAGE_LETTERS:
                passages.append(current)
                current = ""
            current = f"{current}\n\n{part}" if current else part
    return [*passages, current] if current else passages


def _parts(paragraph: str) -> list[str]:
    parts: list[str] = []
    rest = paragraph
    while len(rest) > PASSAGE_LETTERS:
        cut = max(rest.rfind(mark, PASSAGE_LETTERS // 2, PASSAGE_LETTERS) for mark in ("\n", ". ", "。", "! ", "? "))
        cut = cut + 1 if cut > 0 else PASSAGE_LETTERS
        parts.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*parts, rest] if rest else parts
