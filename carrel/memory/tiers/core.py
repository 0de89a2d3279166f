"""Core memory: labelled blocks that are always in main context. Their limits are checked before anything changes."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import BlockChanged, BlockFull, BlockReadOnly, MemoryRefused, NotFound, TextNotFound
from carrel.memory.db.schema import AnyRow, blocks, memory_events, steps, turns
from carrel.memory.db.utc import utc_text
from carrel.memory.journal.events import Edit
from carrel.memory.journal.scope import Scope
from carrel.memory.journal.tombstones import is_old_news, read_tombstones
from carrel.memory.values import Block, Cause
from carrel.text import clean_text, one_line

API = Cause("api")


@dataclass(frozen=True, slots=True)
class NewBlock:
    """A block to be created; `limit` is in characters."""

    label: str
    value: str
    limit: int
    description: str = ""
    read_only: bool = False


_C = blocks.c
_ALL = (
    sa.select(_C.label, _C.value, _C.limit, _C.description, _C.read_only)
    .where(_C.agent_id == sa.bindparam("agent"))
    .order_by(_C.position)
)


class Core:
    """The blocks of one agent."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __getitem__(self, label: str) -> Block:
        """Return a block. Raise NotFound, which names the labels that exist."""
        with self._scope.read() as connection:
            return _block(self._row(connection, label))

    def all(self) -> list[Block]:
        """Return all blocks in their order."""
        with self._scope.read() as connection:
            return self._all(connection)

    def values_seen(self, turn: str, step: int) -> dict[str, str]:
        """Return the value of each block as the model saw it in a step of a turn, or has written it since.

        Where somebody else has changed a block since the step before, that is its value before the change.
        """
        before = sa.select(sa.func.max(steps.c.at)).where(steps.c.turn_id == turn, steps.c.number < step)
        began = sa.func.coalesce(before.scalar_subquery(), turns.c.started_at)
        event = memory_events.c
        others = sa.select(event.ref, event.before).where(
            event.agent_id == self._scope.agent_id,
            event.tier == "core",
            event.turn_id.is_distinct_from(turn),
            event.at >= sa.select(began).where(turns.c.id == turn).scalar_subquery(),
        )
        with self._scope.read() as connection:
            held = {block.label: block.value for block in self._all(connection)}
            changed = connection.execute(others.order_by(event.n.desc()))  # the oldest change is applied last
            return held | {label: value or "" for label, value in changed}

    def append(self, label: str, content: str, cause: Cause = API) -> Block:
        """Add a line to a block and return it.

        Raises:
            BlockFull, BlockReadOnly: nothing has changed.
        """
        added = clean_text(content).strip()
        return self._edit(label, "append", cause, lambda block: f"{block.value}\n{added}".strip())

    def replace(self, label: str, old: str, new: str, cause: Cause = API) -> Block:
        """Replace old text, which must occur in the block exactly once, by new text; empty new text deletes it.

        Raises:
            TextNotFound, BlockFull, BlockReadOnly: nothing has changed.
        """
        return self._edit(label, "replace", cause, lambda block: _replaced(block, clean_text(old), clean_text(new)))

    def rethink(self, label: str, value: str, cause: Cause = API, read: str | None = None) -> Block:
        """Rewrite a block as a whole; where `read` is given, only if that is its value.

        Raises:
            BlockChanged, BlockFull, BlockReadOnly: nothing has changed.
        """

        def rewritten(block: Block) -> str:
            if read is not None and block.value != read:
                raise BlockChanged(
                    f"Block '{label}' has changed since you read it; nothing was written.",
                    f"Call again with all that should stay. It holds: {block.value or '(nothing)'}",
                )
            return clean_text(value).strip()

        return self._edit(label, "rethink", cause, rewritten)

    def pin(self, label: str, pinned: bool, cause: Cause = API) -> Block:
        """Let the agent read a block but not edit it, or let it edit it again. Raise NotFound."""
        with self._scope.write() as connection:
            row = self._row(connection, label)
            if row.read_only != pinned:
                connection.execute(sa.update(blocks).where(blocks.c.id == row.id).values(read_only=pinned))
                edit = Edit({"read_only": row.read_only}, {"read_only": pinned})
                op = "pin" if pinned else "unpin"
                texts = {"before": row.value, "after": row.value}
                self._scope.record(connection, "core", row.label, op, **texts, edit=edit, cause=cause)
            return _block(self._row(connection, label))

    def _all(self, connection: Connection) -> list[Block]:
        return [Block(*row) for row in connection.execute(_ALL, {"agent": self._scope.agent_id})]

    def _edit(self, label: str, op: str, cause: Cause, change: Callable[[Block], str]) -> Block:
        with self._scope.write() as connection:
            row = self._row(connection, label)
            block = _block(row)
            if block.read_only and cause.actor == "agent":
                raise BlockReadOnly(f"Block '{label}' is read-only.", "Leave it, or use another block.")
            value = change(block)
            if is_old_news(cause) and value != block.value:
                self._refuse_buried(connection, block.value, value)
            if len(value) > block.limit and len(value) > len(block.value):
                raise BlockFull(
                    f"Block '{label}' is full: {len(value)} of {block.limit} characters.",
                    f"Shorten it with core_memory_replace or raise limits.{label}.",
                )
            if value != block.value:
                self._store(connection, row, op, value, cause)
            return Block(label, value, block.limit, block.description, block.read_only)

    def _refuse_buried(self, connection: Connection, before: str, value: str) -> None:
        added = "\n".join(line for line in value.splitlines() if line not in before.splitlines())
        if read_tombstones(connection, self._scope).cut(added) != added:
            raise MemoryRefused("This was forgotten for good.", "Leave it out; only the user can say it anew.")

    def _store(self, connection: Connection, row: AnyRow, op: str, value: str, cause: Cause) -> None:
        data, now = row._mapping, self._scope.now()
        changed = {"value": value, "version": data["version"] + 1, "updated_at": now}
        connection.execute(sa.update(blocks).where(blocks.c.id == data["id"]).values(**changed))
        edit = Edit(
            {"value": data["value"], "version": data["version"], "updated_at": utc_text(data["updated_at"])},
            {**changed, "updated_at": utc_text(now)},
        )
        before = data["value"]
        self._scope.record(connection, "core", data["label"], op, before=before, after=value, edit=edit, cause=cause)

    def _row(self, connection: Connection, label: str) -> AnyRow:
        own = blocks.c.agent_id == self._scope.agent_id
        named = blocks.c.label == clean_text(label)
        row = connection.execute(sa.select(blocks).where(own, named)).one_or_none()
        if row is not None:
            return row
        labels = connection.execute(sa.select(blocks.c.label).where(own).order_by(blocks.c.position)).scalars()
        raise NotFound(f"Block '{label}' does not exist.", f"There is: {', '.join(labels)}.")


