"""The bin: what is forgotten is neither found nor shown nor reviewed, and can be restored until it is erased."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import BlockReadOnly, MemoryRefused, NotFound
from carrel.memory.db.dialect import list_literal
from carrel.memory.db.schema import TIER_TABLES, AnyRow, blocks, memory_events, messages, passages, sessions, summaries
from carrel.memory.db.utc import utc_text
from carrel.memory.forgetting.bin_items import FORGET, RESTORE
from carrel.memory.forgetting.cascade import Cascade, summaries_with
from carrel.memory.forgetting.items import Item, find_id, message_item
from carrel.memory.indexing.row_index import index_row
from carrel.memory.journal import events
from carrel.memory.journal.events import TIERS, Change, ChangedTier, Edit
from carrel.memory.journal.reversal import undo_change
from carrel.memory.journal.scope import Scope
from carrel.memory.phrases import Needles, telling_sentences
from carrel.memory.values import Cause

KEPT_DAYS = 30
"""How long a memory in the bin can be restored."""


def put_into_bin(connection: Connection, scope: Scope, cascade: Cascade, cause: Cause) -> str:
    """Put memories into the bin and return the id by which they are restored together.

    Raises:
        BlockReadOnly, MemoryRefused: the agent may not change one of them; nothing is forgotten.
    """
    key = scope.new_id("f")
    marked = replace(cause, reason=key)
    for label in dict.fromkeys(item.label for item in cascade.all if item.label):
        _drop_lines(connection, scope, label, [item.n for item in cascade.all if item.label == label], marked)
    for item in cascade.all:
        if item.tier == "recall":
            _hide_message(connection, scope, item, marked)
        elif item.tier == "archival":
            _hide_passage(connection, scope, item, marked)
    for row in summaries_with(connection, scope, cascade.needles):
        text = cascade.needles.cut(row.text)
        values = {"text": text, "tokens": scope.counter.count(text)}
        _edit(connection, scope, _Row("summary", row.n, str(row.n)), values, marked)
    _clear_heads(connection, scope, cascade.needles, marked)
    return key


def hide_echoes(connection: Connection, scope: Scope, turn: str) -> None:
    """Put into the bin what a turn says, after it has forgotten something, in the same sentences."""
    event = memory_events.c
    own = (event.agent_id == scope.agent_id) & (event.turn_id == turn) & (event.op == FORGET)
    rows = connection.execute(sa.select(memory_events).where(own)).fetchall()
    if not rows:
        return
    needles = Needles(frozenset(_forgotten_sentences(connection, rows)))
    said = sa.select(messages).where(messages.c.turn_id == turn, messages.c.forgotten_at.is_(None))
    cause = Cause("system", turn, reason=rows[-1].reason)
    for item in map(message_item, connection.execute(said).fetchall()):
        if needles.hit(item.whole):
            _hide_message(connection, scope, item, cause)


def _forgotten_sentences(connection: Connection, rows: Sequence[AnyRow]) -> Iterator[str]:
    """Yield the folded sentences of what these events forgot."""
    for tier, table in TIER_TABLES.items():
        refs = list_literal([row.ref for row in rows if row.tier == tier])
        for text in connection.scalars(sa.select(table.c.text).where(table.c.id.in_(refs))):
            yield from telling_sentences(text)
    for row in rows:
        if row.tier == "core":
            kept = set((row.after or "").splitlines())
            gone = [line for line in (row.before or "").splitlines() if line not in kept]
            yield from telling_sentences("\n".join(gone))


def restore(connection: Connection, scope: Scope, reference: str, cause: Cause) -> list[str]:
    """Restore what was forgotten together with a memory, and return the ids and labels.

    `reference` is the id of one of them, or the id under which they were forgotten. A line of core memory is added to
    the end of its block where that has changed since.

    Raises:
        NotFound: it is not in the bin.
        MemoryRefused: a line does not fit into its block any more; nothing is restored.
    """
    key = reference if reference.startswith("f-") else _operation_of(connection, scope, reference)
    event = memory_events.c
    own = (event.agent_id == scope.agent_id) & (event.reason == key)
    if connection.execute(sa.select(event.n).where(own, event.op == RESTORE)).first() is not None:
        raise NotFound(f"'{reference}' was restored already.", "See carrel memory ls.")
    found = [change for change in events.changes(connection, own, event.op == FORGET) if _holds_something(change)]
    if not any(change.tier in TIERS for change in found):
        raise NotFound(f"'{reference}' is not in the bin.", "See carrel memory ls --state forgotten.")
    return [_restore(connection, scope, change, replace(cause, reason=key)) for change in reversed(found)]


def _holds_something(change: Change) -> bool:
    """Return whether an event still says what was forgotten: that of erased memories does not."""
    if change.edit is None:
        return False
    before, after = change.edit.before, change.edit.after
    return before["value"] != after["value"] if change.tier == "core" else before != after


def _drop_lines(connection: Connection, scope: Scope, label: str, numbers: Sequence[int], cause: Cause) -> None:
    row = _block(connection, scope, label)
    if row.read_only and cause.actor == "agent":
        raise BlockReadOnly(f"Block '{label}' is read-only.", "Ask the user to edit it.")
    lines = row.value.splitlines()
    value = "\n".join(line for n, line in enumerate(lines, 1) if n not in numbers).strip()
    _write_block(connection, scope, row, value, FORGET, cause)


def _block(connection: Connection, scope: Scope, label: str) -> AnyRow:
    own = (blocks.c.agent_id == scope.agent_id) & (blocks.c.label == label)
    return connection.execute(sa.select(blocks).where(own)).one()


def _write_block(connection: Connection, scope: Scope, row: AnyRow, value: str, op: str, cause: Cause) -> None:
    now = scope.now()
    before = {"value": row.value, "version": row.version, "updated_at": utc_text(row.updated_at)}
    after = {"value": value, "version": row.version + 1, "updated_at": utc_text(now)}
    connection.execute(sa.update(blocks).where(blocks.c.id == row.id).values(**{**after, "updated_at": now}))
    edit = Edit(before, after)
    scope.record(connection, "core", row.label, op, before=row.value, after=value, edit=edit, cause=cause)


def _hide_message(connection: Connection, scope: Scope, item: Item, cause: Cause) -> None:
    values = {"position": None, "forgotten_at": scope.now()}
    _edit(connection, scope, _Row("recall", item.n, item.ref), values, cause)
    index_row(connection, scope.fulltext, "recall", item.n)


def _hide_passage(connection: Connection, scope: Scope, item: Item, cause: Cause) -> None:
    pinned = sa.select(passages.c.pinned).where(passages.c.n == item.n)
    if cause.actor == "agent" and connection.scalar(pinned):
        raise MemoryRefused(f"Passage '{item.ref}' is pinned.", "Ask the user to unpin it: carrel memory unpin.")
    values = {"state": "deleted", "forgotten_at": scope.now(), "updated_at": scope.now()}
    _edit(connection, scope, _Row("archival", item.n, item.ref), values, cause)
    index_row(connection, scope.fulltext, "archival", item.n)


def _clear_heads(connection: Connection, scope: Scope, needles: Needles, cause: Cause) -> None:
    """Let the heads of sessions that show it be written anew."""
    own = sa.select(sessions.c.n, sessions.c.id, sessions.c.head).where(sessions.c.agent_id == scope.agent_id)
    for row in connection.execute(own).fetchall():
        if row.head and needles.hit(row.head):
            _edit(connection, scope, _Row("session", row.n, row.id), {"head": ""}, cause)


class _Row(NamedTuple):
    """A row that is changed: what it is to the journal, its number, and what the journal calls it."""

    tier: ChangedTier
    n: int
    ref: str


_TABLES: dict[ChangedTier, sa.Table] = {
    "recall": messages,
    "archival": passages,
    "summary": summaries,
    "session": sessions,
}


def _edit(connection: Connection, scope: Scope, row: _Row, values: Mapping[str, Any], cause: Cause) -> None:
    """Write columns of a row, and record them as they were and are."""
    table = _TABLES[row.tier]
    columns = sa.select(*(table.c[name] for name in values)).where(table.c.n == row.n)
    before = connection.execute(columns).one()._asdict()
    connection.execute(sa.update(table).where(table.c.n == row.n).values(**values))
    scope.record(connection, row.tier, row.ref, FORGET, edit=Edit(_as_json(before), _as_json(values)), cause=cause)


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: utc_text(value) if isinstance(value, datetime) else value for name, value in values.items()}


def _operation_of(connection: Connection, scope: Scope, reference: str) -> str:
    label, _, number = reference.rpartition(":")
    ref = label if label and number.isdigit() else None
    event = memory_events.c
    own = (event.agent_id == scope.agent_id) & (event.op == FORGET)
    blocks_named = connection.scalar(sa.select(event.ref).where(own, event.tier == "core", event.ref == reference))
    ref = ref or blocks_named or find_id(connection, scope, reference)[1]
    last = sa.select(event.reason).where(own, event.ref == ref).order_by(event.n.desc()).limit(1)
    found = connection.scalar(last)
    if found is None:
        raise NotFound(f"'{reference}' is not in the bin.", "See carrel memory ls --state forgotten.")
    return str(found)


def _restore(connection: Connection, scope: Scope, change: Change, cause: Cause) -> str:
    edit = change.edit
    assert edit is not None
    if change.tier == "core":
        _restore_lines(connection, scope, change.ref, edit, cause)
        return change.ref
    undo_change(connection, scope, change)
    back = Edit(edit.after, edit.before)
    scope.record(connection, change.tier, change.ref, RESTORE, edit=back, cause=cause)
    return change.ref


def _restore_lines(connection: Connection, scope: Scope, label: str, edit: Edit, cause: Cause) -> None:
    row = _block(connection, scope, label)
    value = edit.before["value"]
    if row.value != edit.after["value"]:
        present = row.value.splitlines()
        lines = [line for line in value.splitlines() if line not in edit.after["value"].splitlines()]
        value = "\n".join([*present, *(line for line in lines if line not in present)])
    if len(value) > row.limit:
        problem = f"Block '{label}' would be {len(value)} of {row.limit} characters long."
        raise MemoryRefused(problem, f"Shorten it, or raise limits.{label}.")
    _write_block(connection, scope, row, value, RESTORE, cause)
