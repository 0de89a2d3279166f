"""Restore an agent's memory to an earlier state, so that a session is kept as a whole or leaves nothing behind.

Rows are numbered and numbers are never reused: all that was added since has higher numbers. What was changed in place
is undone by the journal, and turns that were undone meanwhile are put back.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.schema import (
    TIER_TABLES,
    memory_events,
    messages,
    passages,
    retrievals,
    sessions,
    speakers,
    steps,
    summaries,
    turns,
    undone_turns,
    withheld,
)
from carrel.memory.indexing.outbox import withdraw_rows
from carrel.memory.journal import events, undo
from carrel.memory.journal.contents import drop_unused_parts, parts_of
from carrel.memory.journal.reversal import undo_change
from carrel.memory.journal.scope import Scope
from carrel.memory.values import Tier

_TABLES = (summaries, memory_events, retrievals, passages, messages, turns, sessions, undone_turns)
"""The tables whose new rows are deleted by their numbers, those that refer to others first."""


@dataclass(frozen=True, slots=True)
class _SessionRow:
    """The columns of a session that its turns change."""

    id: str
    started_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Savepoint:
    """The state of an agent's memory at one moment."""

    newest: dict[str, int]
    """The highest row number of each table."""
    sessions: tuple[_SessionRow, ...]
    speakers: frozenset[str]


def take(scope: Scope) -> Savepoint:
    """Return the present state of an agent's memory."""
    with scope.read() as connection:
        newest = {
            table.name: int(connection.execute(sa.select(sa.func.max(table.c.n))).scalar() or 0) for table in _TABLES
        }
        own = sa.select(sessions).where(sessions.c.agent_id == scope.agent_id)
        known = tuple(_SessionRow(row.id, row.started_at, row.last_at) for row in connection.execute(own))
        names = connection.execute(_speakers(scope)).scalars()
        return Savepoint(newest, known, frozenset(names))


def restore(scope: Scope, point: Savepoint) -> None:
    """Undo all that happened to an agent's memory since a savepoint, whoever did it, in one transaction."""
    with scope.write() as connection:
        for change in events.changes(connection, *_new(scope, memory_events, point)):
            undo_change(connection, scope, change)
        undone = connection.execute(sa.select(undone_turns).where(*_new(scope, undone_turns, point))).fetchall()
        for tier in TIER_TABLES:
            _unindex(connection, scope, tier, point)
        new_turns = sa.select(turns.c.id).where(*_new(scope, turns, point))
        parts = parts_of(connection, steps.c.turn_id.in_(new_turns))
        for table in _TABLES:
            connection.execute(sa.delete(table).where(*_new(scope, table, point)))
        drop_unused_parts(connection, parts)
        for row in reversed(undone):
            if row.rows[turns.name][0]["n"] <= point.newest[turns.name]:
                undo.put_back(connection, scope, row.rows)
        for session in point.sessions:
            values = {"started_at": session.started_at, "last_at": session.last_at}
            connection.execute(sa.update(sessions).where(sessions.c.id == session.id).values(**values))
        gone = set(connection.execute(_speakers(scope)).scalars()) - point.speakers
        own = (speakers.c.agent_id == scope.agent_id) & speakers.c.name.in_(sorted(gone))
        connection.execute(sa.delete(speakers).where(own))


def _unindex(connection: Connection, scope: Scope, tier: Tier, point: Savepoint) -> None:
    """Remove the new rows of a tier from the indexes of words and vectors, and from what is withheld."""
    table = TIER_TABLES[tier]
    new = sa.select(table.c.n).where(*_new(scope, table, point))
    scope.fulltext.remove(connection, tier, new)
    withdraw_rows(connection, tier, new)
    connection.execute(sa.delete(withheld).where(withheld.c.tier == tier, withheld.c.row.in_(new)))


def _new(scope: Scope, table: sa.Table, point: Savepoint) -> tuple[sa.ColumnElement[bool], ...]:
    later = table.c.n > point.newest[table.name]
    if "agent_id" in table.c:
        return later, table.c.agent_id == scope.agent_id
    own = sa.select(sessions.c.id).where(sessions.c.agent_id == scope.agent_id)
    return later, table.c.session_id.in_(own)


def _speakers(scope: Scope) -> sa.Select[Any]:
    return sa.select(speakers.c.name).where(speakers.c.agent_id == scope.agent_id)
