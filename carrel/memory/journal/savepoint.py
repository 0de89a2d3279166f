"""Put an agent's memory back to where it stood: a session is kept as a whole, or leaves nothing behind.

Rows are numbered and numbers are never reused, so all that came after is known by its number; what was changed in
place is put back from the journal.
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

_NUMBERED = (summaries, memory_events, retrievals, passages, messages, turns, sessions)
"""Tables whose rows are taken out by their number, those that refer to others first."""


@dataclass(frozen=True, slots=True)
class _SessionDates:
    """What changes in the row of a session that goes on."""

    id: str
    started_at: datetime
    last_at: datetime
    head: str | None


@dataclass(frozen=True, slots=True)
class Savepoint:
    """Where an agent's memory stood: the newest number of each table, and what is changed in place."""

    newest: dict[str, int]
    session_dates: tuple[_SessionDates, ...]
    queued: frozenset[tuple[str, int]]
    speakers: frozenset[str]


def take(scope: Scope) -> Savepoint:
    """Note where an agent's memory stands."""
    with scope.read() as connection:
        newest = {
            table.name: int(connection.execute(sa.select(sa.func.max(table.c.n))).scalar() or 0) for table in _NUMBERED
        }
        mine = sa.select(sessions).where(sessions.c.agent_id == scope.agent_id)
        known = tuple(_SessionDates(row.id, row.started_at, row.last_at, row.head) for row in connection.execute(mine))
        names = connection.execute(_speakers(scope)).scalars()
        return Savepoint(newest, known, frozenset(_queued(connection, scope)), frozenset(names))


def restore(scope: Scope, point: Savepoint) -> None:
    """Undo all that happened to this agent's memory since, whoever did it, in one transaction."""
    with scope.write() as connection:
        for event in _since(connection, scope, memory_events, point)[::-1]:
            _revert(connection, scope, event)
        for tier in TIER_TABLES:
            _unindex(connection, scope, tier, point)
        sent = _sent(connection, scope, point)
        for table in _NUMBERED:
            connection.execute(sa.delete(table).where(*_new(scope, table, point)))
        _drop_contents(connection, sent)
        _requeue(connection, scope, point)
        for dates in point.session_dates:
            values = {"started_at": dates.started_at, "last_at": dates.last_at, "head": dates.head}
            connection.execute(sa.update(sessions).where(sessions.c.id == dates.id).values(**values))
        gone = set(connection.execute(_speakers(scope)).scalars()) - point.speakers
        mine = (speakers.c.agent_id == scope.agent_id) & speakers.c.name.in_(sorted(gone))
        connection.execute(sa.delete(speakers).where(mine))


def _revert(connection: Connection, scope: Scope, event: AnyRow) -> None:
    """Put back what one change of core or archival memory replaced; what it added goes by its number."""
    if event.tier == "core":
        block = (blocks.c.agent_id == scope.agent_id) & (blocks.c.label == event.ref)
        connection.execute(sa.update(blocks).where(block).values(value=event.before or ""))
    elif event.tier == "archival" and event.before is not None:
        mine = (passages.c.agent_id == scope.agent_id) & (passages.c.id == event.ref)
        row = connection.execute(sa.select(passages).where(mine)).one()
        values = {**_before(row, event), "updated_at": row.at}
        connection.execute(sa.update(passages).where(mine).values(**values))
        if row.state == "deleted" or event.op == "tag":
            _reindex(connection, scope, row, values.get("tags", row.tags))


def _before(row: AnyRow, event: AnyRow) -> dict[str, Any]:
    """Return what one change replaced in a passage: its tags, or its state.

    A passage that was superseded before it was deleted still names its successor.
    """
    if event.op == "tag":
        return {"tags": next(row.tags[:n] for n in range(len(row.tags) + 1) if " ".join(row.tags[:n]) == event.before)}
    if event.op == "delete" and row.successor is not None:
        return {"state": "superseded"}
    return {"state": "live", "successor": None}


def _reindex(connection: Connection, scope: Scope, row: AnyRow, given: Sequence[str]) -> None:
    """Give a passage its words again, with these tags, and one that had left the indexes its place in the outbox."""
    scope.fulltext.remove(connection, "archival", list_literal([row.n]))
    scope.fulltext.add(connection, "archival", scope.agent_id, {row.n: index_words(row.text, *given)})
    connection.execute(sa.delete(tags).where(tags.c.passage_n == row.n, tags.c.tag.not_in(list(given))))
    if row.state == "deleted":
        connection.execute(outbox.insert().values(agent_id=scope.agent_id, tier="archival", row=row.n))


def _unindex(connection: Connection, scope: Scope, tier: Tier, point: Savepoint) -> None:
    """Take new rows out of the indexes of words and vectors."""
    table = TIER_TABLES[tier]
    new = sa.select(table.c.n).where(*_new(scope, table, point))
    scope.fulltext.remove(connection, tier, new)
    withdraw_rows(connection, tier, new)


def _sent(connection: Connection, scope: Scope, point: Savepoint) -> set[str]:
    """Return the hashes of what was sent in new turns."""
    new = sa.select(turns.c.id).where(*_new(scope, turns, point))
    windows: Iterable[Sequence[str]] = connection.execute(
        sa.select(steps.c.window).where(steps.c.turn_id.in_(new))
    ).scalars()
    return {part for window in windows for part in window}


def _drop_contents(connection: Connection, hashes: set[str]) -> None:
    """Drop what no step refers to any more."""
    if not hashes:
        return
    held = set(connection.execute(elements(steps.c.window)).scalars())
    for key in sorted(hashes - held):
        connection.execute(sa.delete(contents).where(contents.c.hash == key))


def _requeue(connection: Connection, scope: Scope, point: Savepoint) -> None:
    """Put back into the queues what was evicted since."""
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
    mine = sa.select(sessions.c.id).where(sessions.c.agent_id == scope.agent_id)
    return later, table.c.session_id.in_(mine)


def _speakers(scope: Scope) -> sa.Select[Any]:
    return sa.select(speakers.c.name).where(speakers.c.agent_id == scope.agent_id)
