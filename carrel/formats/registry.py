"""The formats that Carrel can read, and how to find that of a file."""

from pathlib import Path

from carrel.errors import UsageError
from carrel.formats import beam, chatgpt, claude, documents, jsonl, locomo, whatsapp
from carrel.formats.archive import read_beginning
from carrel.formats.format import ConversationFormat, Format

FORMATS: tuple[Format, ...] = (
    jsonl.FORMAT,
    locomo.FORMAT,
    beam.FORMAT,
    chatgpt.FORMAT,
    claude.FORMAT,
    whatsapp.FORMAT,
    documents.TEXT,
    documents.MARKDOWN,
)


def find_format(path: Path, name: str | None = None) -> Format:
    """Return the format of a name or, without one, that of the file's content or else its suffix.

    Raises:
        UsageError: the name is unknown, or the format cannot be told.
    """
    found = next((item for item in FORMATS if item.name == name), None) if name else _recognise(path)
    if found is not None:
        return found
    problem = f"Format '{name}' is unknown." if name else f"The format of '{path}' is unknown."
    raise UsageError(problem, f"Use --format {'|'.join(item.name for item in FORMATS)}.")


def _recognise(path: Path) -> Format | None:
    beginning, suffix = read_beginning(path), path.suffix.lower()
    by_content = (item for item in FORMATS if isinstance(item, ConversationFormat) and item.recognises(beginning))
    return next(by_content, None) or next((item for item in FORMATS if suffix in item.suffixes), None)
