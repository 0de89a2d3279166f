"""Core memory: each block with who wrote its lines, and the versions of any memory with what changed between them."""

from typing import Any

from carrel.agent.agent import Agent
from carrel.inspector.parameters import Parameters
from carrel.inspector.subject import Subject
from carrel.memory.journal.history import Version, diff, versions
from carrel.memory.values import Block, MemoryEvent

MAX_VERSIONS = 100
"""The newest versions that are shown."""


def show_core(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Return the blocks of core memory, with the change that wrote each line."""
    agent = subject.agent(parameters.text("agent"))
    return {"blocks": [_block_json(agent, block) for block in agent.core.all()]}


def show_history(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Return the versions of a block, message or passage, newest first, each with the lines that changed."""
    agent = subject.agent(parameters.text("agent"))
    reference = parameters.text("id")
    past = versions(events_of(agent, reference))
    pairs = list(zip([Version("", None), *past], past, strict=False))
    newest = [_version_json(before, after) for before, after in pairs[::-1][:MAX_VERSIONS]]
    return {"id": reference, "versions": newest, "total": len(past)}


def events_of(agent: Agent, reference: str) -> list[MemoryEvent]:
    """Return the changes of a block, message or passage, oldest first. Raise NotFound."""
    if any(block.label == reference for block in agent.core.all()):
        return agent.memory.history("core", reference)
    found = agent.memory.forgetting.find_id(reference)
    return agent.memory.history("recall" if found.startswith("m-") else "archival", found)


def _block_json(agent: Agent, block: Block) -> dict[str, Any]:
    return {
        "label": block.label,
        "value": block.value,
        "limit": block.limit,
        "description": block.description,
        "pinned": block.read_only,
        "lines": [
            {"text": line.text, "event": line.event.to_json() if line.event else None}
            for line in agent.memory.blame(block.label)
        ],
    }


def _version_json(before: Version, after: Version) -> dict[str, Any]:
    event = after.event.to_json() if after.event else None
    return {"event": event, "text": after.text, "diff": diff(before, after)}
