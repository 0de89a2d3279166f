"""The formats that Carrel can read, and how to find that of a file."""

from pathlib import Path

from carrel.errors import UsageError
from carrel.formats import beam, chatgpt, documents, jsonl, locomo
from carrel.formats.format import Format

FORMATS: tuple[Format, ...] = (
    jsonl.FORMAT,
    locomo.FORMAT,
    beam.FORMAT,
    chatgpt.FORMAT,
    documents.TEXT,
    documents.MARKDOWN,
)


def find_format(path: Path, name: str | None = None) -> Format:
    """Return the format of a name or, without one, that of the file's suffix.

    Raises:
        UsageError: the name is unknown, or no format has the suffix.
    """
    suffix = path.suffix.lower()
    found = next((item for item in FORMATS if item.name == name or (not name and suffix in item.suffixes)), None)
    if found is not None:
        return found
    problem = f"Format '{name}' is unknown." if name else f"The format of '{path}' is unknown."
    raise UsageError(problem, f"Use --format {'|'.join(item.name for item in FORMATS)}.")
