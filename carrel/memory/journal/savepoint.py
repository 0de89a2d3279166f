"""Restore an agent's memory to an earlier state, so that a session is kept as a whole or leaves nothing behind.

Rows are numbered and numbers are never reused: all that was added since has higher numbers. What was changed in place
is restored from the journal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import elements, list_literal
from carrel.memory.db.schema import (
    TIER_TABLES,
    AnyRow,
    blocks,
    contents,
    memory_events,
    messages,
    outbox,
    passages,
    queue,
    retrievals,
    sessions,
    speakers,
    steps,
    summaries,
    tags,
    turns,
)
from carrel.memory.indexing.outbox import withdraw_rows
from carrel.memory.journal.scope import Scope
from carrel.memory.values import Tier
from carrel.words import index_words

_TABLES = (summaries, memory_events, retrievals, passages, messages, turns, sessions)
"""The tables whose new rows are deleted by their numbers, those that refer to others first."""


@dataclass(frozen=True, slots=True)
class _SessionRow:
    """The columns of a session that its turns change."""

    id: str
    started_at: datetime
    last_at: datetime
    head: str | None


@dataclass(frozen=True, slots=True)
class Savepoint:
    """The state of an agent's memory at one moment."""

    newest: dict[str, int]
    """The highest row number of each table."""
    sessions: tuple[_SessionRow, ...]
    queued: frozenset[tuple[str, int]]
    """Session and message number of all that stood in a queue."""
    speakers: frozenset[str]


def take(scope: Scope) -> Savepoint:
    """Return the present state of an agent's memory."""
    with scope.read() as connection:
        newest = {
            table.name: int(connection.execute(sa.select(sa.func.max(table.c.n))).scalar() or 0) for table in _TABLES
        }
        own = sa.select(sessions).where(sessions.c.agent_id == scope.agent_id)
        known = tuple(_SessionRow(row.id, row.started_at, row.last_at, row.head) for row in connection.execute(own))
        names = connection.execute(_speakers(scope)).scalars()
        return Savepoint(newest, known, frozenset(_queued(connection, scope)), frozenset(names))


def restore(scope: Scope, point: Savepoint) -> None:
    """Undo all that happened to an agent's memory since a savepoint, whoever did it, in one transaction."""
    with scope.write() as connection:
        for event in _since(connection, scope, memory_events, point)[::-1]:
            _revert(connection, scope, event)
        for tier in TIER_TABLES:
            _unindex(connection, scope, tier, point)
        parts = _new_request_parts(connection, scope, point)
        for table in _TABLES:
            connection.execute(sa.delete(table).where(*_new(scope, table, point)))
        _drop_unused_parts(connection, parts)
        _requeue(connection, scope, point)
        for session in point.sessions:
            values = {"started_at": session.started_at, "last_at": session.last_at, "head": session.head}
            connection.execute(sa.update(sessions).where(sessions.c.id == session.id).values(**values))
        gone = set(connection.execute(_speakers(scope)).scalars()) - point.speakers
        own = (speakers.c.agent_id == scope.agent_id) & speakers.c.name.in_(sorted(gone))
        connection.execute(sa.delete(speakers).where(own))


def _revert(connection: Connection, scope: Scope, event: AnyRow) -> None:
    """Restore what a change of core or archival memory replaced; what it added is deleted by its number."""
    if event.tier == "core":
        block = (blocks.c.agent_id == scope.agent_id) & (blocks.c.label == event.ref)
        connection.execute(sa.update(blocks).where(block).values(value=event.before or ""))
    elif event.tier == "archival" and event.before is not None:
        own = (passages.c.agent_id == scope.agent_id) & (passages.c.id == event.ref)
        row = connection.execute(sa.select(passages).where(own)).one()
        values = {**_before(row, event), "updated_at": row.at}
        connection.execute(sa.update(passages).where(own).values(**values))
        if row.state == "deleted" or event.op == "tag":
            _reindex(connection, scope, row, values.get("tags", row.tags))


