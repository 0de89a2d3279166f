"""Core memory in the head: as it was at the last flush, so that the bytes before the tail stay the same. Pure.

What the agent changed since stands in the queue, as the results of the calls that changed it. What it cannot see there,
because somebody else changed it or because the result was cut, is shown at the tail; where that would take too much,
the head is written anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from carrel.agent.window.budget import Budget
from carrel.agent.window.truncate import fitted
from carrel.memory.values import Block, StoredMessage
from carrel.protocols import TokenCounter
from carrel.rendering.core_memory import TRUNCATED, parse_edit, render_block
from carrel.rendering.notices import blocks_outdated
from carrel.tools.memory.core import block_text


@dataclass(frozen=True, slots=True)
class Head:
    """Core memory as the context shows it: block by block in the head, and what of it has changed since."""

    core: Mapping[str, str]
    changed: tuple[str, ...] = ()
    notice: str = ""
    renewed: bool = False
    """Whether the head was written anew, and is to be kept."""


def rendered(blocks: Sequence[Block], most: int, counter: TokenCounter) -> dict[str, str]:
    """Render each block; a window too small for all shows the beginnings of the longest."""
    found = {block.label: _block(block) for block in blocks}
    left = most
    by_size = sorted(found.items(), key=lambda item: counter.count(item[1]))
    for place, (label, text) in enumerate(by_size):
        found[label] = fitted(text, left // (len(found) - place) - 1, counter, TRUNCATED)
        left -= counter.count(found[label]) + 1
    return found


def head_of(
    kept: Mapping[str, str] | None,
    blocks: Sequence[Block],
    shown: Sequence[StoredMessage],
    budget: Budget,
    counter: TokenCounter,
) -> Head:
    """Return what of core memory to show where, so that the last that the agent sees of a block is what is stored.

    `kept` is the head of the request before, None where there is none; `shown` is the queue as the agent sees it.
    """
    now = rendered(blocks, budget.core, counter)
    if kept is not None and list(kept) == list(now) and _tokens(kept.values(), counter) <= budget.core:
        changed = tuple(now[block.label] for block in blocks if not _seen(block, kept, now, shown))
        if _tokens(changed, counter) + len(changed) <= budget.changed:
            return Head(kept, changed)
    outdated = [block.label for block in blocks if not _seen(block, now, now, shown)]
    notice = blocks_outdated(outdated) if outdated else ""
    return Head(now, (), notice, renewed=dict(now) != kept or list(now) != list(kept))


def _tokens(texts: Iterable[str], counter: TokenCounter) -> int:
    return sum(counter.count(text) + 1 for text in texts)


def _seen(block: Block, head: Mapping[str, str], now: Mapping[str, str], shown: Sequence[StoredMessage]) -> bool:
    """Return whether the last that the context shows of a block is what it holds."""
    for message in reversed(shown):
        edit = parse_edit(message.text) if message.role == "tool" and message.ok else None
        if edit is not None and edit.label == block.label:
            return message.text == block_text(block)
    return head.get(block.label) == now[block.label]


def _block(block: Block) -> str:
    return render_block(block.label, block.value, block.limit, block.description)
