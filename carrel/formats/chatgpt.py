"""ChatGPT's data export: `conversations.json`, each conversation a tree of messages of which one branch is current."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from carrel.errors import BadFile
from carrel.formats.files import read_text
from carrel.memory.values import NewMessage


def read(path: Path) -> list[NewMessage]:
    """Return what user and assistant said in every conversation, oldest conversation first. Raise BadFile."""
    try:
        talks = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise BadFile(f"'{path}' is not a ChatGPT export: not JSON ({error}).", "Nothing was imported.") from None
    talks = talks if isinstance(talks, list) else [talks]
    if not all(isinstance(talk, dict) and isinstance(talk.get("mapping"), dict) for talk in talks):
        raise BadFile(f"'{path}' is not a ChatGPT export: no conversations with a mapping.", "Nothing was imported.")
    try:
        found = [message for talk in sorted(talks, key=lambda t: t.get("create_time") or 0) for message in _talk(talk)]
    except (AttributeError, TypeError) as error:
        raise BadFile(f"'{path}' is not a ChatGPT export: {error}.", "Nothing was imported.") from None
    if not found:
        raise BadFile(f"'{path}' is not a ChatGPT export: it holds no messages.", "Nothing was imported.")
    return found


def _talk(talk: dict[str, Any]) -> Iterator[NewMessage]:
    identity = str(talk.get("conversation_id") or talk.get("id") or "")[:8]
    session = f"{talk.get('title') or 'untitled'} ({identity})" if identity else str(talk.get("title") or "untitled")
    for message in _branch(talk):
        role = (message.get("author") or {}).get("role")
        text = _text(message.get("content") or {})
        if role in ("user", "assistant") and text.strip():
            said: Literal["user", "assistant"] = "user" if role == "user" else "assistant"
            moment = message.get("create_time") or talk.get("create_time")
            yield NewMessage(said, text, _moment(moment), None, session, _identity(message.get("id")))


def _moment(seconds: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None
    except (ValueError, OverflowError, OSError):
        return None


def _identity(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise TypeError(f"id {value!r} is not text")


def _branch(talk: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the messages from the root to the current node, in order; answers that were regenerated are left out."""
    nodes = talk["mapping"]
    node = talk.get("current_node") or next((key for key, value in nodes.items() if not value.get("children")), None)
    found: list[dict[str, Any]] = []
    seen: set[object] = set()
    while node in nodes and node not in seen:
        seen.add(node)
        if message := nodes[node].get("message"):
            found.append(message)
        node = nodes[node].get("parent")
    return found[::-1]


def _text(content: dict[str, Any]) -> str:
    parts = content.get("parts") or []
    return "\n".join(part for part in parts if isinstance(part, str))
