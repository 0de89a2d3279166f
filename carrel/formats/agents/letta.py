"""Letta's agent file (.af): blocks and messages. Tools, prompts and settings of models stay behind.

The present form lists agents and blocks, which agents name by id; the older one is a single agent with its blocks in
`core_memory`. What people said is wrapped in JSON, and replies are calls of `send_message`.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from carrel.errors import BadFile
from carrel.formats.agents.foreign_agent import ForeignAgent
from carrel.formats.exports import HINT
from carrel.formats.times import read_time
from carrel.memory.values import Block, NewMessage

REPLY = "send_message"
MAX_LIMIT = 1_000_000
"""Characters: no block of Carrel is longer."""


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Block(_Loose):
    id: str | None = None
    label: str
    value: str = ""
    limit: int = 5000
    description: str | None = None
    read_only: bool | None = None


class _Function(_Loose):
    name: str
    arguments: str = ""


class _Call(_Loose):
    function: _Function


class _Message(_Loose):
    id: str | None = None
    role: str
    content: Any = None
    text: str | None = None
    name: str | None = None
    tool_calls: list[_Call] | None = None
    created_at: Any = None


class _Agent(_Loose):
    name: str
    block_ids: list[str] = []
    core_memory: list[_Block] = []
    messages: list[_Message] = []
    created_at: Any = None


class _File(_Loose):
    agents: list[_Agent]
    blocks: list[_Block] = []
    created_at: Any = None


def is_letta(data: Mapping[str, Any]) -> bool:
    """Return whether the content of a file is an agent of Letta's."""
    return isinstance(data.get("agents"), list) or isinstance(data.get("core_memory"), list)


def read(data: Mapping[str, Any], subject: str) -> ForeignAgent:
    """Return the agent in the content of a file. Raise BadFile, which begins with the subject."""
    try:
        file = _File.model_validate(data if "agents" in data else {**data, "agents": [data]})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise BadFile(f"{subject} is not a Letta agent file: {place}: {first['msg']}.", HINT) from None
    if len(file.agents) != 1:
        raise BadFile(f"{subject} contains {len(file.agents)} agents.", f"Export each to a file of its own. {HINT}")
    [agent] = file.agents
    known = {block.id: block for block in file.blocks}
    found = [*agent.core_memory, *(known[key] for key in agent.block_ids if key in known)]
    return ForeignAgent(
        program="letta",
        name=agent.name,
        created=read_time(agent.created_at or file.created_at),
        blocks=[_to_block(block) for block in {block.label: block for block in found}.values()],
        messages=list(_messages(agent)),
    )


def _to_block(block: _Block) -> Block:
    limit = min(max(1, block.limit), MAX_LIMIT)
    return Block(block.label, block.value, limit, block.description or "", bool(block.read_only))


def _messages(agent: _Agent) -> Iterator[NewMessage]:
    for message in agent.messages:
        role: Literal["user", "assistant"] = "user" if message.role == "user" else "assistant"
        if message.role == "user":
            text = _unwrap(_text(message))
        elif message.role == "assistant":
            text = _reply(message)
        else:
            continue
        if text.strip():
            yield NewMessage(role, text, read_time(message.created_at), message.name, None, message.id)


def _text(message: _Message) -> str:
    """Return the text of a message, whose content is a text or a list of parts."""
    if isinstance(message.content, str):
        return message.content
    parts = message.content if isinstance(message.content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict) and part.get("type") == "text"]
    return "\n".join(text for text in texts if isinstance(text, str)) or message.text or ""


def _unwrap(text: str) -> str:
    """Return what a person said; empty for an event such as a heartbeat, which nobody said."""
    wrapped = _object(text)
    if wrapped is None or "type" not in wrapped:
        return text
    said = wrapped.get("message") if wrapped["type"] == "user_message" else None
    return said if isinstance(said, str) else ""


def _reply(message: _Message) -> str:
    """Return what the agent sent, in a call or, from agents that call nothing, as text. Thoughts are left out."""
    calls = message.tool_calls or []
    sent = [(_object(call.function.arguments) or {}).get("message") for call in calls if call.function.name == REPLY]
    found = [text for text in sent if isinstance(text, str)]
    return "\n".join(found) if calls else _text(message)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
