"""What an agent of another program brings along, and its records in an agent's file."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from carrel.memory.agent_file.kinds import SCHEMA, Record
from carrel.memory.values import Block, NewMessage
from carrel.text import clean_text


@dataclass(frozen=True, slots=True)
class ForeignPassage:
    """A text for archival memory."""

    text: str
    at: datetime
    tags: tuple[str, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignAgent:
    """An agent of another program."""

    program: str
    """The program, by which the session of its messages is called."""
    name: str
    created: datetime
    blocks: Sequence[Block] = ()
    messages: Sequence[NewMessage] = ()
    passages: Sequence[ForeignPassage] = ()


def to_records(agent: ForeignAgent, blocks: Sequence[Block]) -> Iterator[Record]:
    """Yield the records of an agent; `blocks` are those that an agent of Carrel has besides its own.

    The ids follow from the content: the same agent has the same records.
    """
    created = agent.created.isoformat()
    yield {"kind": "agent", "schema": SCHEMA, "name": agent.name, "created_at": created}
    own = {block.label for block in agent.blocks}
    for position, block in enumerate([*agent.blocks, *(block for block in blocks if block.label not in own)]):
        yield _block(block, position, created)
    ids = _Ids(agent)
    if agent.messages:
        yield from _messages(agent, ids)
    passages = [(ids.next("p", passage.text), passage) for passage in agent.passages]
    for key, passage in passages:
        at = passage.at.isoformat()
        yield {
            "kind": "passage",
            "id": key,
            "text": passage.text,
            "tags": list(dict.fromkeys(passage.tags)),
            "origin": "import",
            "source": passage.source,
            "at": at,
            "updated_at": at,
        }
    for key, passage in passages:
        yield {
            "kind": "event",
            "id": ids.next("e", passage.text),
            "tier": "archival",
            "ref": key,
            "op": "insert",
            "after": passage.text,
            "actor": "import",
            "at": passage.at.isoformat(),
        }


def _block(block: Block, position: int, at: str) -> Record:
    value = clean_text(block.value)
    return {
        "kind": "block",
        "label": block.label,
        "description": block.description,
        "value": value,
        "limit": max(block.limit, len(value)),
        "read_only": block.read_only,
        "position": position,
        "updated_at": at,
    }


def _messages(agent: ForeignAgent, ids: "_Ids") -> Iterator[Record]:
    session = ids.next("s", agent.name)
    moments = [message.at or agent.created for message in agent.messages]
    yield {
        "kind": "session",
        "id": session,
        "name": agent.program,
        "origin": "import",
        "started_at": min(moments).isoformat(),
        "last_at": max(moments).isoformat(),
    }
    for position, (message, at) in enumerate(zip(agent.messages, moments, strict=True), 1):
        yield {
            "kind": "message",
            "id": ids.next("m", message.text),
            "session": session,
            "position": position,
            "role": message.role,
            "speaker": message.speaker,
            "text": message.text,
            "at": at.isoformat(),
            "source": message.source,
        }


class _Ids:
    """Makes ids that follow from the agent, the text and a count."""

    def __init__(self, agent: ForeignAgent) -> None:
        self._agent = f"{agent.program}/{agent.name}/{agent.created.isoformat()}"
        self._count = 0

    def next(self, prefix: str, text: str) -> str:
        """Return the next id."""
        self._count += 1
        content: Any = f"{self._agent}/{self._count}/{clean_text(text)}"
        return f"{prefix}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