def _before(row: AnyRow, event: AnyRow) -> dict[str, Any]:
    """Return the columns of a passage as they were before a change: its tags, or its state.

    A passage that was superseded before it was deleted still names its successor.
    """
    if event.op == "tag":
        return {"tags": next(row.tags[:n] for n in range(len(row.tags) + 1) if " ".join(row.tags[:n]) == event.before)}
    if event.op == "delete" and row.successor is not None:
        return {"state": "superseded"}
    return {"state": "live", "successor": None}


def _reindex(connection: Connection, scope: Scope, row: AnyRow, tag_names: Sequence[str]) -> None:
    """Index a passage again with these tags; one that was deleted is also put into the outbox to be embedded."""
    scope.fulltext.remove(connection, "archival", list_literal([row.n]))
    scope.fulltext.add(connection, "archival", scope.agent_id, {row.n: index_words(row.text, *tag_names)})
    connection.execute(sa.delete(tags).where(tags.c.passage_n == row.n, tags.c.tag.not_in(list(tag_names))))
    if row.state == "deleted":
        connection.execute(outbox.insert().values(agent_id=scope.agent_id, tier="archival", row=row.n))


def _unindex(connection: Connection, scope: Scope, tier: Tier, point: Savepoint) -> None:
    """Remove the new rows of a tier from the indexes of words and vectors."""
    table = TIER_TABLES[tier]
    new = sa.select(table.c.n).where(*_new(scope, table, point))
    scope.fulltext.remove(connection, tier, new)
    withdraw_rows(connection, tier, new)


def _new_request_parts(connection: Connection, scope: Scope, point: Savepoint) -> set[str]:
    """Return the hashes of all parts of the requests of new turns."""
    new = sa.select(turns.c.id).where(*_new(scope, turns, point))
    requests: Iterable[Sequence[str]] = connection.scalars(sa.select(steps.c.window).where(steps.c.turn_id.in_(new)))
    return {part for request in requests for part in request}


def _drop_unused_parts(connection: Connection, hashes: set[str]) -> None:
    """Delete those of these parts that no request holds any more."""
    if not hashes:
        return
    used = set(connection.scalars(elements(steps.c.window)))
    for key in sorted(hashes - used):
        connection.execute(sa.delete(contents).where(contents.c.hash == key))


def _requeue(connection: Connection, scope: Scope, point: Savepoint) -> None:
    """Put the messages that were evicted since back into their queues."""
    missing = point.queued - set(_queued(connection, scope))
    rows = [{"session_id": session, "message_n": n} for session, n in sorted(missing)]
    if rows:
        connection.execute(queue.insert(), rows)


def _queued(connection: Connection, scope: Scope) -> list[tuple[str, int]]:
    joined = sa.select(queue.c.session_id, queue.c.message_n).join_from(queue, sessions)
    rows = connection.execute(joined.where(sessions.c.agent_id == scope.agent_id))
    return [(row.session_id, row.message_n) for row in rows]


def _since(connection: Connection, scope: Scope, table: sa.Table, point: Savepoint) -> list[AnyRow]:
    chosen = sa.select(table).where(*_new(scope, table, point)).order_by(table.c.n)
    return list(connection.execute(chosen).fetchall())


def _new(scope: Scope, table: sa.Table, point: Savepoint) -> tuple[sa.ColumnElement[bool], ...]:
    later = table.c.n > point.newest[table.name]
    if "agent_id" in table.c:
        return later, table.c.agent_id == scope.agent_id
    own = sa.select(sessions.c.id).where(sessions.c.agent_id == scope.agent_id)
    return later, table.c.session_id.in_(own)


def _speakers(scope: Scope) -> sa.Select[Any]:
    return sa.select(speakers.c.name).where(speakers.c.agent_id == scope.agent_id)
