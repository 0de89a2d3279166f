"""Count what should agree: rows, words, vectors, index. Nothing is changed."""

from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.open import open_database
from carrel.memory.db.schema import (
    TIER_TABLES,
    AnyRow,
    agents,
    embedders,
    is_searchable,
    outbox,
    removals,
    vectors,
)
from carrel.memory.indexing.outbox import MAX_TRIES
from carrel.memory.indexing.vectors import VectorStore
from carrel.memory.journal.scope import Scope
from carrel.memory.values import Tier
from carrel.protocols import Embedder
from carrel.words import index_words


@dataclass(frozen=True, slots=True)
class TierReport:
    """How one tier of an agent stands. All is well where only `waiting` may differ from zero below `words`."""

    tier: Tier
    rows: int
    """Rows that a search may return."""
    without_words: int
    """Rows that the full-text index does not know."""
    with_vector: int
    """Rows with a vector of the present embedder."""
    waiting: int
    """Rows that wait for a vector."""
    failed: int
    """Rows that the embedder refused."""
    missing: int
    """Rows without a vector that do not wait for one: carrel memory reindex embeds them."""
    orphans: int
    """Vectors that belong to no row."""

    @property
    def sound(self) -> bool:
        """Whether nothing needs to be done."""
        return not (self.without_words or self.failed or self.missing or self.orphans)


@dataclass(frozen=True, slots=True)
class Report:
    """How an agent's memory stands."""

    fingerprint: str | None
    """The present embedder's; None where there is none."""
    vectors: dict[str, int]
    """How many vectors each embedder made, by fingerprint."""
    words_sound: bool
    """Whether the full-text indexes agree with themselves."""
    tiers: tuple[TierReport, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing needs to be done."""
        return self.words_sound and all(tier.sound for tier in self.tiers)

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


def verify(scope: Scope, store: VectorStore | None) -> Report:
    """Count an agent's rows, words and vectors."""
    with scope.write() as connection:
        embedder_id = store.embedder_id(connection) if store else None
        tiers = tuple(_tier(connection, scope, tier, embedder_id) for tier in TIER_TABLES)
        count = sa.select(embedders.c.fingerprint, sa.func.count()).join_from(vectors, embedders)
        by_embedder = connection.execute(
            count.where(vectors.c.agent_id == scope.agent_id).group_by(embedders.c.fingerprint)
        )
        return Report(
            store.fingerprint if store else None,
            {fingerprint: number for fingerprint, number in by_embedder},
            all(scope.fulltext.is_sound(connection, tier) for tier in TIER_TABLES),
            tiers,
        )


def count_unembedded(home: Path, embedder: Embedder) -> dict[str, int]:
    """Return, by agent, how many rows of a home neither have a vector of the embedder nor wait for one."""
    found: dict[str, int] = {}
    with closing(open_database(home)) as database, database.read() as connection:
        embedder_id = VectorStore(embedder).embedder_id(connection)
        for agent in connection.execute(sa.select(agents.c.id, agents.c.name).order_by(agents.c.name)).fetchall():
            total = sum(
                _count(connection, table, sa.and_(*_missing(agent.id, tier, embedder_id)))
                for tier, table in TIER_TABLES.items()
            )
            if total:
                found[agent.name] = total
    return found


def enqueue_missing(scope: Scope, store: VectorStore) -> int:
    """Put every row without a vector of the present embedder into the outbox and return their number."""
    total = 0
    with scope.write() as connection:
        embedder_id = store.embedder_id(connection)
        gone = sa.delete(outbox).where(outbox.c.agent_id == scope.agent_id, outbox.c.tries >= MAX_TRIES)
        connection.execute(gone)
        for tier, table in TIER_TABLES.items():
            columns = (sa.literal(scope.agent_id), sa.literal(tier), table.c.n, sa.literal(0))
            missing = sa.select(*columns).where(*_missing(scope.agent_id, tier, embedder_id))
            statement = outbox.insert().from_select(["agent_id", "tier", "row", "tries"], missing)
            total += connection.execute(statement).rowcount
    return total


def drop_orphans(scope: Scope) -> int:
    """Delete the vectors that belong to no row, in the index too, and return their number."""
    with scope.write() as connection:
        total = 0
        for tier, table in TIER_TABLES.items():
            mine = (table.c.agent_id == scope.agent_id) & is_searchable(tier)
            gone = (vectors.c.agent_id == scope.agent_id) & (vectors.c.tier == tier)
            gone &= vectors.c.row.not_in(sa.select(table.c.n).where(mine))
            leaving = sa.select(vectors.c.agent_id, vectors.c.tier, vectors.c.n).where(gone)
            connection.execute(removals.insert().from_select(["agent_id", "tier", "vector_n"], leaving))
            total += connection.execute(sa.delete(vectors).where(gone)).rowcount
        return total


def rebuild_words(scope: Scope) -> int:
    """Write an agent's rows into the full-text indexes anew and return their number."""
    total = 0
    with scope.write() as connection:
        for tier, table in TIER_TABLES.items():
            scope.fulltext.rebuild(connection, tier)
            mine = (table.c.agent_id == scope.agent_id) & is_searchable(tier)
            scope.fulltext.remove(connection, tier, sa.select(table.c.n).where(mine))
            words = {row.n: _words_of(row) for row in connection.execute(sa.select(table).where(mine))}
            scope.fulltext.add(connection, tier, scope.agent_id, words)
            total += len(words)
    return total


def _words_of(row: AnyRow) -> str:
    data = row._mapping
    return index_words(data["text"], *(data["tags"] if "tags" in data else [data["speaker"]]))


def _tier(connection: Connection, scope: Scope, tier: Tier, embedder_id: int | None) -> TierReport:
    table, agent_id = TIER_TABLES[tier], scope.agent_id
    mine = (table.c.agent_id == agent_id) & is_searchable(tier)
    indexed = scope.fulltext.words(tier).n
    waits = (outbox.c.agent_id == agent_id) & (outbox.c.tier == tier)
    owned = (vectors.c.agent_id == agent_id) & (vectors.c.tier == tier)
    with_vector = sa.select(sa.func.count(sa.distinct(vectors.c.row))).where(owned)
    return TierReport(
        tier=tier,
        rows=_count(connection, table, mine),
        without_words=_count(connection, table, mine & table.c.n.not_in(sa.select(indexed))),
        with_vector=int(connection.execute(with_vector.where(vectors.c.embedder_id == embedder_id)).scalar_one()),
        waiting=_count(connection, outbox, waits & (outbox.c.tries < MAX_TRIES)),
        failed=_count(connection, outbox, waits & (outbox.c.tries >= MAX_TRIES)),
        missing=0
        if embedder_id is None
        else _count(connection, table, sa.and_(*_missing(agent_id, tier, embedder_id))),
        orphans=_count(connection, vectors, owned & vectors.c.row.not_in(sa.select(table.c.n).where(mine))),
    )


def _missing(agent_id: int, tier: Tier, embedder_id: int | None) -> list[sa.ColumnElement[bool]]:
    table = TIER_TABLES[tier]
    has = sa.select(vectors.c.row).where(vectors.c.tier == tier, vectors.c.embedder_id == embedder_id)
    waits = sa.select(outbox.c.row).where(outbox.c.tier == tier)
    mine = (table.c.agent_id == agent_id) & is_searchable(tier)
    return [mine, table.c.n.not_in(has), table.c.n.not_in(waits)]


def _count(connection: Connection, table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(condition)).scalar_one())
