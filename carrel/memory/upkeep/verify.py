"""Count what should agree: rows, words, vectors, index. Nothing is changed."""

from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.database import Database
from carrel.memory.db.schema import (
    WORD_TABLES,
    AnyRow,
    agents,
    embedders,
    messages,
    outbox,
    passages,
    removals,
    vectors,
)
from carrel.memory.indexing.vectors import MAX_TRIES, VectorStore
from carrel.memory.journal.scope import Scope
from carrel.memory.values import Tier
from carrel.words import index_words

_SEARCHABLE = {"recall": messages.c.position.is_not(None), "archival": passages.c.state != "deleted"}
_TABLES = {"recall": messages, "archival": passages}


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
    embedder_id = store.embedder_id() if store else None
    with scope.database.write() as connection:
        tiers = tuple(_tier(connection, scope.agent_id, tier, embedder_id) for tier in ("recall", "archival"))
        count = sa.select(embedders.c.fingerprint, sa.func.count()).join_from(vectors, embedders)
        by_embedder = connection.execute(
            count.where(vectors.c.agent_id == scope.agent_id).group_by(embedders.c.fingerprint)
        )
        return Report(
            store.fingerprint if store else None,
            {fingerprint: number for fingerprint, number in by_embedder},
            all(_words_are_sound(connection, name) for name in WORD_TABLES.values()),
            tiers,
        )


def unembedded(database: Database, store: VectorStore) -> dict[str, int]:
    """Return the agents that have rows which neither have a vector of the present embedder nor wait for one."""
    embedder_id = store.embedder_id()
    found: dict[str, int] = {}
    with database.read() as connection:
        for agent in connection.execute(sa.select(agents.c.id, agents.c.name).order_by(agents.c.name)).fetchall():
            missing = (sa.and_(*_missing(agent.id, tier, embedder_id)) for tier in _TABLES)
            total = sum(_count(connection, t, c) for t, c in zip(_TABLES.values(), missing, strict=True))
            if total:
                found[agent.name] = total
    return found


def enqueue_missing(scope: Scope, store: VectorStore) -> int:
    """Put every row without a vector of the present embedder into the outbox and return their number."""
    embedder_id = store.embedder_id()
    total = 0
    with scope.database.write() as connection:
        gone = sa.delete(outbox).where(outbox.c.agent_id == scope.agent_id, outbox.c.tries >= MAX_TRIES)
        connection.execute(gone)
        for tier in ("recall", "archival"):
            table = _TABLES[tier]
            columns = (sa.literal(scope.agent_id), sa.literal(tier), table.c.n, sa.literal(0))
            missing = sa.select(*columns).where(*_missing(scope.agent_id, tier, embedder_id))
            statement = outbox.insert().from_select(["agent_id", "tier", "row", "tries"], missing)
            total += connection.execute(statement).rowcount
    return total


def drop_orphans(scope: Scope) -> int:
    """Delete the vectors that belong to no row, in the index too, and return their number."""
    with scope.database.write() as connection:
        total = 0
        for tier, table in _TABLES.items():
            mine = (table.c.agent_id == scope.agent_id) & _SEARCHABLE[tier]
            gone = (vectors.c.agent_id == scope.agent_id) & (vectors.c.tier == tier)
            gone &= vectors.c.row.not_in(sa.select(table.c.n).where(mine))
            leaving = sa.select(vectors.c.agent_id, vectors.c.tier, vectors.c.n).where(gone)
            connection.execute(removals.insert().from_select(["agent_id", "tier", "vector_n"], leaving))
            total += connection.execute(sa.delete(vectors).where(gone)).rowcount
        return total


def rebuild_words(scope: Scope) -> int:
    """Write an agent's rows into the full-text indexes anew and return their number."""
    total = 0
    agent = f"agent{scope.agent_id}"
    with scope.database.write() as connection:
        for tier, name in WORD_TABLES.items():
            connection.exec_driver_sql(f"INSERT INTO {name}({name}) VALUES ('rebuild')")
            words = sa.table(name, sa.column("rowid"), sa.column("agent"), sa.column("text"))
            table = _TABLES[tier]
            mine = (table.c.agent_id == scope.agent_id) & _SEARCHABLE[tier]
            connection.execute(sa.delete(words).where(words.c.rowid.in_(sa.select(table.c.n).where(mine))))
            rows = [
                {"rowid": row.n, "agent": agent, "text": _words_of(row)}
                for row in connection.execute(sa.select(table).where(mine))
            ]
            if rows:
                connection.execute(words.insert(), rows)
            total += len(rows)
    return total


def _words_of(row: AnyRow) -> str:
    data = row._mapping
    return index_words(data["text"], *(data["tags"] if "tags" in data else [data["speaker"]]))


def _tier(connection: Connection, agent_id: int, tier: Tier, embedder_id: int | None) -> TierReport:
    table = _TABLES[tier]
    mine = (table.c.agent_id == agent_id) & _SEARCHABLE[tier]
    words = sa.table(WORD_TABLES[tier], sa.column("rowid"))
    waits = (outbox.c.agent_id == agent_id) & (outbox.c.tier == tier)
    owned = (vectors.c.agent_id == agent_id) & (vectors.c.tier == tier)
    with_vector = sa.select(sa.func.count(sa.distinct(vectors.c.row))).where(owned)
    return TierReport(
        tier=tier,
        rows=_count(connection, table, mine),
        without_words=_count(connection, table, mine & table.c.n.not_in(sa.select(words.c.rowid))),
        with_vector=int(connection.execute(with_vector.where(vectors.c.embedder_id == embedder_id)).scalar_one()),
        waiting=_count(connection, outbox, waits & (outbox.c.tries < MAX_TRIES)),
        failed=_count(connection, outbox, waits & (outbox.c.tries >= MAX_TRIES)),
        missing=0
        if embedder_id is None
        else _count(connection, table, sa.and_(*_missing(agent_id, tier, embedder_id))),
        orphans=_count(connection, vectors, owned & vectors.c.row.not_in(sa.select(table.c.n).where(mine))),
    )


def _missing(agent_id: int, tier: str, embedder_id: int | None) -> list[sa.ColumnElement[bool]]:
    table = _TABLES[tier]
    has = sa.select(vectors.c.row).where(vectors.c.tier == tier, vectors.c.embedder_id == embedder_id)
    waits = sa.select(outbox.c.row).where(outbox.c.tier == tier)
    mine = (table.c.agent_id == agent_id) & _SEARCHABLE[tier]
    return [mine, table.c.n.not_in(has), table.c.n.not_in(waits)]


def _count(connection: Connection, table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(condition)).scalar_one())


def _words_are_sound(connection: Connection, name: str) -> bool:
    """Ask FTS5 to check itself; it raises where the index does not match its rows."""
    try:
        connection.exec_driver_sql(f"INSERT INTO {name}({name}) VALUES ('integrity-check')")
    except sa.exc.DatabaseError:
        return False
    return True
