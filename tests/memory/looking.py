"""Look at what a store holds, past its own methods."""

import sqlalchemy as sa

from carrel.memory.db.schema import metadata
from carrel.memory.indexing.fts5 import create_statements
from carrel.memory.search.engines import VectorEngines
from carrel.memory.store import Memory, Store

WORK = frozenset({"removals", "outbox"})
"""Tables that say what the index still has to do."""

LASTING = frozenset({"tombstones", "undone_turns"})
"""Tables that say what must not come back, and what can be redone."""


def vectors_of(store: Store) -> VectorEngines:
    """Return what works on the vectors of a store that has an embedder."""
    assert store.engines.vectors is not None
    return store.engines.vectors


def count(store: Store, table: sa.Table) -> int:
    """Return how many rows a table has."""
    with store.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def everything(memory: Memory, without: frozenset[str] = WORK) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of all tables but these, and the indexed words, in an order of their own."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with memory.scope.database.read() as connection:
        for table in metadata.sorted_tables:
            if table.name not in without:
                found[table.name] = sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
        for name in create_statements():
            found[name] = sorted(map(tuple, connection.exec_driver_sql(f"SELECT rowid, * FROM {name}")))
    return found
