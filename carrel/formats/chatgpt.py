"""The data export of ChatGPT: a zip, or the `conversations.json` in it, with trees of messages.

Of each tree the current branch is read: what the user said and what was answered to the user. OpenAI publishes no
schema; this follows exports seen from 2023 to 2026.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from carrel.dates import UNKNOWN
from carrel.formats.exports import read_conversations, to_transcript
from carrel.formats.format import ConversationFormat, Transcript
from carrel.formats.lenient import Unreadable, as_list, as_object, as_text, kind_of
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


@dataclass(frozen=True, slots=True)
class _Message:
    """What user or assistant said."""

    role: Literal["user", "assistant"]
    words: str
    id: str | None


@dataclass(frozen=True, slots=True)
class _Node:
    """A place in the tree; `written` is the time of its message as the export gives it."""

    message: _Message | None = None
    written: Any = None
    parent: str | None = None
    children: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Conversation:
    nodes: dict[str, _Node]
    current_node: str | None
    identity: str
    """Its own id, which stays when it is renamed; empty if the export gives none."""
    title: str
    create_time: Any

    @property
    def started(self) -> datetime:
        """When it began: as it says, or else with its first message."""
        given = read_time(self.create_time)
        written = map(_written, self.nodes.values())
        return given if given != UNKNOWN else min((at for at in written if at != UNKNOWN), default=UNKNOWN)

    @property
    def session(self) -> str:
        """Its title, with an id that tells conversations of the same title apart."""
        return f"{self.title} ({self.identity[:8]})" if self.identity else self.title


def read(path: Path) -> Transcript:
    """Return what user and assistant said in every conversation, oldest conversation first.

    A conversation, or a message, that cannot be read is named, and the others are returned.

    Raises:
        BadFile: no conversation can be read.
    """
    subject = f"'{path}' is not a ChatGPT export"
    conversations, skipped = read_conversations(path, _conversation, subject, "title")
    oldest_first = sorted(conversations, key=lambda conversation: conversation.started)
    return to_transcript([message for item in oldest_first for message in _messages(item)], skipped, subject)


def recognises(beginning: str) -> bool:
    """Return whether a text begins as an export does."""
    return beginning.lstrip()[:1] in ("[", "{") and '"mapping"' in beginning and '"title"' in beginning


FORMAT = ConversationFormat("chatgpt", read, recognises=recognises)


def _conversation(given: Any, left_out: list[str]) -> _Conversation:
    """Return a conversation, and append what cannot be read of it. Raise Unreadable."""
    fields = as_object(given, "")
    if "mapping" not in fields:
        raise Unreadable("mapping", "missing")
    nodes: dict[str, _Node] = {}
    for name, node in _named_nodes(fields["mapping"]).items():
        nodes[name] = _node(node, f"mapping.{name}", left_out)
    identity = as_text(fields.get("conversation_id")) or as_text(fields.get("id")) or ""
    title = as_text(fields.get("title")) or "untitled"
    return _Conversation(nodes, as_text(fields.get("current_node")), identity, title, fields.get("create_time"))


def _named_nodes(mapping: Any) -> dict[str, Any]:
    """Return the nodes by their names; in a list they stand with their ids."""
    if isinstance(mapping, list) and mapping:
        ids = (as_text(node.get("id")) if isinstance(node, dict) else None for node in mapping)
        return {name or str(number): node for number, (name, node) in enumerate(zip(ids, mapping, strict=True))}
    return as_object(mapping, "mapping")


def _node(given: Any, place: str, left_out: list[str]) -> _Node:
    """Return a node; one that cannot be read is empty, so that the branch goes on through it."""
    if given is None:
        return _Node()
    try:
        fields = as_object(given, place)
    except Unreadable as error:
        left_out.append(error.complaint)
        return _Node()
    children = tuple(filter(None, map(as_text, as_list(fields.get("children")))))
    written = fields["message"].get("create_time") if isinstance(fields.get("message"), dict) else None
    message = None
    try:
        message = _message(fields.get("message"), f"{place}.message", left_out)
    except Unreadable as error:
        left_out.append(error.complaint)
    return _Node(message, written, as_text(fields.get("parent")), children)


def _message(given: Any, place: str, left_out: list[str]) -> _Message | None:
    """Return what user or assistant said, or None for what nobody said to the other. Raise Unreadable."""
    if given is None:
        return None
    fields = as_object(given, place)
    content = fields.get("content")
    content = content if isinstance(content, dict) else {"parts": content}
    if not _is_said(fields, content):
        return None
    words = _words(content, f"{place}.content", left_out)
    author = fields.get("author")
    if not words.strip() or author is None:
        return None
    role = author.get("role") if isinstance(author, dict) else author
    if not isinstance(role, str):
        raise Unreadable(f"{place}.author", f"the role is {kind_of(role)}")
    if role in ("user", "assistant"):
        return _Message("user" if role == "user" else "assistant", words, as_text(fields.get("id")))
    return None


def _is_said(fields: dict[str, Any], content: dict[str, Any]) -> bool:
    """Tell whether a message is neither hidden nor a thought, nor from or to a tool."""
    author = fields.get("author")
    role = author.get("role") if isinstance(author, dict) else author
    metadata = fields.get("metadata")
    hidden = isinstance(metadata, dict) and any(metadata.get(name) for name in _HIDDEN)
    recipient = fields.get("recipient")
    to_tool = isinstance(recipient, str) and recipient not in ("", "all")
    from_other = isinstance(role, str) and role not in ("user", "assistant")
    internal = as_text(content.get("content_type")) in _INTERNAL or fields.get("channel") == "analysis"
    return not (hidden or to_tool or from_other or internal)


def _words(content: dict[str, Any], place: str, left_out: list[str]) -> str:
    """Return the texts of the parts, without pictures and the like, and append the parts that cannot be read."""
    parts = content.get("parts")
    if isinstance(parts, dict):
        parts = [parts] if "content_type" in parts or "text" in parts else as_list(parts)
    given = as_list(parts) or as_list(content.get("text"))
    texts = list(map(_part_text, given))
    for number, (part, text) in enumerate(zip(given, texts, strict=True)):
        if text is None and not (part is None and any(texts)):
            left_out.append(f"{place}.parts.{number}: {kind_of(part)}, not a text")
    return _MARKUP.sub(_shown, "\n".join(filter(None, texts)))


def _messages(conversation: _Conversation) -> Iterator[NewMessage]:
    started = conversation.started
    name, identity = conversation.session, conversation.identity or None
    for node in _current_branch(conversation):
        if message := node.message:
            at = started if node.written is None else read_time(node.written)
            yield NewMessage(message.role, message.words, at, None, name, message.id, conversation=identity)


def _current_branch(conversation: _Conversation) -> list[_Node]:
    """Return the nodes from the root to the current one, in order, without replies that were regenerated."""
    nodes = conversation.nodes
    parents = _parents(nodes)
    if not parents:  # an export without any structure: in the order of the file
        return list(nodes.values())
    name: str | None = conversation.current_node
    if name not in nodes:
        leaves = nodes.keys() - parents.values()
        places = {name: (_written(node), number) for number, (name, node) in enumerate(nodes.items())}
        name = max(leaves or places, key=places.__getitem__)
    branch: list[_Node] = []
    seen: set[str] = set()
    while name is not None and name in nodes and name not in seen:
        seen.add(name)
        branch.append(nodes[name])
        name = parents.get(name)
    return branch[::-1]


def _parents(nodes: dict[str, _Node]) -> dict[str, str]:
    """Return the parent of each node, which may stand with it or only among its parent's children."""
    parents = {child: name for name, node in nodes.items() for child in node.children if child in nodes}
    return parents | {name: node.parent for name, node in nodes.items() if node.parent in nodes and node.parent}


def _written(node: _Node) -> datetime:
    return read_time(node.written)


def _part_text(part: Any) -> str | None:
    """Return the text of a part: as it is, as a transcription of speech, "" for a picture; None if it is unreadable."""
    if not isinstance(part, dict):
        return as_text(part)
    if "text" in part:
        return as_text(part["text"])
    return "" if isinstance(part.get("content_type"), str) else None


def _shown(match: re.Match[str]) -> str:
    """Return what a reader sees of a piece of markup."""
    if match[1] != "entity":
        return ""
    try:
        values = json.loads(match[2])
    except ValueError:
        return ""
    return next((value for value in values[1:] if isinstance(value, str)), "") if isinstance(values, list) else ""
