"""One agent's corner of the database: what every tier needs to work."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from carrel import clock as clocks
from carrel.memory.db.database import Database
from carrel.memory.indexing.fulltext import FullText
from carrel.memory.journal import events
from carrel.memory.values import Cause, Tier
from carrel.protocols import Clock, TokenCounter


@dataclass(frozen=True, slots=True)
class Scope:
    """An agent's name and number, its database and full-text index, clock and token counter."""

    database: Database
    fulltext: FullText
    agent_id: int
    agent: str
    clock: Clock
    counter: TokenCounter

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
        tier: Tier,
        ref: str,
        op: str,
        before: str | None,
        after: str | None,
        cause: Cause,
    ) -> None:
        """Add a change of this agent's memory to the journal."""
        event_id = self.new_id("e")
        events.record(connection, self.agent_id, event_id, tier, ref, op, before, after, cause, self.now())
