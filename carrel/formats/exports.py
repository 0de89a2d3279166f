"""Read the conversations of an export one by one, so that one that is broken does not keep the others out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from carrel.errors import BadFile
from carrel.formats.archive import read_texts
from carrel.formats.files import parse_json
from carrel.formats.format import Transcript
from carrel.memory.values import NewMessage

Conversation = TypeVar("Conversation", bound=BaseModel)

HINT = "Nothing was imported."


def read_conversations(
    path: Path, model: type[Conversation], subject: str, name_key: str
) -> tuple[list[Conversation], list[str]]:
    """Return the conversations of an export, and a sentence for each that does not follow the model.

    `subject` begins the error, and `name_key` is where a conversation has its name.

    Raises:
        BadFile: the file cannot be read.
    """
    read: list[Conversation] = []
    skipped: list[str] = []
    for number, given in enumerate(_items(path, subject), 1):
        try:
            read.append(model.model_validate(given))
        except ValidationError as error:
            name = given.get(name_key) if isinstance(given, dict) else None
            called = f" '{name[:60]}'" if isinstance(name, str) else ""
            skipped.append(f"conversation {number}{called}: {_complaint(error)}.")
    return read, skipped


def to_transcript(messages: list[NewMessage], skipped: list[str], subject: str) -> Transcript:
    """Return what was read. Raise BadFile, which begins with the subject, if it is nothing."""
    if not messages:
        raise BadFile(f"{subject}: {skipped[0] if skipped else 'it contains no messages.'}", HINT)
    return Transcript(messages, tuple(skipped))


def _items(path: Path, subject: str) -> Iterator[Any]:
    for text in read_texts(path).values():
        data = parse_json(text, subject, HINT)
        if isinstance(data, dict) and isinstance(data.get("conversations"), list):
            data = data["conversations"]
        yield from data if isinstance(data, list) else [data]


def _complaint(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    what = "not an object" if first["type"] in ("model_type", "dict_type") else first["msg"]  # which names our class
    return f"{place}: {what}" if place else what
