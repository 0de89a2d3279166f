"""Chat files of the BEAM dataset: long conversations of a user with an assistant, in dated batches."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from carrel.errors import BadFile
from carrel.formats.files import read_json
from carrel.formats.format import ConversationFormat, whole
from carrel.memory.values import NewMessage

_PLAN_REFERENCE = re.compile(r"\s*->->\s*(?:\d+|N/A)(?:\s*,\s*(?:\d+|N/A))*\s*$")
"""The dataset's reference to the bullet of its plan that a message follows; it is not part of the message."""
_HINT = "Nothing was imported."


def read(path: Path) -> list[NewMessage]:
    """Return the messages of a chat file, each with the dataset's id as its source. Raise BadFile."""
    batches = read_json(path, f"'{path}' is not a BEAM chat", _HINT)
    if not isinstance(batches, list) or not all(map(_is_batch, batches)):
        raise BadFile(f"'{path}' is not a BEAM chat: not a list of batches with turns.", _HINT)
    messages = list(_messages(path, batches))
    if not messages:
        raise BadFile(f"'{path}' is not a BEAM chat: it contains no messages.", _HINT)
    return messages


FORMAT = ConversationFormat("beam", whole(read))


def _is_batch(batch: object) -> bool:
    turns = batch.get("turns") if isinstance(batch, dict) else None
    return isinstance(turns, list) and all(isinstance(turn, list) for turn in turns)


def _messages(path: Path, batches: list[dict[str, Any]]) -> Iterator[NewMessage]:
    name = path.parent.name if path.name == "chat.json" else path.stem
    at: datetime | None = None
    for batch in batches:
        for turn in batch["turns"]:
            for line in turn:
                at = _date(line.get("time_anchor") if isinstance(line, dict) else None) or at
                yield _message(path, line, f"{name}/{batch.get('batch_number', 1)}", at)


def _message(path: Path, line: Any, session: str, at: datetime | None) -> NewMessage:
    known = isinstance(line, dict) and line.get("role") in ("user", "assistant")
    if not known or not isinstance(line.get("content"), str):
        raise BadFile(f"'{path}': a message without role or content.", _HINT)
    role: Literal["user", "assistant"] = "user" if line["role"] == "user" else "assistant"
    text = _PLAN_REFERENCE.sub("", line["content"])
    return NewMessage(role, text, at, None, session, str(line.get("id", "")) or None)


def _date(text: object) -> datetime | None:
    """Return a date such as March-15-2024; None if it is not one."""
    try:
        return datetime.strptime(str(text), "%B-%d-%Y").replace(tzinfo=UTC)
    except ValueError:
        return None
