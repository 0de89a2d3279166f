"""The agent edits its core memory."""

from collections.abc import Callable

from carrel.memory.tiers.core import Core
from carrel.memory.values import Block
from carrel.rendering.core_memory import render_edit
from carrel.tools.tool import ToolContext, tool


@tool(effect="memory")
def core_memory_append(context: ToolContext, label: str, content: str) -> str:
    """Add a line to a core memory block. For lasting facts that matter in every conversation.

    Args:
        label: the block, such as human or persona
    """
    return _edited(context, label, lambda core, _: core.append(label, content, context.cause))


@tool(effect="memory")
def core_memory_replace(context: ToolContext, label: str, old: str, new: str) -> str:
    """Replace text in a core memory block; empty new text deletes it.

    Args:
        old: text that stands in the block exactly once
    """
    return _edited(context, label, lambda core, _: core.replace(label, old, new, context.cause))


@tool(effect="memory")
def core_memory_rethink(context: ToolContext, label: str, value: str) -> str:
    """Write a core memory block anew as a whole; to condense or reorder it."""
    return _edited(context, label, lambda core, read: core.rethink(label, value, context.cause, read))


def _edited(context: ToolContext, label: str, edit: Callable[[Core, str | None], Block]) -> str:
    """Edit a block, given what the model has read of it; where it held that, the model knows what it holds now."""
    core = context.memory.core
    before = core[label]
    read = context.core.get(before.label)
    block = edit(core, read)
    if read == before.value:
        context.core[before.label] = block.value
    return block_text(block)


def block_text(block: Block) -> str:
    """Return a block as the calls that change it show it: the last of these in view is what the block holds."""
    return render_edit(block.label, block.value, block.limit)
