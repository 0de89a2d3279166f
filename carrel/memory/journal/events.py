"""Write and read the journal: every change of memory is an event with who, when, in which turn and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.schema import AnyRow, memory_events, messages
from carrel.memory.values import Cause, MemoryEvent, Tier

ChangedTier = Literal["core", "recall", "archival", "summary", "queue", "session"]
"""What an event may be about: a tier, a summary by its number, the queue of a session, or the session itself."""

TIERS: tuple[Tier, ...] = ("core", "recall", "archival")
REVIEW = "review"
"""The operation that moves the cursor of consolidation; it changes no memory."""

Columns = Mapping[str, Any]
"""Values of a row by column, as JSON: times as they are stored."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The columns of a row that a change touched, before and after it."""

    before: Columns
    after: Columns


@dataclass(frozen=True, slots=True)
class Change:
    """An event as undo needs it."""

    n: int
    tier: ChangedTier
    ref: str
    op: str
    edit: Edit | None
    """None where the change added a row, or an older version did not record the columns."""


def record(
    connection: Connection,
    *,
    agent_id: int,
    event_id: str,
    tier: ChangedTier,
    ref: str,
    op: str,
    before: str | None,
    after: str | None,
    edit: Edit | None,
    cause: Cause,
    at: datetime,
) -> None:
    """Add one event to the journal, in the transaction that makes the change."""
    values = {
        "id": event_id,
        "agent_id": agent_id,
        "tier": tier,
        "ref": ref,
        "op": op,
        "before": before,
        "after": after,
        "columns_before": None if edit is None else dict(edit.before),
        "columns_after": None if edit is None else dict(edit.after),
        "actor": cause.actor,
        "reason": cause.reason,
        "turn_id": cause.turn,
        "step": cause.step,
        "position": cause.position,
        "at": at,
    }
    connection.execute(memory_events.insert(), values)


def of_turn(connection: Connection, agent_id: int, turn: str) -> list[MemoryEvent]:
    """Return what a turn changed in core, recall and archival, oldest first; the messages it added are left out."""
    event = memory_events.c
    return _events(connection, event.agent_id == agent_id, event.turn_id == turn, event.tier.in_(TIERS))


def of_memory(connection: Connection, agent_id: int, tier: Tier, ref: str) -> list[MemoryEvent]:
    """Return the history of a block, message or passage, oldest first; that of a message begins with its addition."""
    table = memory_events.c
    added = [_addition(connection, agent_id, ref)] if tier == "recall" else []
    later = _events(
        connection, table.agent_id == agent_id, table.tier == tier, table.ref == ref, table.op.is_distinct_from(REVIEW)
    )
    return [event for event in added if event is not None] + later


def since(connection: Connection, agent_id: int, moment: datetime) -> list[MemoryEvent]:
    """Return all changes of core and archival memory after a moment, oldest first."""
    event = memory_events.c
    return _events(connection, event.agent_id == agent_id, event.at > moment, event.tier.in_(("core", "archival")))


def changes(connection: Connection, *conditions: sa.ColumnElement[bool]) -> list[Change]:
    """Return the events that meet the conditions as undo needs them, newest first."""
    rows = connection.execute(sa.select(memory_events).where(*conditions).order_by(memory_events.c.n.desc()))
    return [_change(row) for row in rows.fetchall()]


def _events(connection: Connection, *conditions: sa.ColumnElement[bool]) -> list[MemoryEvent]:
    query = sa.select(memory_events).where(*conditions).order_by(memory_events.c.n)
    rows: Sequence[AnyRow] = connection.execute(query).fetchall()
    return [_event(row) for row in rows]


def _event(row: AnyRow) -> MemoryEvent:
    data = row._mapping
    return MemoryEvent(
        id=data["id"],
        tier=data["tier"],
        ref=data["ref"],
        op=data["op"],
        before=data["before"],
        after=data["after"],
        actor=data["actor"],
        at=data["at"],
        turn=data["turn_id"],
        reason=data["reason"],
    )


def _change(row: AnyRow) -> Change:
    before, after = row.columns_before, row.columns_after
    edit = None if before is None or after is None else Edit(before, after)
    return Change(row.n, row.tier, row.ref, row.op, edit)


_ADDED = sa.select(messages).where(messages.c.agent_id == sa.bindparam("agent"), messages.c.id == sa.bindparam("ref"))


def _addition(connection: Connection, agent_id: int, ref: str) -> MemoryEvent | None:
    """Return the addition of a message as an event; its row, which is never edited, is the record of it."""
    row = connection.execute(_ADDED, {"agent": agent_id, "ref": ref}).one_or_none()
    if row is None:
        return None
    who = "import" if row.turn_id is None else "user" if row.role == "user" else "agent"
    return MemoryEvent(row.id, "recall", row.id, "insert", None, row.text, who, row.at, row.turn_id)
