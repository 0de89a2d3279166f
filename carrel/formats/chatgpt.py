"""The data export of ChatGPT: a zip, or the `conversations.json` in it, with trees of messages.

Of each tree the current branch is read: what the user said and what was answered to the user. OpenAI publishes no
schema; this follows exports seen from 2023 to 2026.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from carrel.dates import UNKNOWN
from carrel.formats.exports import read_conversations, to_transcript
from carrel.formats.format import ConversationFormat, Transcript
from carrel.formats.times import read_time
from carrel.memory.values import NewMessage

_INTERNAL = frozenset(
    "execution_output computer_output citable_code_output model_editable_context reasoning_recap sonic_webpage"
    " system_error tether_browsing_display tether_quote thoughts user_editable_context".split()
)
"""Types of content that nobody said to anybody: settings, thoughts, what tools returned."""
_HIDDEN = ("is_visually_hidden_from_conversation", "is_user_system_message", "is_visually_hidden_reasoning_group")
_MARKUP = re.compile("\ue200(\\w+)\ue202?([^\ue201]*)\ue201")
"""References to sources and the like between private-use characters; of an entity its name is shown."""


class _Author(BaseModel):
    role: str | None = None


class _Content(BaseModel):
    content_type: str | None = None
    parts: list[Any] | str | None = None
    text: Any = None


class _Message(BaseModel):
    id: str | None = None
    author: _Author | None = None
    create_time: Any = None
    content: _Content | None = None
    metadata: dict[str, Any] | None = None
    recipient: Any = None
    channel: Any = None

    @property
    def role(self) -> str | None:
        return self.author.role if self.author else None

    @property
    def is_said(self) -> bool:
        """Whether the user said it, or was told it: not hidden, not a thought, not to or from a tool."""
        if self.content is None or self.content.content_type in _INTERNAL or self.channel == "analysis":
            return False
        hidden = any((self.metadata or {}).get(name) for name in _HIDDEN)
        return self.role in ("user", "assistant") and self.recipient in (None, "", "all") and not hidden

    @property
    def words(self) -> str:
        """The texts of its parts, without pictures and the like."""
        parts = self.content.parts if self.content else None
        if not parts and self.content and isinstance(self.content.text, str):
            parts = self.content.text
        texts = map(_part_text, [parts] if isinstance(parts, str) else parts or [])
        return _MARKUP.sub(_shown, "\n".join(filter(None, texts)))


class _Node(BaseModel):
    message: _Message | None = None
    parent: str | None = None
    children: list[str] | None = None


class _Conversation(BaseModel):
    mapping: dict[str, _Node | None]
    current_node: str | None = None
    conversation_id: str | None = None
    id: str | None = None
    title: str | None = None
    create_time: Any = None

    @property
    def started(self) -> datetime:
        """When it began: as it says, or else with its first message."""
        written = (_written(node) for node in self.mapping.values() if node)
        given = read_time(self.create_time)
        return given if given != UNKNOWN else min((at for at in written if at != UNKNOWN), default=UNKNOWN)

    @property
    def identity(self) -> str:
        """Its own id, which stays when it is renamed; empty if the export gives none."""
        return self.conversation_id or self.id or ""

    @property
    def session(self) -> str:
        """Its title, with an id that tells conversations of the same title apart."""
        title = self.title or "untitled"
        return f"{title} ({self.identity[:8]})" if self.identity else title


def read(path: Path) -> Transcript:
    """Return what user and assistant said in every conversation, oldest conversation first.

    A conversation that cannot be read is named, and the others are returned.

    Raises:
        BadFile: no conversation can be read.
    """
    subject = f"'{path}' is not a ChatGPT export"
    conversations, skipped = read_conversations(path, _Conversation, subject, "title")
    oldest_first = sorted(conversations, key=lambda conversation: conversation.started)
    return to_transcript([message for item in oldest_first for message in _messages(item)], skipped, subject)


def recognises(beginning: str) -> bool:
    """Return whether a text begins as an export does."""
    return beginning.lstrip()[:1] in ("[", "{") and '"mapping"' in beginning and '"title"' in beginning


FORMAT = ConversationFormat("chatgpt", read, recognises=recognises)


def _messages(conversation: _Conversation) -> Iterator[NewMessage]:
    started = conversation.started
    for message in _current_branch(conversation):
        if message.is_said and message.words.strip():
            role: Literal["user", "assistant"] = "user" if message.role == "user" else "assistant"
            at = started if message.create_time is None else read_time(message.create_time)
            name, identity = conversation.session, conversation.identity or None
            yield NewMessage(role, message.words, at, None, name, message.id, conversation=identity)


def _current_branch(conversation: _Conversation) -> list[_Message]:
    """Return the messages from the root to the current node, in order, without replies that were regenerated."""
    nodes = {name: node for name, node in conversation.mapping.items() if node}
    parents = _parents(nodes)
    if not parents:  # an export without any structure: in the order of the file
        return [node.message for node in nodes.values() if node.message]
    name: str | None = conversation.current_node
    if name not in nodes:
        leaves = nodes.keys() - parents.values()
        places = {name: (_written(node), number) for number, (name, node) in enumerate(nodes.items())}
        name = max(leaves or places, key=places.__getitem__)
    branch: list[_Message] = []
    seen: set[str] = set()
    while name is not None and name in nodes and name not in seen:
        seen.add(name)
        message = nodes[name].message
        branch += [message] if message else []
        name = parents.get(name)
    return branch[::-1]


def _parents(nodes: dict[str, _Node]) -> dict[str, str]:
    """Return the parent of each node, which may stand with it or only among its parent's children."""
    parents = {child: name for name, node in nodes.items() for child in node.children or () if child in nodes}
    return parents | {name: node.parent for name, node in nodes.items() if node.parent in nodes and node.parent}


def _written(node: _Node) -> datetime:
    return read_time(node.message.create_time) if node.message else UNKNOWN


def _part_text(part: Any) -> str:
    """Return the text of a part: as it is, as a transcription of speech, or empty for a picture and the like."""
    if isinstance(part, dict):
        part = part.get("text")
    return part if isinstance(part, str) else ""


def _shown(match: re.Match[str]) -> str:
    """Return what a reader sees of a piece of markup."""
    if match[1] != "entity":
        return ""
    try:
        values = json.loads(match[2])
    except ValueError:
        return ""
    return next((value for value in values[1:] if isinstance(value, str)), "") if isinstance(values, list) else ""
