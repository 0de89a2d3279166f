"""Count the rows, words and vectors of an agent, which should agree. Nothing is changed."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.open import open_database
from carrel.memory.db.schema import (
    TIER_TABLES,
    agents,
    embedders,
    is_searchable,
    outbox,
    vectors,
)
from carrel.memory.indexing.outbox import MAX_TRIES
from carrel.memory.indexing.vectors import VectorStore
from carrel.memory.journal.scope import Scope
from carrel.memory.store import Memory
from carrel.memory.values import Tier
from carrel.protocols import Embedder
from carrel.words import remove_non_prose


@dataclass(frozen=True, slots=True)
class TierReport:
    """What was counted in one tier of an agent."""

    tier: Tier
    rows: int
    """Rows that a search may return."""
    without_words: int
    """Rows that the full-text index does not hold."""
    with_vector: int
    """Rows with a vector of the current embedder."""
    waiting: int
    """Rows that wait for a vector."""
    failed: int
    """Rows that the embedder refused too often."""
    missing: int
    """Rows without a vector that do not wait for one; carrel memory reindex embeds them."""
    orphans: int
    """Vectors that belong to no row."""
    broken: int
    """Vectors that have another length, are zero or are not finite; carrel memory reindex replaces them."""

    @property
    def sound(self) -> bool:
        """Whether nothing needs to be done."""
        return not (self.without_words or self.failed or self.missing or self.orphans or self.broken)


@dataclass(frozen=True, slots=True)
class MemoryReport:
    """What was counted in the memory of an agent."""

    fingerprint: str | None
    """The fingerprint of the current embedder; None if there is none."""
    vectors: dict[str, int]
    """How many vectors each embedder made, by fingerprint."""
    words_sound: bool | None
    """Whether the full-text index agrees with its stored words; None in a home that can only be read."""
    tiers: tuple[TierReport, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing needs to be done."""
        return self.words_sound is not False and all(tier.sound for tier in self.tiers)

    def to_json(self) -> dict[str, Any]:
        """Return the report by field."""
        tiers = [{**asdict(tier), "sound": tier.sound} for tier in self.tiers]
        return {
            "sound": self.sound,
            "fingerprint": self.fingerprint,
            "vectors": self.vectors,
            "words_sound": self.words_sound,
            "tiers": tiers,
        }


def verify(memory: Memory, store: VectorStore | None) -> MemoryReport:
    """Count an agent's rows, words and vectors.

    FTS5 compares its index with its words in a transaction that writes: in a home that can only be read it does not.
    """
    scope = memory.scope
    read_only = scope.database.read_only
    with scope.read() if read_only else scope.write() as connection:
        tiers = tuple(_count_tier(connection, scope, tier, store) for tier in TIER_TABLES)
        count = sa.select(embedders.c.fingerprint, sa.func.count()).join_from(vectors, embedders)
        by_embedder = connection.execute(
            count.where(vectors.c.agent_id == scope.agent_id).group_by(embedders.c.fingerprint)
        )
        return MemoryReport(
            store.fingerprint if store else None,
            {fingerprint: number for fingerprint, number in by_embedder},
            None if read_only else all(scope.fulltext.is_sound(connection, tier) for tier in TIER_TABLES),
            tiers,
        )


def count_unembedded(home: Path, embedder: Embedder) -> dict[str, int]:
    """Return, by agent, how many rows of a home neither have a vector of the embedder nor wait for one."""
    store = VectorStore(embedder)

    def count(connection: Connection, agent_id: int) -> int:
        embedder_id = store.embedder_id(connection)
        return sum(_count_missing(connection, agent_id, tier, embedder_id) for tier in TIER_TABLES)

    return _count_by_agent(home, count)


def count_broken(home: Path, embedder: Embedder) -> dict[str, int]:
    """Return, by agent, how many vectors of the embedder in a home are broken."""
    store = VectorStore(embedder)

    def count(connection: Connection, agent_id: int) -> int:
        if not store.embedder_id(connection):
            return 0
        return sum(len(store.find_broken(connection, agent_id, tier)) for tier in TIER_TABLES)

    return _count_by_agent(home, count)


def _count_by_agent(home: Path, count: Callable[[Connection, int], int]) -> dict[str, int]:
    """Return a count by agent, of those where it is not 0."""
    with closing(open_database(home)) as database, database.read() as connection:
        known = connection.execute(sa.select(agents.c.id, agents.c.name).order_by(agents.c.name)).fetchall()
        counts = {agent.name: count(connection, agent.id) for agent in known}
    return {name: number for name, number in counts.items() if number}


def _count_tier(connection: Connection, scope: Scope, tier: Tier, store: VectorStore | None) -> TierReport:
    embedder_id = store.embedder_id(connection) if store else None
    table, agent_id = TIER_TABLES[tier], scope.agent_id
    own = (table.c.agent_id == agent_id) & is_searchable(tier)
    indexed = scope.fulltext.words(tier).n
    waits = (outbox.c.agent_id == agent_id) & (outbox.c.tier == tier)
    owned = (vectors.c.agent_id == agent_id) & (vectors.c.tier == tier)
    with_vector = sa.select(sa.func.count(sa.distinct(vectors.c.row))).where(owned)
    return TierReport(
        tier=tier,
        rows=_count(connection, table, own),
        without_words=_count(connection, table, own & table.c.n.not_in(sa.select(indexed))),
        with_vector=int(connection.execute(with_vector.where(vectors.c.embedder_id == embedder_id)).scalar_one()),
        waiting=_count(connection, outbox, waits & (outbox.c.tries < MAX_TRIES)),
        failed=_count(connection, outbox, waits & (outbox.c.tries >= MAX_TRIES)),
        missing=0 if embedder_id is None else _count_missing(connection, agent_id, tier, embedder_id),
        orphans=_count(connection, vectors, owned & vectors.c.row.not_in(sa.select(table.c.n).where(own))),
        broken=len(store.find_broken(connection, agent_id, tier)) if store else 0,
    )


def _count_missing(connection: Connection, agent_id: int, tier: Tier, embedder_id: int) -> int:
    """Count the rows that have no vector and do not wait for one, without those in which there is nothing to embed."""
    missing = sa.select(TIER_TABLES[tier].c.text).where(*missing_vector(agent_id, tier, embedder_id))
    return sum(bool(remove_non_prose(text).strip()) for text in connection.scalars(missing))


def missing_vector(agent_id: int, tier: Tier, embedder_id: int | None) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of rows that have no vector of an embedder and do not wait for one."""
    table = TIER_TABLES[tier]
    embedded = sa.select(vectors.c.row).where(vectors.c.tier == tier, vectors.c.embedder_id == embedder_id)
    waiting = sa.select(outbox.c.row).where(outbox.c.tier == tier)
    own = (table.c.agent_id == agent_id) & is_searchable(tier)
    return [own, table.c.n.not_in(embedded), table.c.n.not_in(waiting)]


def _count(connection: Connection, table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(condition)).scalar_one())
