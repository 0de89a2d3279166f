"""Read conversations and documents from files; each format is a file here."""

from collections.abc import Callable, Sequence
from pathlib import Path

from carrel.chunking import split_document
from carrel.errors import BadFile, UsageError
from carrel.formats import beam, chatgpt, jsonl, locomo
from carrel.formats.files import read_text
from carrel.memory.values import NewMessage

CONVERSATIONS: dict[str, Callable[[Path], list[NewMessage]]] = {
    "jsonl": jsonl.read,
    "locomo": locomo.read,
    "beam": beam.read,
    "chatgpt": chatgpt.read,
}
DOCUMENTS = ("text", "markdown")
FORMATS = (*CONVERSATIONS, *DOCUMENTS)
_BY_SUFFIX = {".jsonl": "jsonl", ".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown"}


def format_of(path: Path, given: str | None) -> str:
    """Return the format of a file: the one that is given, else what its suffix says. Raise UsageError."""
    found = given or _BY_SUFFIX.get(path.suffix.lower())
    if found in FORMATS:
        return str(found)
    subject = f"Format '{given}' is unknown." if given else f"The format of '{path}' cannot be told from its name."
    raise UsageError(subject, f"Say --format {'|'.join(FORMATS)}.")


def read_conversation(path: Path, form: str) -> list[NewMessage]:
    """Return a file's messages, in order. Raise BadFile, with the line, where anything is wrong."""
    return CONVERSATIONS[form](path)


def read_document(path: Path) -> Sequence[str]:
    """Return a document's passages, in order. Raise BadFile where it is not text, or empty."""
    passages = split_document(read_text(path))
    if not passages:
        raise BadFile(f"'{path}' is empty.", "There is nothing to import.")
    return passages
