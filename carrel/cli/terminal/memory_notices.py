"""What a turn changed in memory, in people's words. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from carrel.rendering.fact_lines import without_days
from carrel.text import one_line

if TYPE_CHECKING:  # for types only
    from carrel.memory.values import MemoryEvent

MAX_LINES = 3
"""Changes that are told one by one."""
MAX_TEXT = 120
"""Characters of a text in a line."""

SUBJECTS = {"human": "about you", "persona": "about myself"}
"""What the blocks of core memory that every agent has are about."""


def memory_lines(changes: "Sequence[MemoryEvent]") -> list[str]:
    """Return a line for each thing that was kept, corrected or removed: three, and the number of all others.

    The last one names the command that takes all of it back.
    """
    lines = list(dict.fromkeys(f"✎ {line}" for change in changes for line in _describe(change)))
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], f"  and {len(lines) - MAX_LINES} more (/memory)"]
    return [*lines[:-1], f"{lines[-1]}   /undo"] if lines else []


def _describe(change: "MemoryEvent") -> list[str]:
    """Say in a few words what a change did; nothing where it changed no text."""
    before, after = _lines(change.before), _lines(change.after)
    subject = f" {SUBJECTS.get(change.ref, f'under {change.ref!r}')}" if change.tier == "core" else ""
    if change.op in {"pin", "unpin"}:
        return [f"{change.op}ned{subject}: {_quote(after or before)}"]
    added = [line for line in after if line not in before]
    removed = [line for line in before if line not in after]
    if added and removed:
        return [f"corrected{subject}: {_quote(added)} (was: {_quote(removed)})"]
    if change.tier == "core":
        return [f"remembered{subject}: {_quote([line])}" for line in added] or [
            f"removed{subject}: {_quote([line])}" for line in removed
        ]
    return [f"remembered: {_quote(added)}"] if added else [f"removed: {_quote(removed)}"] if removed else []


def _lines(text: str | None) -> list[str]:
    return [line for line in without_days(text or "").splitlines() if line.strip()]


def _quote(lines: Sequence[str]) -> str:
    return one_line(" ".join(lines), MAX_TEXT)
