"""How far the agent has reviewed what was said: a cursor in the journal, moved together with what a review changed."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import Busy, NotFound
from carrel.memory.db.schema import agents, memory_events, messages, withheld
from carrel.memory.journal.scope import Scope
from carrel.memory.tiers.message_rows import SELECT_MESSAGES, read_message
from carrel.memory.values import Cause, StoredMessage

OP = "review"

_AGENT: sa.BindParameter[int] = sa.bindparam("agent")
_EXISTS = sa.select(agents.c.id).where(agents.c.id == _AGENT)
_EVENTS = (memory_events.c.agent_id == _AGENT) & (memory_events.c.op == OP) & (memory_events.c.tier == "recall")
_POSITION = sa.select(memory_events.c.after).where(_EVENTS).order_by(memory_events.c.n.desc()).limit(1)
_WITHHELD = sa.select(withheld.c.row).where(withheld.c.tier == "recall")
_UNREVIEWED = (
    (messages.c.agent_id == _AGENT)
    & messages.c.position.is_not(None)
    & (messages.c.n > sa.bindparam("position"))
    & messages.c.n.not_in(_WITHHELD)
)
_NEXT = SELECT_MESSAGES.where(_UNREVIEWED).order_by(messages.c.n).limit(sa.bindparam("limit"))
_COUNT = sa.select(sa.func.count()).where(_UNREVIEWED)


class ReviewCursor:
    """How far one agent has reviewed its messages. The cursor is the number of the last reviewed one, at first 0."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def unreviewed(self, limit: int) -> tuple[int, list[StoredMessage]]:
        """Return the cursor, and the oldest messages after it; the results of calls are not reviewed."""
        with self._scope.read() as connection:
            position = self._position(connection)
            values = {"agent": self._scope.agent_id, "position": position, "limit": limit}
            return position, [read_message(row) for row in connection.execute(_NEXT, values)]

    def count_unreviewed(self) -> int:
        """Return how many messages were not reviewed yet."""
        with self._scope.read() as connection:
            values = {"agent": self._scope.agent_id, "position": self._position(connection)}
            return int(connection.execute(_COUNT, values).scalar_one())

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep all others from reviewing until the block or the process ends.

        Raises:
            Busy: somebody else reviews, here or in another process.
            StoreFailed: the home cannot be written.
        """
        with self._scope.database.lock(f"consolidation-{self._scope.agent_id}", wait=False) as held:
            if not held:
                raise self._busy()
            yield

    def require_agent(self) -> None:
        """Raise NotFound where the agent was removed."""
        with self._scope.read() as connection:
            self._require_agent(connection)

    def advance(self, last: StoredMessage, since: int) -> None:
        """Move the cursor from `since` to this message; it never moves back.

        Raises:
            Busy: it is no longer at `since`. Whatever must not be done twice belongs in the same transaction.
            NotFound: the agent was removed.
        """
        with self._scope.write() as connection:
            self._require_agent(connection)
            if self._position(connection) != since or last.n <= since:
                raise self._busy()
            cause = Cause("system", reason="consolidation")
            self._scope.record(connection, "recall", last.id, OP, before=str(since), after=str(last.n), cause=cause)

    def _position(self, connection: Connection) -> int:
        return int(connection.execute(_POSITION, {"agent": self._scope.agent_id}).scalar() or 0)

    def _require_agent(self, connection: Connection) -> None:
        if connection.execute(_EXISTS, {"agent": self._scope.agent_id}).scalar() is None:
            raise NotFound(f"Agent '{self._scope.agent}' was removed meanwhile.", "Open it again to make a new one.")

    def _busy(self) -> Busy:
        return Busy(f"Agent '{self._scope.agent}' is being consolidated elsewhere.", "Try again when that has ended.")
