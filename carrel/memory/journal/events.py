"""Write and read the journal: every change of memory is an event with who, when, in which turn and why."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.schema import AnyRow, memory_events
from carrel.memory.values import Cause, MemoryEvent, Tier


def record(
    connection: Connection,
    *,
    agent_id: int,
    event_id: str,
    tier: Tier,
    ref: str,
    op: str,
    before: str | None,
    after: str | None,
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
        "actor": cause.actor,
        "reason": cause.reason,
        "turn_id": cause.turn,
        "step": cause.step,
        "position": cause.position,
        "at": at,
    }
    connection.execute(memory_events.insert(), values)


def of_turn(connection: Connection, agent_id: int, turn: str) -> list[MemoryEvent]:
    """Return what a turn changed, oldest first."""
    return _events(connection, memory_events.c.agent_id == agent_id, memory_events.c.turn_id == turn)


def of_memory(connection: Connection, agent_id: int, tier: Tier, ref: str) -> list[MemoryEvent]:
    """Return the history of a block, message or passage, oldest first."""
    table = memory_events.c
    return _events(connection, table.agent_id == agent_id, table.tier == tier, table.ref == ref)


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
