"""Memories of mem0, as its API and its exports list them: each becomes a passage."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from carrel.errors import BadFile
from carrel.formats.agents.foreign_agent import ForeignAgent, ForeignPassage
from carrel.formats.exports import HINT
from carrel.formats.times import read_time

_LISTS = ("results", "memories")
"""Where an object has the list."""


class _Memory(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str | None = None
    memory: str
    user_id: str | None = None
    agent_id: str | None = None
    categories: list[str] | None = None
    created_at: Any = None
    updated_at: Any = None


def is_mem0(data: Any) -> bool:
    """Return whether the content of a file are memories of mem0."""
    found = _memories(data)
    return bool(found) and isinstance(found[0], dict) and "memory" in found[0]


def read(data: Any, subject: str) -> ForeignAgent:
    """Return the memories in the content of a file as an agent. Raise BadFile, which begins with the subject."""
    memories: list[_Memory] = []
    for number, given in enumerate(_memories(data), 1):
        try:
            memories.append(_Memory.model_validate(given))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise BadFile(f"{subject}, memory {number}: {place}: {first['msg']}.", HINT) from None
    owners = {memory.user_id or memory.agent_id for memory in memories} - {None}
    return ForeignAgent(
        program="mem0",
        name=str(next(iter(owners))) if len(owners) == 1 else "mem0",
        created=min(read_time(memory.created_at) for memory in memories),
        passages=[_to_passage(memory) for memory in memories if memory.memory.strip()],
    )


def _to_passage(memory: _Memory) -> ForeignPassage:
    at = read_time(memory.updated_at or memory.created_at)
    return ForeignPassage(memory.memory.strip(), at, tuple(memory.categories or ()), memory.id)


def _memories(data: Any) -> list[Any]:
    if isinstance(data, Mapping):
        data = next((data[name] for name in _LISTS if isinstance(data.get(name), list)), None)
    return data if isinstance(data, list) else []
