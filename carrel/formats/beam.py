"""The BEAM dataset's own chat files: long talks of a user with an assistant, in dated batches."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from carrel.errors import BadFile
from carrel.formats.files import read_text
from carrel.memory.values import NewMessage

_MARK = re.compile(r"\s*->->\s*(?:\d+|N/A)(?:\s*,\s*(?:\d+|N/A))*\s*$")
"""The dataset's note of which bullet of its plan a message follows; not part of what was said."""


def read(path: Path) -> list[NewMessage]:
    """Return the messages of a chat file, each with the dataset's id as its source. Raise BadFile."""
    try:
        batches = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise BadFile(f"'{path}' is not a BEAM chat: not JSON ({error}).", "Nothing was imported.") from None
    if not isinstance(batches, list) or not all(map(_is_batch, batches)):
        raise BadFile(f"'{path}' is not a BEAM chat: no list of batches with turns.", "Nothing was imported.")
    found = list(_messages(path, batches))
    if not found:
        raise BadFile(f"'{path}' is not a BEAM chat: it holds no messages.", "Nothing was imported.")
    return found


def _is_batch(batch: object) -> bool:
    turns = batch.get("turns") if isinstance(batch, dict) else None
    return isinstance(turns, list) and all(isinstance(turn, list) for turn in turns)


def _messages(path: Path, batches: list[dict[str, Any]]) -> Iterator[NewMessage]:
    name = path.parent.name if path.name == "chat.json" else path.stem
    at: datetime | None = None
    for batch in batches:
        for turn in batch["turns"]:
            for line in turn:
                at = _anchor(line.get("time_anchor") if isinstance(line, dict) else None) or at
                yield _message(path, line, f"{name}/{batch.get('batch_number', 1)}", at)


def _message(path: Path, line: Any, session: str, at: datetime | None) -> NewMessage:
    known = isinstance(line, dict) and line.get("role") in ("user", "assistant")
    if not known or not isinstance(line.get("content"), str):
        raise BadFile(f"'{path}': a message without role or content.", "Nothing was imported.")
    role: Literal["user", "assistant"] = "user" if line["role"] == "user" else "assistant"
    return NewMessage(role, _MARK.sub("", line["content"]), at, None, session, str(line.get("id", "")) or None)


def _anchor(text: object) -> datetime | None:
    """Read a date such as March-15-2024; None where there is none."""
    try:
        return datetime.strptime(str(text), "%B-%d-%Y").replace(tzinfo=UTC)
    except ValueError:
        return None
