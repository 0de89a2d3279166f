"""Documents: plain text and Markdown, split into passages."""

from pathlib import Path

from carrel.chunking import split_document
from carrel.errors import BadFile
from carrel.formats.files import read_text
from carrel.formats.format import DocumentFormat


def read(path: Path) -> list[str]:
    """Return a document's passages in order. Raise BadFile if it is not text, or empty."""
    passages = split_document(read_text(path))
    if not passages:
        raise BadFile(f"'{path}' is empty.", "There is nothing to import.")
    return passages


TEXT = DocumentFormat("text", read, (".txt", ".text"))
MARKDOWN = DocumentFormat("markdown", read, (".md", ".markdown"))
