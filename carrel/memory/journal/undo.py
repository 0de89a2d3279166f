"""Undo and redo whole turns: their messages, what they changed in memory, and what is recorded about them.

An undone turn leaves the tables and is kept as it was, row by row, until it is redone or can no longer be: once another
turn was made, or what it changed was changed by somebody else.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import Conflict, NotFound
from carrel.memory.db.dialect import list_literal
from carrel.memory.db.schema import (
    TIER_TABLES,
    contents,
    memory_events,
    messages,
    passages,
    queue,
    retrieval_hits,
    retrievals,
    sessions,
    steps,
    summaries,
    tool_runs,
    turns,
    undone_turns,
    withheld,
)
from carrel.memory.indexing.outbox import withdraw_rows
from carrel.memory.indexing.row_index import index_row
from carrel.memory.journal import events
from carrel.memory.journal.contents import drop_unused_parts, parts_of
from carrel.memory.journal.events import REVIEW
from carrel.memory.journal.reversal import redo_change, undo_change
from carrel.memory.journal.rows import RawRow, read_rows, write_rows
from carrel.memory.journal.scope import Scope
from carrel.memory.values import MemoryEvent

_THIS: sa.BindParameter[str] = sa.bindparam("turn")
_HITS = retrieval_hits.c.retrieval_n.in_(sa.select(retrievals.c.n).where(retrievals.c.turn_id == _THIS))
_QUEUED = queue.c.message_n.in_(sa.select(messages.c.n).where(messages.c.turn_id == _THIS))
_WITHHELD = (withheld.c.tier == "recall") & withheld.c.row.in_(
    sa.select(messages.c.n).where(messages.c.turn_id == _THIS)
)
_OWN: dict[sa.Table, sa.ColumnElement[bool]] = {
    turns: turns.c.id == _THIS,
    steps: steps.c.turn_id == _THIS,
    messages: messages.c.turn_id == _THIS,
    queue: _QUEUED,
    tool_runs: tool_runs.c.turn_id == _THIS,
    retrievals: retrievals.c.turn_id == _THIS,
    retrieval_hits: _HITS,
    summaries: summaries.c.turn_id == _THIS,
    passages: passages.c.turn_id == _THIS,
    memory_events: memory_events.c.turn_id == _THIS,
    withheld: _WITHHELD,
}
"""The condition of the rows that a turn wrote, by table; a table stands after those that it refers to."""


@dataclass(frozen=True, slots=True)
class ReversedTurn:
    """A turn that was undone or redone."""

    turn: str
    messages: int
    """How many messages it has."""
    changes: tuple[MemoryEvent, ...]
    """What it had changed in core, recall and archival."""


def undo(scope: Scope, connection: Connection, turn: str | None = None) -> ReversedTurn:
    """Undo the newest turn, and return it. Nothing that a tool did outside of memory is undone.

    Raises:
        NotFound: there is no turn.
        Conflict: `turn` is not the newest one, an older version made it, or what it changed was changed since. Nothing
            is undone.
    """
    row = _newest_turn(connection, scope)
    if row is None:
        raise NotFound(f"Agent '{scope.agent}' has no turn that could be undone.", "Say something first.")
    if turn is not None and turn != row.id:
        raise Conflict(f"Turn '{turn}' is not the last one.", f"Undo '{row.id}' first.")
    if row.session_last_at is None:
        raise Conflict(f"Turn '{row.id}' cannot be undone: an older version made it.", "Edit or forget what it left.")
    _refuse_conflicts(connection, scope, row.id)
    done = _describe(connection, scope, row.id)
    rows = _take(connection, scope, row)
    kept = {"agent_id": scope.agent_id, "turn": row.id, "at": scope.now(), "rows": rows, **_newest(connection, scope)}
    connection.execute(undone_turns.insert(), kept)
    return done


def redo(scope: Scope, connection: Connection) -> ReversedTurn:
    """Redo the turn that was undone last, and return it.

    Raises:
        NotFound: no turn was undone.
        Conflict: another turn was made since, or what the turn changed was changed since. Nothing is redone.
    """
    own = undone_turns.c.agent_id == scope.agent_id
    row = connection.execute(sa.select(undone_turns).where(own).order_by(undone_turns.c.n.desc()).limit(1)).first()
    if row is None:
        raise NotFound(f"Agent '{scope.agent}' has no turn that was undone.", "Undo one with carrel memory undo.")
    now = _newest(connection, scope)
    if now["last_turn"] != row.last_turn:
        raise Conflict(f"Turn '{row.turn}' cannot be redone: another turn was made since.", "Undo that one first.")
    if _touched_since(connection, scope, row):
        raise Conflict(f"Turn '{row.turn}' cannot be redone: what it changed was changed since.", "Say it again.")
    put_back(connection, scope, row.rows)
    connection.execute(sa.delete(undone_turns).where(undone_turns.c.n == row.n))
    return _describe(connection, scope, row.turn)


def count_undone(scope: Scope, connection: Connection) -> int:
    """Return how many turns were undone and not redone."""
    own = sa.select(sa.func.count()).where(undone_turns.c.agent_id == scope.agent_id)
    return int(connection.execute(own).scalar_one())


def _newest_turn(connection: Connection, scope: Scope) -> sa.Row[Any] | None:
    own = sa.select(turns).where(turns.c.agent_id == scope.agent_id)
    return connection.execute(own.order_by(turns.c.n.desc()).limit(1)).first()


def _newest(connection: Connection, scope: Scope) -> dict[str, int]:
    """Return the numbers of the agent's newest turn and event; 0 where it has none."""
    found = {}
    for name, table in (("last_turn", turns), ("last_event", memory_events)):
        highest = sa.select(sa.func.max(table.c.n)).where(table.c.agent_id == scope.agent_id)
        found[name] = int(connection.execute(highest).scalar() or 0)
    return found


