"""Read the conversations of an export one by one, so that one that is broken does not keep the others out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from carrel.errors import BadFile
from carrel.formats.archive import read_texts
from carrel.formats.files import parse_json
from carrel.formats.format import Transcript
from carrel.formats.lenient import Unreadable, as_list, as_text
from carrel.memory.values import NewMessage

Conversation = TypeVar("Conversation")

HINT = "Nothing was imported."


def read_conversations(
    path: Path, parse: Callable[[Any, list[str]], Conversation], subject: str, name_key: str
) -> tuple[list[Conversation], list[str]]:
    """Return the conversations of an export, and a sentence for each, or part of one, that cannot be read.

    `parse` appends what it leaves out to its second argument and raises Unreadable where nothing can be read.
    `subject` begins the error, and `name_key` is where a conversation has its name.

    Raises:
        BadFile: the file cannot be read.
    """
    read: list[Conversation] = []
    skipped: list[str] = []
    for number, given in enumerate(_items(path, subject), 1):
        left_out: list[str] = []
        try:
            read.append(parse(given, left_out))
        except Unreadable as error:
            left_out = [error.complaint]
        name = as_text(given.get(name_key)) if isinstance(given, dict) else None
        called = f" '{name[:60]}'" if name else ""
        skipped += [f"conversation {number}{called}: {complaint}." for complaint in left_out]
    return read, skipped


def to_transcript(messages: list[NewMessage], skipped: list[str], subject: str) -> Transcript:
    """Return what was read. Raise BadFile, which begins with the subject, if it is nothing."""
    if not messages:
        raise BadFile(f"{subject}: {skipped[0] if skipped else 'it contains no messages.'}", HINT)
    return Transcript(messages, tuple(skipped))


def _items(path: Path, subject: str) -> Iterator[Any]:
    for text in read_texts(path).values():
        data = parse_json(text, subject, HINT)
        if isinstance(data, dict) and isinstance(data.get("conversations"), list | dict):
            data = as_list(data["conversations"])
        yield from data if isinstance(data, list) else [data]
