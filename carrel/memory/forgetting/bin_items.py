"""What is in the bin: messages, passages and lines of core memory that were forgotten and can be restored."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.schema import memory_events, messages, passages
from carrel.memory.forgetting.items import ERASED, Item, lines_of, message_item, passage_item
from carrel.memory.journal.scope import Scope

FORGET, RESTORE = "forget", "restore"
"""The operations that put something into the bin and take it out again."""


def bin_items(connection: Connection, scope: Scope, until: datetime | None = None) -> list[Item]:
    """Return what is in the bin, or of that what was put there until a moment; lines of core memory included."""
    found: list[Item] = []
    for table, read in ((messages, message_item), (passages, passage_item)):
        old = table.c.forgotten_at <= until if until else table.c.forgotten_at.is_not(None)
        own = (table.c.agent_id == scope.agent_id) & (table.c.text != ERASED)
        rows = connection.execute(sa.select(table).where(own, old).order_by(table.c.n))
        found += [read(row) for row in rows.fetchall()]
    return found + forgotten_lines(connection, scope, until)


def has_older(connection: Connection, scope: Scope, moment: datetime) -> bool:
    """Return whether something was put into the bin before a moment and is still there."""
    for table in (messages, passages):
        old = (table.c.agent_id == scope.agent_id) & (table.c.forgotten_at <= moment) & (table.c.text != ERASED)
        if connection.execute(sa.select(table.c.n).where(old).limit(1)).first() is not None:
            return True
    return bool(forgotten_lines(connection, scope, moment))


def drop_lines(connection: Connection, scope: Scope, until: datetime | None) -> None:
    """Take the lines of core memory that were put into the bin until a moment out of it, and out of their events.

    The text of an event is cut where nothing else says it; a line that was written again is left in its later events.
    """
    event = memory_events.c
    old = (event.agent_id == scope.agent_id) & (event.tier == "core") & (event.op == FORGET)
    old &= event.at <= until if until else sa.true()
    connection.execute(
        sa.update(memory_events).where(old).values(before=event.after, columns_before=event.columns_after)
    )


def forgotten_lines(connection: Connection, scope: Scope, until: datetime | None) -> list[Item]:
    """Return the lines of core memory that are in the bin, or of those the ones put there until a moment."""
    event = memory_events.c
    own = (event.agent_id == scope.agent_id) & (event.tier == "core")
    restored = sa.select(event.reason).where(own, event.op == RESTORE)
    old = own & (event.op == FORGET) & event.before.is_not(None) & event.reason.not_in(restored)
    chosen = sa.select(memory_events).where(old, event.at <= until) if until else sa.select(memory_events).where(old)
    items: list[Item] = []
    for row in connection.execute(chosen.order_by(event.n)):
        kept = set((row.after or "").splitlines())
        items += [item for item in lines_of(row.ref, row.before) if item.text not in kept]
    return items
