"""Changes of memory that the built-in model wants, as calls of the memory tools. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Arguments = Mapping[str, str | Sequence[str]]
Call = tuple[str, Arguments]
"""A tool's name and its arguments."""

BLOCK = "human"
"""The block that tells of the user."""

MAX_CORE_FACT = 160
"""Characters of a line for core memory; a longer one goes to archival memory."""


@dataclass(slots=True)
class Edits:
    """What is to change: lines of core memory, by their block, and passages of archival memory, by their id."""

    added: list[str] = field(default_factory=list)
    """New lines for core memory."""
    archived: list[str] = field(default_factory=list)
    """New passages."""
    replaced: dict[tuple[str, str], str] = field(default_factory=dict)
    """New text for a line of a block; empty where it is removed."""
    updated: dict[str, str] = field(default_factory=dict)
    """New text for a passage."""
    deleted: list[str] = field(default_factory=list)
    """Passages to remove."""

    def add(self, line: str) -> None:
        """Add a line, where it fits: a long one as a passage."""
        (self.added if len(line) <= MAX_CORE_FACT else self.archived).append(line)

    def calls(self, core: Mapping[str, str]) -> list[Call]:
        """Return the calls that make the changes; `core` is what the blocks hold before."""
        return [*self._replacing(core), *self._adding(), *self._of_passages()]

    def _adding(self) -> Iterator[Call]:
        if self.added:
            yield "core_memory_append", {"label": BLOCK, "content": "\n".join(self.added)}
        for text in self.archived:
            yield "archival_insert", {"text": text}

    def _replacing(self, core: Mapping[str, str]) -> Iterator[Call]:
        for label, value in core.items():
            changes = {line: new for (block, line), new in self.replaced.items() if block == label}
            if changes:
                yield _replace(label, value.splitlines(), changes)

    def _of_passages(self) -> Iterator[Call]:
        for id, text in self.updated.items():
            yield "archival_update", {"id": id, "text": text}
        for id in self.deleted:
            yield "archival_delete", {"id": id}


def _replace(label: str, lines: Sequence[str], changes: Mapping[str, str]) -> Call:
    """Return the call that changes lines of a block: by their text where that is unambiguous, else the whole block."""
    value = "\n".join(lines)
    if len(changes) == 1:
        ((line, new),) = changes.items()
        old = line if new else _with_break(line, lines)
        if value.count(old) == 1:
            return "core_memory_replace", {"label": label, "old": old, "new": new}
    kept = [changes.get(line, line) for line in lines]
    return "core_memory_rethink", {"label": label, "value": "\n".join(line for line in kept if line)}


def _with_break(line: str, lines: Sequence[str]) -> str:
    """Return a line with the break after it, or before it where it is the last."""
    if len(lines) == 1:
        return line
    return f"\n{line}" if lines[-1] == line else f"{line}\n"
