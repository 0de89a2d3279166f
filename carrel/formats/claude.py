"""The data export of Claude: a zip, or the `conversations.json` in it, with lists of messages."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from carrel.formats.exports import read_conversations, to_transcript
from carrel.formats.format import ConversationFormat, Transcript
from carrel.formats.lenient import Unreadable, as_list, as_object, as_text, kind_of
from carrel.formats.times import read_time
from carrel.memory.values import NewMessage


@dataclass(frozen=True, slots=True)
class _Conversation:
    messages: list[NewMessage]
    started: datetime


def read(path: Path) -> Transcript:
    """Return what user and assistant said in every conversation, oldest conversation first.

    A conversation, or a message, that cannot be read is named, and the others are returned.

    Raises:
        BadFile: no conversation can be read.
    """
    subject = f"'{path}' is not an export of Claude"
    conversations, skipped = read_conversations(path, _conversation, subject, "name")
    oldest_first = sorted(conversations, key=lambda conversation: conversation.started)
    return to_transcript([message for item in oldest_first for message in item.messages], skipped, subject)


def recognises(beginning: str) -> bool:
    """Return whether a text begins as an export does."""
    return beginning.lstrip()[:1] in ("[", "{") and '"chat_messages"' in beginning


FORMAT = ConversationFormat("claude", read, recognises=recognises)


def _conversation(given: Any, left_out: list[str]) -> _Conversation:
    """Return a conversation, and append what cannot be read of it. Raise Unreadable."""
    fields = as_object(given, "")
    if not isinstance(fields.get("chat_messages"), list | dict):
        raise Unreadable("chat_messages", "not a list")
    identity = as_text(fields.get("uuid")) or None
    name = as_text(fields.get("name")) or "untitled"
    session = f"{name} ({identity[:8]})" if identity else name
    messages: list[NewMessage] = []
    for number, message in enumerate(as_list(fields["chat_messages"])):
        try:
            messages += _message(as_object(message, f"chat_messages.{number}"), number, fields, session, left_out)
        except Unreadable as error:
            left_out.append(error.complaint)
    return _Conversation(messages, read_time(fields.get("created_at")))


def _message(
    given: dict[str, Any], number: int, conversation: dict[str, Any], session: str, left_out: list[str]
) -> list[NewMessage]:
    """Return what user or assistant said, if it is anything. Raise Unreadable."""
    place = f"chat_messages.{number}"
    words = _words(given, place, left_out)
    sender = given.get("sender")
    if not words.strip():
        return []
    if not isinstance(sender, str):
        raise Unreadable(f"{place}.sender", f"{kind_of(sender)}, not a text")
    if sender not in ("human", "assistant"):
        return []
    role: Literal["user", "assistant"] = "user" if sender == "human" else "assistant"
    at = read_time(conversation.get("created_at") if given.get("created_at") is None else given["created_at"])
    identity = as_text(conversation.get("uuid")) or None
    return [NewMessage(role, words, at, None, session, as_text(given.get("uuid")), conversation=identity)]


def _words(given: dict[str, Any], place: str, left_out: list[str]) -> str:
    """Return what was said: the blocks of text, without thoughts and tools, and long pastes, which are attachments."""
    content = given.get("content")
    blocks = [content] if isinstance(content, dict) and "type" in content else as_list(content)
    pasted = [item.get("extracted_content") for item in as_list(given.get("attachments")) if isinstance(item, dict)]
    texts = [_block_text(block) for block in blocks] or [
        as_text(given.get("text") or "") if pasted else as_text(given.get("text", ""))
    ]
    kind = "content" if blocks else "text"
    texts += [as_text("" if text is None else text) for text in pasted]
    left_out += [f"{place}.{kind}: a part of it is not a text" for text in texts if text is None]
    return "\n\n".join(filter(None, texts))


def _block_text(block: Any) -> str | None:
    """Return the text of a block, "" for a thought, a tool and the like, and None for what cannot be read."""
    if not isinstance(block, dict):
        return as_text(block)
    kind = block.get("type")
    if kind not in ("text", "voice_note"):
        return "" if isinstance(kind, str) else as_text(block.get("text"))
    return as_text(block.get("text"))
