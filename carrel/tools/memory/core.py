"""Tools by which the agent edits its core memory."""

from collections.abc import Callable

from carrel.memory.tiers.core import Core
from carrel.memory.values import Block
from carrel.rendering.core_memory import render_edit
from carrel.tools.tool import ToolContext, ToolOutput, tool


@tool(effect="memory")
def core_memory_append(context: ToolContext, label: str, content: str) -> ToolOutput:
    """Add a line to a core memory block. For lasting facts that matter in every conversation.

    Args:
        label: the block, such as human or persona
    """
    return _edit(context, label, lambda core, _: core.append(label, content, context.cause))


@tool(effect="memory")
def core_memory_replace(context: ToolContext, label: str, old: str, new: str) -> ToolOutput:
    """Replace text in a core memory block; empty new text deletes it.

    Args:
        old: text that occurs in the block exactly once
    """
    return _edit(context, label, lambda core, _: core.replace(label, old, new, context.cause))


@tool(effect="memory")
def core_memory_rethink(context: ToolContext, label: str, value: str) -> ToolOutput:
    """Rewrite a whole core memory block; use this to condense or reorder it."""
    return _edit(context, label, lambda core, read: core.rethink(label, value, context.cause, read))


def _edit(context: ToolContext, label: str, edit: Callable[[Core, str | None], Block]) -> ToolOutput:
    """Edit a block, given what the model has read of it; if that was up to date, the model knows the new value too."""
    core = context.memory.core
    before = core[label]
    read = context.core.get(before.label)
    block = edit(core, read)
    known = {before.label: block.value} if read == before.value else {}
    return ToolOutput(render_edit(block.label, block.value, block.limit), core=known)
