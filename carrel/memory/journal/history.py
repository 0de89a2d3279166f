"""What the journal tells: who wrote each line of a block, what a memory said before, and what was known at a time."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.schema import agents, blocks, memory_events, passages
from carrel.memory.journal import events
from carrel.memory.journal.events import Change
from carrel.memory.journal.scope import Scope
from carrel.memory.values import MemoryEvent, Tier


@dataclass(frozen=True, slots=True)
class BlameLine:
    """A line of a block with the change that wrote it."""

    text: str
    event: MemoryEvent | None
    """None where the line was there from the beginning."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a memory said after a change; the first one is what it said before all changes."""

    text: str
    event: MemoryEvent | None


@dataclass(frozen=True, slots=True)
class PastPassage:
    """A passage that was live at a time."""

    id: str
    text: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PastMemory:
    """Core and archival memory as they were at a time."""

    blocks: dict[str, str]
    """The value of each block by label."""
    passages: tuple[PastPassage, ...]


def versions(history: Sequence[MemoryEvent]) -> list[Version]:
    """Return the texts that a memory has had, oldest first, by its events in order; changes of tags are left out."""
    texts = [event for event in history if event.op != "tag"]
    first = [Version(texts[0].before, None)] if texts and texts[0].before is not None else []
    return first + [Version(event.after or "", event) for event in texts]


def blame(value: str, history: Sequence[MemoryEvent]) -> list[BlameLine]:
    """Return the lines of a block, each with the change that wrote it, by the block's events in order."""
    past = versions(history) or [Version(value, None)]
    lines = [BlameLine(line, None) for line in past[0].text.splitlines()]
    if past[0].event is not None:
        lines = [BlameLine(line.text, past[0].event) for line in lines]
    for version in past[1:]:
        lines = _carry(lines, version)
    return lines


def diff(before: Version, after: Version) -> list[str]:
    """Return the lines that differ between two versions, as `diff -u` prints them without its head."""
    lines = difflib.unified_diff(before.text.splitlines(), after.text.splitlines(), lineterm="")
    return list(lines)[2:]


def memory_at(connection: Connection, scope: Scope, moment: datetime) -> PastMemory:
    """Return core and archival memory as they were at a moment: the present, with all later changes taken back."""
    own = memory_events.c.agent_id == scope.agent_id
    later = events.changes(connection, own, memory_events.c.at > moment, memory_events.c.tier.in_(("core", "archival")))
    return PastMemory(_blocks_at(connection, scope, later, moment), _passages_at(connection, scope, later, moment))


def _carry(lines: Sequence[BlameLine], version: Version) -> list[BlameLine]:
    """Return the lines of a version: those that were there before with whoever wrote them."""
    texts = version.text.splitlines()
    matcher = difflib.SequenceMatcher(None, [line.text for line in lines], texts, autojunk=False)
    carried = [BlameLine(text, version.event) for text in texts]
    for block in matcher.get_matching_blocks():
        carried[block.b : block.b + block.size] = lines[block.a : block.a + block.size]
    return carried


def _blocks_at(connection: Connection, scope: Scope, later: Sequence[Change], moment: datetime) -> dict[str, str]:
    made = sa.select(agents.c.created_at).where(agents.c.id == scope.agent_id)
    if connection.execute(made).scalar_one() > moment:
        return {}
    now = sa.select(blocks.c.label, blocks.c.value).where(blocks.c.agent_id == scope.agent_id)
    values = {label: value for label, value in connection.execute(now.order_by(blocks.c.position))}
    for change in _of_tier(later, "core"):
        if change.edit is not None and change.ref in values:
            values[change.ref] = change.edit.before["value"]
    return values


def _passages_at(
    connection: Connection, scope: Scope, later: Sequence[Change], moment: datetime
) -> tuple[PastPassage, ...]:
    own = sa.select(passages).where(passages.c.agent_id == scope.agent_id)
    rows = {row.id: dict(row._mapping) for row in connection.execute(own.order_by(passages.c.n))}
    for change in _of_tier(later, "archival"):
        if change.op == "insert":
            rows.pop(change.ref, None)
        elif change.edit is not None and change.ref in rows:
            rows[change.ref].update(change.edit.before)
    added = _added(connection, scope)
    return tuple(
        PastPassage(row["id"], row["text"], tuple(row["tags"]))
        for row in rows.values()
        if row["state"] == "live" and (row["id"] in added or row["at"] <= moment)
    )


def _of_tier(changes: Sequence[Change], tier: Tier) -> list[Change]:
    return [change for change in changes if change.tier == tier]


def _added(connection: Connection, scope: Scope) -> set[Any]:
    """Return the ids of the passages whose addition is an event; a successor was added when its `at` says."""
    event = memory_events.c
    inserts = sa.select(event.ref).where(
        event.agent_id == scope.agent_id, event.tier == "archival", event.op == "insert"
    )
    return set(connection.scalars(inserts))
