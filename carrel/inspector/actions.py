"""What the inspector can change, where it may: blocks, passages, pins, the bin. Each change is the user's."""

from typing import Any

from carrel.inspector.parameters import Parameters
from carrel.inspector.subject import Subject
from carrel.memory.forgetting.selection import Selection
from carrel.memory.values import Cause

USER = Cause("user", reason="inspector")


def edit_block(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Rewrite a block of core memory, unless it was changed since it was read."""
    core = subject.agent(parameters.text("agent")).core
    label = parameters.text("label")
    block = core.rethink(label, parameters.text("value"), USER, read=parameters.text("read"))
    return {"label": block.label, "value": block.value}


def edit_passage(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Replace a passage by a new one, which supersedes it."""
    archival = subject.agent(parameters.text("agent")).archival
    return {"id": archival.update(parameters.text("id"), parameters.text("text"), USER).id}


def pin(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Pin a block or a passage, or unpin it."""
    agent = subject.agent(parameters.text("agent"))
    reference, pinned = parameters.text("id"), parameters.flag("pinned")
    if any(block.label == reference for block in agent.core.all()):
        return {"id": agent.core.pin(reference, pinned, USER).label, "pinned": pinned}
    return {"id": agent.archival.pin(reference, pinned, USER).id, "pinned": pinned}


def forget(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Put a memory into the bin, with all that says the same."""
    forgetting = subject.agent(parameters.text("agent")).memory.forgetting
    return forgetting.forget(Selection((parameters.text("id"),)), Cause("user")).to_json()


def restore(subject: Subject, parameters: Parameters) -> dict[str, Any]:
    """Take out of the bin what was forgotten together with a memory."""
    forgetting = subject.agent(parameters.text("agent")).memory.forgetting
    return {"restored": forgetting.restore(parameters.text("id"), Cause("user"))}
