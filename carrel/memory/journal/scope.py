"""One agent's part of the database: what every tier needs to work."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from sqlalchemy.engine import Connection

from carrel import clock as clocks
from carrel.errors import UsageError
from carrel.memory.db.database import Database
from carrel.memory.indexing.fulltext import FullText
from carrel.memory.journal import events
from carrel.memory.journal.events import ChangedTier, Edit
from carrel.memory.values import Cause
from carrel.messages import ToolResult
from carrel.protocols import Clock, TokenCounter


class Transaction:
    """An open transaction that other threads may use, one at a time, until it is closed.

    A tool that ran out of time goes on in its thread: closing waits for the operation that it is in, and all later
    ones are refused.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.RLock()
        self._closed = False
        self._on_commit: list[Callable[[], None]] = []

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Use the transaction's connection for one operation. Raise UsageError where the transaction is over."""
        with self._lock:
            if self._closed:
                raise UsageError("This transaction is over.", "Use the agent's own memory, or open another one.")
            yield self._connection

    def close(self) -> None:
        """Refuse all further use; return once nobody uses the connection."""
        with self._lock:
            self._closed = True

    def on_commit(self, action: Callable[[], None]) -> None:
        """Run an action after the commit; where the transaction is rolled back, do not run it."""
        self._on_commit.append(action)

    def run_after_commit(self) -> None:
        """Run the actions that were to follow the commit."""
        for action in self._on_commit:
            action()


@dataclass(frozen=True, slots=True)
class Scope:
    """An agent's name and number, what its memory works with, and the transaction that it works in."""

    database: Database
    fulltext: FullText
    agent_id: int
    agent: str
    clock: Clock
    counter: TokenCounter
    transaction: Transaction | None = None
    """None where each operation opens its own."""

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield the connection of the open transaction; where there is none, open one that commits with the block."""
        opened = self.transaction.connection() if self.transaction else self.database.write()
        with opened as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield the connection of the open transaction, or a snapshot of what is committed."""
        opened = self.transaction.connection() if self.transaction else self.database.read()
        with opened as connection:
            yield connection

    @contextmanager
    def bound(self) -> Iterator[Self]:
        """Yield this scope within a transaction: the open one, or a new one that commits with the block."""
        if self.transaction is not None:
            yield self
            return
        with self.database.write() as connection:
            transaction = Transaction(connection)
            with closing(transaction):
                yield replace(self, transaction=transaction)
        transaction.run_after_commit()

    def attempt(self, run: Callable[[Self], ToolResult]) -> ToolResult:
        """Run a call in a savepoint of the transaction, and undo what it changed where it fails or raises."""
        with self.write() as connection, connection.begin_nested() as savepoint:
            with closing(Transaction(connection)) as transaction:
                result = run(replace(self, transaction=transaction))
            if not result.ok:
                savepoint.rollback()
            return result

    def new_id(self, prefix: str) -> str:
        """Return a fresh id."""
        return self.database.new_id(prefix)

    def now(self) -> datetime:
        """Return the present moment."""
        return self.clock.now()

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the clock's zone, as people and models read it."""
        return clocks.local(self.clock, moment)

    def record(
        self,
        connection: Connection,
        tier: ChangedTier,
        ref: str,
        op: str,
        *,
        before: str | None = None,
        after: str | None = None,
        edit: Edit | None = None,
        cause: Cause,
    ) -> None:
        """Add a change of this agent's memory to the journal; `edit` says which columns it touched."""
        events.record(
            connection,
            agent_id=self.agent_id,
            event_id=self.new_id("e"),
            tier=tier,
            ref=ref,
            op=op,
            before=before,
            after=after,
            edit=edit,
            cause=cause,
            at=self.now(),
        )
