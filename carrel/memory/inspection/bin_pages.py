"""What is in the bin, newest first, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import list_parameter, without_index
from carrel.memory.db.schema import AnyRow, memory_events, messages, passages
from carrel.memory.forgetting.bin_items import FORGET, forgotten_lines
from carrel.memory.forgetting.items import ERASED
from carrel.memory.store import Memory
from carrel.memory.values import Tier

_AGENT: sa.BindParameter[int] = sa.bindparam("agent")
_ROWS = sa.union_all(
    *(
        sa.select(sa.literal(tier).label("tier"), table.c.n, table.c.id, table.c.text, table.c.forgotten_at.label("at"))
        .where(without_index(table.c.agent_id) == _AGENT, table.c.forgotten_at.is_not(None), table.c.text != ERASED)
        .select_from(table)
        for tier, table in (("recall", messages), ("archival", passages))
    )
).subquery()
_PAGE = (
    sa.select(_ROWS)
    .order_by(_ROWS.c.at.desc(), _ROWS.c.tier, _ROWS.c.n.desc())
    .limit(sa.bindparam("limit"))
    .offset(sa.bindparam("offset"))
)
_TOTAL = sa.select(sa.func.count()).select_from(_ROWS)
_EVENTS = (
    sa.select(memory_events.c.ref, memory_events.c.actor, memory_events.c.turn_id)
    .where(memory_events.c.agent_id == _AGENT, memory_events.c.op == FORGET)
    .where(memory_events.c.tier.in_(("recall", "archival")), memory_events.c.ref.in_(list_parameter("ids")))
    .order_by(memory_events.c.n)
)


@dataclass(frozen=True, slots=True)
class BinItem:
    """A memory in the bin."""

    tier: Tier
    id: str
    """Its id; of a line of core memory its block and number, as `human:2`."""
    text: str
    at: datetime | None
    """When it was forgotten; None of a line of core memory."""
    actor: str | None
    """Who forgot it."""
    turn: str | None


@dataclass(frozen=True, slots=True)
class BinPage:
    """A page of the bin; `total` counts its messages and passages, and `lines` are those of core memory."""

    items: tuple[BinItem, ...]
    lines: tuple[BinItem, ...]
    total: int
    page: int
    pages: int


def list_bin(memory: Memory, page: int = 1, limit: int = 50) -> BinPage:
    """Return a page of what is in the bin, the newest first; pages count from 1."""
    scope = memory.scope
    own = {"agent": scope.agent_id}
    with scope.read() as connection:
        total = int(connection.scalar(_TOTAL, own) or 0)
        rows = connection.execute(_PAGE, {**own, "limit": limit, "offset": (page - 1) * limit}).fetchall()
        items = _read_items(connection, scope.agent_id, rows)
        lines = [
            BinItem("core", item.ref, item.text, None, None, item.turn)
            for item in (forgotten_lines(connection, scope, None) if page == 1 else ())
        ]
    return BinPage(items, tuple(lines), total, page, max(1, -(-total // limit)))


def _read_items(connection: Connection, agent: int, rows: Sequence[AnyRow]) -> tuple[BinItem, ...]:
    """Return rows with who forgot each of them, and in which turn."""
    events = connection.execute(_EVENTS, {"agent": agent, "ids": [row.id for row in rows]})
    causes = {ref: (actor, turn) for ref, actor, turn in events}
    return tuple(BinItem(row.tier, row.id, row.text, row.at, *causes.get(row.id, (None, None))) for row in rows)
