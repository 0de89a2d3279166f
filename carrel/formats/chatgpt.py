"""The data export of ChatGPT, `conversations.json`: trees of messages, one branch of each being the current one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter, ValidationError

from carrel.errors import BadFile
from carrel.formats.files import read_json
from carrel.formats.format import ConversationFormat
from carrel.memory.values import NewMessage

_HINT = "Nothing was imported."


class _Author(BaseModel):
    role: str | None = None


class _Content(BaseModel):
    parts: list[Any] | None = None


class _Message(BaseModel):
    id: str | None = None
    author: _Author | None = None
    create_time: Any = None
    content: _Content | None = None

    @property
    def role(self) -> str | None:
        return self.author.role if self.author else None

    @property
    def text(self) -> str:
        """The texts of its parts, without pictures and the like."""
        parts = self.content.parts if self.content else None
        return "\n".join(part for part in parts or () if isinstance(part, str))


class _Node(BaseModel):
    message: _Message | None = None
    parent: str | None = None
    children: list[str] | None = None


class _Conversation(BaseModel):
    mapping: dict[str, _Node]
    current_node: str | None = None
    conversation_id: str | None = None
    id: str | None = None
    title: str | None = None
    create_time: float | None = None

    @property
    def session(self) -> str:
        """Its title, with an id that tells conversations of the same title apart."""
        title, identity = self.title or "untitled", (self.conversation_id or self.id or "")[:8]
        return f"{title} ({identity})" if identity else title


_EXPORT = TypeAdapter(list[_Conversation])


def read(path: Path) -> list[NewMessage]:
    """Return what user and assistant said in every conversation, oldest conversation first. Raise BadFile."""
    data = read_json(path, f"'{path}' is not a ChatGPT export", _HINT)
    try:
        conversations = _EXPORT.validate_python(data if isinstance(data, list) else [data])
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        complaint = "not an object" if first["type"] == "model_type" else first["msg"]  # which names our class
        raise BadFile(f"'{path}' is not a ChatGPT export: {place}: {complaint}.", _HINT) from None
    oldest_first = sorted(conversations, key=lambda conversation: conversation.create_time or 0)
    messages = [message for conversation in oldest_first for message in _messages(conversation)]
    if not messages:
        raise BadFile(f"'{path}' is not a ChatGPT export: it contains no messages.", _HINT)
    return messages


FORMAT = ConversationFormat("chatgpt", read)


def _messages(conversation: _Conversation) -> Iterator[NewMessage]:
    for message in _current_branch(conversation):
        if message.role in ("user", "assistant") and message.text.strip():
            role: Literal["user", "assistant"] = "user" if message.role == "user" else "assistant"
            at = _time(message.create_time or conversation.create_time)
            yield NewMessage(role, message.text, at, None, conversation.session, message.id)


def _current_branch(conversation: _Conversation) -> list[_Message]:
    """Return the messages from the root to the current node, in order, without replies that were regenerated."""
    nodes = conversation.mapping
    name = conversation.current_node or next((key for key, node in nodes.items() if not node.children), None)
    branch: list[_Message] = []
    seen: set[str] = set()
    while name is not None and name in nodes and name not in seen:
        seen.add(name)
        node = nodes[name]
        branch += [node.message] if node.message else []
        name = node.parent
    return branch[::-1]


def _time(seconds: object) -> datetime | None:
    """Return a time from seconds since 1970; None if it is not a number, or out of range."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None
    except (ValueError, OverflowError, OSError):  # what fromtimestamp documents
        return None
