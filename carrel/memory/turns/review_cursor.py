"""How far the agent has reviewed what was said: a mark in the journal, moved in the transaction that used it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from carrel.errors import Busy, NotFound, StoreFailed
from carrel.memory.db.schema import agents, memory_events, messages
from carrel.memory.journal.scope import Scope
from carrel.memory.tiers.recall import message_rows, stored_message
from carrel.memory.values import Cause, StoredMessage

OP = "review"


class Reviews:
    """The reviews of one agent."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def upto(self) -> int:
        """Return the number of the last message that was reviewed; 0 where none was."""
        mine = (memory_events.c.agent_id == self._scope.agent_id) & (memory_events.c.op == OP)
        newest = sa.select(memory_events.c.after).where(mine, memory_events.c.tier == "recall")
        with self._scope.database.read() as connection:
            found = connection.execute(newest.order_by(memory_events.c.n.desc()).limit(1)).scalar()
        return int(found or 0)

    def waiting(self, limit: int) -> list[StoredMessage]:
        """Return the oldest messages that were not reviewed yet, without the results of calls."""
        found = message_rows.where(self._new()).order_by(messages.c.n).limit(limit)
        with self._scope.database.read() as connection:
            return [stored_message(row) for row in connection.execute(found).fetchall()]

    def left(self) -> int:
        """Return how many messages were not reviewed yet."""
        with self._scope.database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).where(self._new())).scalar_one())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep everybody else from reviewing meanwhile; a process that ends, however it does, holds nobody up.

        Raises:
            Busy: somebody else is at it, here or in another process.
            StoreFailed: the home cannot be written.
        """
        path = self._scope.database.path.with_suffix(f".consolidation-lock-{self._scope.agent_id}")
        try:
            file = os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w")
        except OSError as error:
            raise StoreFailed(f"'{path}' cannot be written: {error.strerror}.", "Check its permissions.") from None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise self._busy() from None
            yield

    def check(self) -> None:
        """Raise NotFound where the agent was removed: nothing more is asked about what it remembered."""
        with self._scope.database.read() as connection:
            if connection.execute(sa.select(agents.c.id).where(agents.c.id == self._scope.agent_id)).scalar() is None:
                raise NotFound(
                    f"Agent '{self._scope.agent}' was removed meanwhile.", "Open it again to make a new one."
                )

    def mark(self, last: StoredMessage, since: int) -> None:
        """Note that all messages after `since` up to this one were reviewed; the mark never moves back.

        Raises:
            Busy: it stands at `since` no more; what must not be done twice belongs in one transaction with it.
            NotFound: the agent was removed.
        """
        with self._scope.database.write() as connection:
            self.check()
            if self.upto() != since or last.n <= since:
                raise self._busy()
            cause = Cause("system", reason="consolidation")
            self._scope.record(connection, "recall", last.id, OP, str(since), str(last.n), cause)

    def _busy(self) -> Busy:
        return Busy(f"Agent '{self._scope.agent}' is being consolidated elsewhere.", "Try again when that has ended.")

    def _new(self) -> sa.ColumnElement[bool]:
        mine = (messages.c.agent_id == self._scope.agent_id) & messages.c.position.is_not(None)
        return mine & (messages.c.n > self.upto())
