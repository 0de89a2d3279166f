"""Look at what a store holds, past its own methods."""

import sqlalchemy as sa

from carrel.memory.search.engines import VectorEngines
from carrel.memory.store import Store


def vectors_of(store: Store) -> VectorEngines:
    """Return what works on the vectors of a store that has an embedder."""
    assert store.engines.vectors is not None
    return store.engines.vectors


def count(store: Store, table: sa.Table) -> int:
    """Return how many rows a table has."""
    with store.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
