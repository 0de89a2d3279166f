"""Withhold what a model server refuses for its content: it is kept, and no longer sent to a model."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import upsert
from carrel.memory.db.schema import TIER_TABLES, messages, queue, withheld
from carrel.memory.journal.scope import Scope
from carrel.memory.values import Tier

_OF_TURN = sa.select(messages.c.n).where(messages.c.turn_id == sa.bindparam("turn"))
_QUEUED = (queue.c.session_id == sa.bindparam("session")) & queue.c.message_n.in_(_OF_TURN)
_MARKED = (withheld.c.tier == "recall") & withheld.c.row.in_(_OF_TURN)
_LAST_MESSAGE = (
    sa.select(messages.c.n)
    .where(messages.c.session_id == sa.bindparam("session"), messages.c.n < sa.bindparam("before"))
    .order_by(messages.c.n.desc())
    .limit(1)
)


class Withheld:
    """The messages and passages of one agent that are kept from models.

    They leave main context, and neither page-in nor the agent's searches nor summaries show them.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, tier: Tier, ids: Sequence[str]) -> None:
        """Withhold messages or passages by their ids. A result of a call stays in the queue, without its text."""
        table = TIER_TABLES[tier]
        chosen = sa.select(table.c.n).where(table.c.agent_id == self._scope.agent_id, table.c.id.in_(list(ids)))
        with self._scope.write() as connection:
            self._mark(connection, tier, connection.scalars(chosen).all())

    def add_turn(self, session: str, turn: str) -> None:
        """Withhold all messages of a turn, which leave the queue."""
        with self._scope.write() as connection:
            self._mark(connection, "recall", connection.scalars(_OF_TURN, {"turn": turn}).all())
            connection.execute(sa.delete(queue).where(_QUEUED), {"session": session, "turn": turn})

    def release_turn(self, connection: Connection, session: str, turn: str) -> None:
        """Put the messages of a turn that was withheld back into the queue, in the caller's transaction."""
        key = {"turn": turn}
        if not connection.execute(sa.select(withheld.c.row).where(_MARKED), key).first():
            return
        connection.execute(sa.delete(withheld).where(_MARKED), key)
        known = set(connection.scalars(sa.select(queue.c.message_n).where(_QUEUED), {**key, "session": session}))
        numbers = [n for n in connection.scalars(_OF_TURN, key) if n not in known]
        if numbers:
            connection.execute(queue.insert(), [{"session_id": session, "message_n": n} for n in numbers])

    def holds(self, tier: Tier, n: int) -> bool:
        """Return whether a message or passage is withheld."""
        with self._scope.read() as connection:
            return self._is_marked(connection, tier, n)

    def follows(self, session: str, n: int) -> bool:
        """Return whether the message before this one in its session is withheld."""
        with self._scope.read() as connection:
            last = connection.execute(_LAST_MESSAGE, {"session": session, "before": n}).scalar()
            return last is not None and self._is_marked(connection, "recall", last)

    def _is_marked(self, connection: Connection, tier: Tier, n: int) -> bool:
        found = sa.select(withheld.c.row).where(withheld.c.tier == tier, withheld.c.row == n)
        return connection.execute(found).first() is not None

    def _mark(self, connection: Connection, tier: Tier, numbers: Sequence[int]) -> None:
        if numbers:
            rows = [{"agent_id": self._scope.agent_id, "tier": tier, "row": n} for n in numbers]
            connection.execute(_ADD, rows)


_ADD = upsert(withheld)
