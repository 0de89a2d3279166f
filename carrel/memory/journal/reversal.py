"""Write one side of a change back into its row: the side before it to undo it, the side after it to redo it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import list_literal
from carrel.memory.db.schema import blocks, messages, passages, queue, sessions, summaries
from carrel.memory.db.utc import UtcTime
from carrel.memory.indexing.row_index import index_row
from carrel.memory.journal.events import Change, ChangedTier, Edit
from carrel.memory.journal.scope import Scope

QUEUED = "queued"
"""In a change of a queue: the numbers of the messages that it concerns, as far as they are in the queue."""

_TABLES: dict[ChangedTier, tuple[sa.Table, sa.ColumnElement[Any]]] = {
    "core": (blocks, blocks.c.label),
    "recall": (messages, messages.c.id),
    "archival": (passages, passages.c.id),
    "session": (sessions, sessions.c.id),
    "summary": (summaries, sa.cast(summaries.c.n, sa.Text)),
}
"""The table of what a change is about, and what `ref` names it by."""


def undo_change(connection: Connection, scope: Scope, change: Change) -> None:
    """Restore what a change replaced; a row that it added is left as it is."""
    if change.edit is not None:
        _write(connection, scope, change, change.edit)


def redo_change(connection: Connection, scope: Scope, change: Change) -> None:
    """Change again what `undo_change` restored."""
    if change.edit is not None:
        _write(connection, scope, change, Edit(change.edit.after, change.edit.before))


def _write(connection: Connection, scope: Scope, change: Change, edit: Edit) -> None:
    """Write the columns of `edit.before` in place of those of `edit.after`."""
    if change.tier == "queue":
        _write_queue(connection, change.ref, edit)
        return
    table, key = _TABLES[change.tier]
    this = key == change.ref
    if "agent_id" in table.c:
        this &= table.c.agent_id == scope.agent_id
    values = {name: _value(table.c[name], value) for name, value in edit.before.items()}
    connection.execute(sa.update(table).where(this).values(**values))
    if change.tier in ("recall", "archival"):
        n = connection.scalar(sa.select(table.c.n).where(this))
        if n is not None:
            index_row(connection, scope.fulltext, "recall" if change.tier == "recall" else "archival", n)


def _write_queue(connection: Connection, session: str, edit: Edit) -> None:
    wanted, present = set(edit.before[QUEUED]), set(edit.after[QUEUED])
    own = queue.c.session_id == session
    connection.execute(sa.delete(queue).where(own, queue.c.message_n.in_(list_literal(sorted(present - wanted)))))
    missing = messages.c.n.in_(list_literal(sorted(wanted - present)))
    there = sa.select(queue.c.message_n).where(own)
    known = sa.select(sa.literal(session), messages.c.n).where(missing, messages.c.n.not_in(there))
    connection.execute(queue.insert().from_select(["session_id", "message_n"], known))


def _value(column: sa.Column[Any], value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(column.type, UtcTime) and value is not None else value
