"""The agents of a home: create, list, count and remove them."""

import re
from collections.abc import Sequence

import sqlalchemy as sa

from carrel.errors import Busy, NotFound, UsageError
from carrel.memory.db.database import Database, new_number
from carrel.memory.db.dialect import elements
from carrel.memory.db.schema import TIER_TABLES, agents, contents, steps
from carrel.memory.db.schema import blocks as blocks_table
from carrel.memory.indexing.fulltext import FullText
from carrel.memory.tiers import leases
from carrel.memory.tiers.core import NewBlock, add_block
from carrel.memory.values import AgentInfo, Counts
from carrel.protocols import Clock
from carrel.text import clean_text

NAME = re.compile(r"[^\W_][\w.@+-]{0,63}")

_RAISE_LIMIT = (
    sa.update(blocks_table)
    .where(blocks_table.c.agent_id == sa.bindparam("agent"), blocks_table.c.label == sa.bindparam("named"))
    .where(blocks_table.c.limit < sa.bindparam("new_limit"))
    .values(limit=sa.bindparam("new_limit"))
)
_COUNTS = sa.select(agents.c.recall_count, agents.c.archival_count, agents.c.session_count, agents.c.turn_count).where(
    agents.c.id == sa.bindparam("agent")
)


class Agents:
    """The agents of one home."""

    def __init__(self, database: Database, fulltext: FullText, clock: Clock) -> None:
        self._database = database
        self._fulltext = fulltext
        self.clock = clock

    def find(self, name: str) -> int | None:
        """Return the number of an agent, or None."""
        with self._database.read() as connection:
            return connection.execute(sa.select(agents.c.id).where(agents.c.name == clean_text(name))).scalar()

    def require(self, name: str) -> int:
        """Return the number of an agent. Raise NotFound, which names the agents that exist."""
        if (found := self.find(name)) is not None:
            return found
        known = ", ".join(f"'{info.name}'" for info in self.all()[:5]) or "none yet"
        raise NotFound(f"Agent '{name}' does not exist.", f"There is: {known}. Make one with carrel agent new.")

    def make(self, name: str, blocks: Sequence[NewBlock], model: str | None = None) -> int:
        """Create an agent with its blocks of core memory and return its number; where it exists, return that.

        The limits of existing blocks are raised to those of `blocks`, and never lowered. Raise UsageError where the
        name cannot be an agent's.
        """
        check_name(name)
        with self._database.write() as connection:
            known = connection.execute(sa.select(agents.c.id).where(agents.c.name == name)).scalar()
            if known is not None:
                for block in blocks:
                    connection.execute(_RAISE_LIMIT, {"agent": known, "named": block.label, "new_limit": block.limit})
                return int(known)
            now = self.clock.now()
            agent_id = new_number(connection, agents.insert().values(name=name, model=model, created_at=now))
            for position, block in enumerate(blocks):
                add_block(connection, agent_id, position, block, now)
            return agent_id

    def all(self) -> list[AgentInfo]:
        """Return all agents, in the order in which they were created."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(agents).order_by(agents.c.id)).fetchall()
        return [AgentInfo(row.name, row.model, row.created_at) for row in rows]

    def info(self, name: str) -> AgentInfo:
        """Return one agent as it is listed. Raise NotFound."""
        self.require(name)
        return next(info for info in self.all() if info.name == name)

    def counts(self, agent_id: int) -> Counts:
        """Return how much an agent remembers; in recall only what a search can find, which leaves out tool results."""
        with self._database.read() as connection:
            row = connection.execute(_COUNTS, {"agent": agent_id}).one_or_none()
        return Counts(*row) if row is not None else Counts(0, 0, 0, 0)

    def remove(self, name: str) -> None:
        """Remove an agent and everything that it remembers. Its vectors leave the index with its collection.

        Raises:
            Busy: it is answering a message.
            NotFound: it does not exist.
        """
        agent_id = self.require(name)
        with self._database.write() as connection:
            if leases.is_held(connection, agent_id):
                raise Busy(f"Agent '{name}' is answering a message.", "Try again in a moment.")
            for tier, table in TIER_TABLES.items():
                own = sa.select(table.c.n).where(table.c.agent_id == agent_id)
                self._fulltext.remove(connection, tier, own)
            connection.execute(sa.delete(agents).where(agents.c.id == agent_id))
            connection.execute(sa.delete(contents).where(contents.c.hash.not_in(elements(steps.c.window))))
            for tier in TIER_TABLES:
                self._fulltext.rebuild(connection, tier)  # it keeps the words of deleted rows

    def rename(self, name: str, new_name: str) -> None:
        """Give an agent another name.

        Raises:
            NotFound: it does not exist.
            UsageError: the new name cannot be an agent's, or is taken.
        """
        agent_id = self.require(name)
        check_name(new_name)
        with self._database.write() as connection:
            taken = connection.execute(sa.select(agents.c.id).where(agents.c.name == new_name)).scalar()
            if taken is not None:
                raise UsageError(f"Agent '{new_name}' exists already.", "Choose another name.")
            connection.execute(sa.update(agents).where(agents.c.id == agent_id).values(name=new_name))

    def drop_leases(self) -> None:
        """Release all agents, in a copy of a database: nobody can be at work there."""
        with self._database.write() as connection:
            connection.execute(sa.update(agents).values(lease=None))


def check_name(name: str) -> None:
    """Raise UsageError where a name cannot be an agent's."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"Agent name '{name[:80]}' is not usable.", "Use up to 64 letters, digits and . @ + - _, a letter first."
        )
