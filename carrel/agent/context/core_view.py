"""Core memory as the head shows it: as of the last flush, so that the bytes before the tail stay the same. Pure.

What the agent changed since is in the queue, as the results of its own calls. What it cannot see there, because
somebody else changed it or the result was truncated, is shown at the tail; where that would take too much, the head
is written anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from carrel.agent.window.budget import Budget
from carrel.agent.window.truncate import truncate_text
from carrel.memory.values import Block, StoredMessage
from carrel.protocols import TokenCounter
from carrel.rendering.core_memory import TRUNCATED, parse_edit, render_block, render_edit
from carrel.rendering.notices import render_outdated_blocks


@dataclass(frozen=True, slots=True)
class CoreView:
    """Core memory as a context shows it: the blocks in the head, and what has changed since the head was written."""

    blocks: Mapping[str, str]
    """Each block as the head shows it, by label."""
    changed: tuple[str, ...] = ()
    """Blocks for the tail."""
    notice: str = ""
    renewed: bool = False
    """Whether the head was written anew and must be kept for the next request."""


def render_blocks(blocks: Sequence[Block], max_tokens: int, counter: TokenCounter) -> dict[str, str]:
    """Return each block with its heading, by label; where not all fit, the longest are truncated."""
    rendered = {block.label: render_block(block.label, block.value, block.limit, block.description) for block in blocks}
    left = max_tokens
    by_size = sorted(rendered.items(), key=lambda item: counter.count(item[1]))
    for place, (label, text) in enumerate(by_size):
        rendered[label] = truncate_text(text, left // (len(rendered) - place) - 1, counter, TRUNCATED)
        left -= counter.count(rendered[label]) + 1
    return rendered


def view_core(
    kept: Mapping[str, str] | None,
    blocks: Sequence[Block],
    shown: Sequence[StoredMessage],
    budget: Budget,
    counter: TokenCounter,
) -> CoreView:
    """Return where to show what of core memory, so that the last that the agent sees of a block is what it holds.

    `kept` is what the head of the last request showed, None where there was none; `shown` is the queue as the agent
    sees it.
    """
    now = render_blocks(blocks, budget.core, counter)
    if kept is not None and list(kept) == list(now) and _tokens(kept.values(), counter) <= budget.core:
        changed = tuple(now[block.label] for block in blocks if not _is_current(block, kept, now, shown))
        if _tokens(changed, counter) + len(changed) <= budget.changed:
            return CoreView(kept, changed)
    outdated = [block.label for block in blocks if not _is_current(block, now, now, shown)]
    notice = render_outdated_blocks(outdated) if outdated else ""
    return CoreView(now, (), notice, renewed=dict(now) != kept or list(now) != list(kept))


def _tokens(texts: Iterable[str], counter: TokenCounter) -> int:
    return sum(counter.count(text) + 1 for text in texts)


def _is_current(block: Block, head: Mapping[str, str], now: Mapping[str, str], shown: Sequence[StoredMessage]) -> bool:
    """Return whether the last that the context shows of a block is what it holds."""
    for message in reversed(shown):
        edit = parse_edit(message.text) if message.role == "tool" and message.ok else None
        if edit is not None and edit.label == block.label:
            return message.text == render_edit(block.label, block.value, block.limit)
    return head.get(block.label) == now[block.label]
