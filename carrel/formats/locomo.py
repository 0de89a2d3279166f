"""The LoCoMo dataset's own files: long conversations of two people over many sessions (Maharana et al., ACL 2024)."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from carrel.errors import BadFile
from carrel.formats.files import read_text
from carrel.memory.values import NewMessage

_SESSION = re.compile(r"session_(\d{1,9})")
_TIME = "%I:%M %p on %d %B, %Y"


def read(path: Path) -> list[NewMessage]:
    """Return the messages of all conversations in a file. Raise BadFile where it is not a LoCoMo file."""
    try:
        data = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise BadFile(f"'{path}' is not a LoCoMo file: not JSON ({error}).", "Nothing was imported.") from None
    entries = data if isinstance(data, list) else [data]
    found = [message for number, entry in enumerate(entries) for message in _conversation(path, number, entry)]
    if not found:
        raise BadFile(f"'{path}' is not a LoCoMo file: it holds no messages.", "Nothing was imported.")
    return found


def _conversation(path: Path, number: int, entry: Any) -> Iterator[NewMessage]:
    talk = entry.get("conversation") if isinstance(entry, dict) else None
    if not isinstance(talk, dict) or not isinstance(talk.get("speaker_a"), str):
        raise BadFile(
            f"'{path}' is not a LoCoMo file: entry {number + 1} has no conversation.", "Nothing was imported."
        )
    name = entry.get("sample_id") or path.stem
    sessions = [(int(match[1]), key) for key in talk if (match := _SESSION.fullmatch(key))]
    for _, key in sorted(sessions):
        at = _moment(path, key, talk.get(f"{key}_date_time"))
        lines = talk[key] or []
        if not isinstance(lines, list):
            raise BadFile(f"'{path}', {key}: not a list of messages.", "Nothing was imported.")
        for place, line in enumerate(lines, 1):
            yield _message(path, f"{key}, message {place}", line, talk["speaker_a"], f"{name}/{key}", at)


def _message(path: Path, place: str, line: Any, first: str, session: str, at: datetime) -> NewMessage:
    if not isinstance(line, dict) or not isinstance(line.get("speaker"), str) or not isinstance(line.get("text"), str):
        raise BadFile(f"'{path}', {place}: no speaker or no text.", "Nothing was imported.")
    caption = line.get("blip_caption")
    text = f"{line['text']} [shares a photo: {caption}]" if caption else line["text"]
    source = str(line.get("dia_id") or "") or None
    role: Literal["user", "assistant"] = "user" if line["speaker"] == first else "assistant"
    return NewMessage(role, text, at, line["speaker"], session, source)


def _moment(path: Path, key: str, text: object) -> datetime:
    try:
        return datetime.strptime(str(text), _TIME).replace(tzinfo=UTC)
    except ValueError:
        said = f"'{path}', {key}_date_time: {text!r} is not a time like '1:56 pm on 8 May, 2023'."
        raise BadFile(said, "Nothing was imported.") from None