def _refuse_conflicts(connection: Connection, scope: Scope, turn: str) -> None:
    own, later = memory_events.alias("own"), memory_events.alias("later")
    same = (own.c.tier == later.c.tier) & (own.c.ref == later.c.ref) & (own.c.n < later.c.n)
    foreign = (later.c.agent_id == scope.agent_id) & later.c.turn_id.is_distinct_from(turn) & (later.c.op != REVIEW)
    edited = sa.select(later).join_from(own, later, same).where(own.c.turn_id == turn, foreign)
    said = sa.select(messages.c.id).where(messages.c.turn_id == turn)
    forgotten = sa.select(later).where(later.c.tier == "recall", later.c.ref.in_(said), foreign)
    found = connection.execute(sa.union(edited, forgotten)).first()
    if found is not None:
        what = f"'{found.ref}' was changed since, by {found.actor} ({found.op})"
        raise Conflict(f"Turn '{turn}' cannot be undone: {what}.", "Undo or restore that change first.")


def _touched_since(connection: Connection, scope: Scope, undone: sa.Row[Any]) -> bool:
    """Return whether something that an undone turn changed was changed after it was undone."""
    changed = {(event["tier"], event["ref"]) for event in undone.rows["memory_events"]}
    event = memory_events.c
    newer = sa.select(event.tier, event.ref).where(event.agent_id == scope.agent_id, event.n > undone.last_event)
    return any((row.tier, row.ref) in changed for row in connection.execute(newer))


def _describe(connection: Connection, scope: Scope, turn: str) -> ReversedTurn:
    count = sa.select(sa.func.count()).where(messages.c.turn_id == turn)
    changed = tuple(events.of_turn(connection, scope.agent_id, turn))
    return ReversedTurn(turn, int(connection.execute(count).scalar_one()), changed)


def _take(connection: Connection, scope: Scope, turn: sa.Row[Any]) -> dict[str, list[RawRow]]:
    """Remove a turn from the tables, restore what it replaced, and return its rows."""
    this = {"turn": turn.id}
    rows = {table.name: read_rows(connection, table, own, this) for table, own in _OWN.items()}
    for change in events.changes(connection, memory_events.c.turn_id == turn.id):
        undo_change(connection, scope, change)
    parts = parts_of(connection, steps.c.turn_id == turn.id)
    for tier, table in TIER_TABLES.items():
        new = sa.select(table.c.n).where(table.c.turn_id == turn.id)
        scope.fulltext.remove(connection, tier, new)
        withdraw_rows(connection, tier, new)
    for table, own in reversed(_OWN.items()):
        connection.execute(sa.delete(table).where(own), this)
    rows[contents.name] = drop_unused_parts(connection, parts)
    return {**rows, **_take_session(connection, turn)}


def _take_session(connection: Connection, turn: sa.Row[Any]) -> dict[str, list[RawRow]]:
    """Restore the date of the turn's session, or remove a session that began with the turn, and return its row."""
    this = sessions.c.id == turn.session_id
    before = read_rows(connection, sessions, this)
    left = [sa.select(sa.literal(1)).where(table.c.session_id == turn.session_id) for table in (turns, messages)]
    if before[0]["name"] is None and connection.execute(sa.union_all(*left).limit(1)).first() is None:
        connection.execute(sa.delete(sessions).where(this))
    else:
        imported = sa.select(sa.func.max(messages.c.at)).where(
            messages.c.session_id == turn.session_id, messages.c.turn_id.is_(None)
        )
        latest = connection.execute(imported).scalar()
        last_at = max(turn.session_last_at, latest) if latest else turn.session_last_at
        connection.execute(sa.update(sessions).where(this).values(last_at=last_at))
    return {sessions.name: before}


def put_back(connection: Connection, scope: Scope, rows: dict[str, list[RawRow]]) -> None:
    """Write the rows of an undone turn back, and change again what it had changed."""
    _put_back_session(connection, rows[sessions.name])
    _put_back_parts(connection, rows[contents.name])
    for table in _OWN:
        write_rows(connection, table, rows[table.name])
    for tier, table in TIER_TABLES.items():
        for row in rows[table.name]:
            index_row(connection, scope.fulltext, tier, row["n"])
    numbers = [row["n"] for row in rows[memory_events.name]]
    again = events.changes(connection, memory_events.c.n.in_(list_literal(numbers)))
    for change in reversed(again):
        redo_change(connection, scope, change)


def _put_back_session(connection: Connection, rows: list[RawRow]) -> None:
    for row in rows:
        if not connection.execute(sa.select(sessions.c.n).where(sessions.c.id == row["id"])).first():
            write_rows(connection, sessions, [row])
        raw = sa.table(sessions.name, sa.column("id"), sa.column("last_at"))
        connection.execute(sa.update(raw).where(raw.c.id == row["id"]).values(last_at=row["last_at"]))


def _put_back_parts(connection: Connection, rows: list[RawRow]) -> None:
    """Write back the parts of requests that nobody has stored meanwhile."""
    for row in rows:
        if not connection.execute(sa.select(contents.c.hash).where(contents.c.hash == row["hash"])).first():
            write_rows(connection, contents, [row])