def add_block(connection: Connection, agent_id: int, position: int, block: NewBlock, at: datetime) -> None:
    """Write a new block, truncated to its limit, in the caller's transaction."""
    connection.execute(
        blocks.insert().values(
            agent_id=agent_id,
            label=block.label,
            description=block.description,
            value=clean_text(block.value, block.limit),
            limit=block.limit,
            read_only=block.read_only,
            position=position,
            updated_at=at,
        )
    )


def _replaced(block: Block, old: str, new: str) -> str:
    count = _count(block.value, old)
    if count == 1:
        return clean_text(block.value.replace(old, new)).strip()
    if not old:
        raise TextNotFound("The text to replace is empty.", f"Block '{block.label}' holds: {block.value}")
    if count > 1:
        raise TextNotFound(
            f"{one_line(old, 80)!r} occurs {count} times in block '{block.label}'.", "Quote more of the text around it."
        )
    near = difflib.get_close_matches(old, block.value.splitlines(), 1, 0.5)
    hint = f"Nearest line: {near[0]}" if near else f"The block holds: {block.value or '(nothing)'}"
    raise TextNotFound(f"{one_line(old, 80)!r} does not occur in block '{block.label}'.", hint)


def _count(text: str, part: str) -> int:
    """Return how often a part occurs in a text, overlapping occurrences included."""
    return sum(text.startswith(part, start) for start in range(len(text))) if part else 0


def _block(row: AnyRow) -> Block:
    data = row._mapping
    return Block(data["label"], data["value"], data["limit"], data["description"], data["read_only"])
