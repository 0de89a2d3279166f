"""The data export of Claude: a zip, or the `conversations.json` in it, with lists of messages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from carrel.formats.exports import read_conversations, to_transcript
from carrel.formats.format import ConversationFormat, Transcript
from carrel.formats.times import read_time
from carrel.memory.values import NewMessage


class _Message(BaseModel):
    uuid: str | None = None
    sender: str | None = None
    text: str | None = None
    content: list[Any] | None = None
    created_at: Any = None
    attachments: list[Any] | None = None

    @property
    def words(self) -> str:
        """What was said: the blocks of text, without thoughts and tools, and long pastes, which are attachments."""
        blocks = [block for block in self.content or () if isinstance(block, dict)]
        said = [block["text"] for block in blocks if _is_said(block)] if blocks else [self.text or ""]
        pasted = (item.get("extracted_content") for item in self.attachments or () if isinstance(item, dict))
        return "\n\n".join(filter(None, [*said, *(text for text in pasted if isinstance(text, str))]))


class _Conversation(BaseModel):
    chat_messages: list[_Message]
    uuid: str | None = None
    name: str | None = None
    created_at: Any = None

    @property
    def session(self) -> str:
        """Its name, with an id that tells conversations of the same name apart."""
        return f"{self.name or 'untitled'} ({self.uuid[:8]})" if self.uuid else self.name or "untitled"


def read(path: Path) -> Transcript:
    """Return what user and assistant said in every conversation, oldest conversation first.

    A conversation that cannot be read is named, and the others are returned.

    Raises:
        BadFile: no conversation can be read.
    """
    subject = f"'{path}' is not an export of Claude"
    conversations, skipped = read_conversations(path, _Conversation, subject, "name")
    oldest_first = sorted(conversations, key=lambda conversation: read_time(conversation.created_at))
    return to_transcript([message for item in oldest_first for message in _messages(item)], skipped, subject)


def recognises(beginning: str) -> bool:
    """Return whether a text begins as an export does."""
    return beginning.lstrip()[:1] in ("[", "{") and '"chat_messages"' in beginning


FORMAT = ConversationFormat("claude", read, recognises=recognises)


def _messages(conversation: _Conversation) -> Iterator[NewMessage]:
    for message in conversation.chat_messages:
        if message.sender in ("human", "assistant") and message.words.strip():
            role: Literal["user", "assistant"] = "user" if message.sender == "human" else "assistant"
            at = read_time(conversation.created_at if message.created_at is None else message.created_at)
            name = conversation.session
            yield NewMessage(role, message.words, at, None, name, message.uuid, conversation=conversation.uuid)


def _is_said(block: dict[str, Any]) -> bool:
    return block.get("type") in ("text", "voice_note") and isinstance(block.get("text"), str)
