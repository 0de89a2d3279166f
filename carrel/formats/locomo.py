"""Files of the LoCoMo dataset: conversations of two people over many sessions (Maharana et al., ACL 2024)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from carrel.errors import BadFile
from carrel.formats.files import read_json
from carrel.formats.format import ConversationFormat, whole
from carrel.memory.values import NewMessage

_SESSION = re.compile(r"session_(\d{1,9})")
_TIME = "%I:%M %p on %d %B, %Y"
_HINT = "Nothing was imported."


def read(path: Path) -> list[NewMessage]:
    """Return the messages of all conversations in a file. Raise BadFile if it is not a LoCoMo file."""
    data = read_json(path, f"'{path}' is not a LoCoMo file", _HINT)
    entries = data if isinstance(data, list) else [data]
    messages = [message for number, entry in enumerate(entries) for message in _conversation(path, number, entry)]
    if not messages:
        raise BadFile(f"'{path}' is not a LoCoMo file: it contains no messages.", _HINT)
    return messages


FORMAT = ConversationFormat("locomo", whole(read))


def _conversation(path: Path, number: int, entry: Any) -> Iterator[NewMessage]:
    conversation = entry.get("conversation") if isinstance(entry, dict) else None
    if not isinstance(conversation, dict) or not isinstance(conversation.get("speaker_a"), str):
        raise BadFile(f"'{path}' is not a LoCoMo file: entry {number + 1} has no conversation.", _HINT)
    name = entry.get("sample_id") or path.stem
    sessions = [(int(match[1]), key) for key in conversation if (match := _SESSION.fullmatch(key))]
    for _, key in sorted(sessions):
        at = _time(path, key, conversation.get(f"{key}_date_time"))
        lines = conversation[key] or []
        if not isinstance(lines, list):
            raise BadFile(f"'{path}', {key}: not a list of messages.", _HINT)
        for place, line in enumerate(lines, 1):
            where = f"'{path}', {key}, message {place}"
            yield _message(line, where, conversation["speaker_a"], f"{name}/{key}", at)


def _message(line: Any, where: str, first_speaker: str, session: str, at: datetime) -> NewMessage:
    if not isinstance(line, dict) or not isinstance(line.get("speaker"), str) or not isinstance(line.get("text"), str):
        raise BadFile(f"{where}: no speaker or no text.", _HINT)
    caption = line.get("blip_caption")
    text = f"{line['text']} [shares a photo: {caption}]" if caption else line["text"]
    source = str(line.get("dia_id") or "") or None
    role: Literal["user", "assistant"] = "user" if line["speaker"] == first_speaker else "assistant"
    return NewMessage(role, text, at, line["speaker"], session, source)


def _time(path: Path, key: str, text: object) -> datetime:
    try:
        return datetime.strptime(str(text), _TIME).replace(tzinfo=UTC)
    except ValueError:
        problem = f"'{path}', {key}_date_time: {text!r} is not a time like '1:56 pm on 8 May, 2023'."
        raise BadFile(problem, _HINT) from None
