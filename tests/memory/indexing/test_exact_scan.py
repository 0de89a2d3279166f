"""The exact scan: always what SQL holds, whatever was read before and whoever else reads or writes."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carrel.clock import FrozenClock
from carrel.memory.db.schema import vectors
from carrel.memory.indexing import exact_scan
from carrel.memory.indexing.exact_scan import ExactScan
from carrel.memory.indexing.vectors import EmbeddedRow, VectorStore
from carrel.memory.store import Store
from carrel.memory.values import Tier
from carrel.protocols import Vectors
from tests.memory.conftest import BLOCKS, Letters
from tests.memory.toy import ToyEmbedder

QUERY = np.array([1, 0], np.float32)


class Plane(ToyEmbedder):
    """An embedder of two dimensions, whose vectors are made here."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return 2


def vector_at(cosine: float) -> Vectors:
    """Return the unit vector that has this cosine with the query."""
    return np.array([cosine, np.sqrt(1 - cosine**2)], np.float32)


@pytest.fixture
def store(tmp_path: Path, clock: FrozenClock) -> Iterator[Store]:
    """A store with two agents, numbers 1 and 2."""
    made = Store(tmp_path, clock, Letters(), Plane())
    for name in ("ada", "bob"):
        made.memory(name, BLOCKS)
    yield made
    made.close()


def vectors_of(store: Store) -> VectorStore:
    """Return the vectors in SQL."""
    assert store.engines.vectors is not None
    return store.engines.vectors.store


class Scan:
    """An exact scan, each search in a snapshot of its own."""

    def __init__(self, store: Store) -> None:
        self._database = store.database
        self._scan = ExactScan(vectors_of(store))

    def nearest(self, agent_id: int, tier: Tier, query: Vectors, limit: int) -> dict[int, float]:
        """Search all vectors."""
        with self._database.read() as connection:
            return self._scan.nearest(connection, agent_id, tier, query, limit)

    def nearest_among(self, limit: int, numbers: set[int]) -> dict[int, float]:
        """Search some vectors of agent 1."""
        with self._database.read() as connection:
            return self._scan.nearest_among(connection, 1, "recall", QUERY, limit, numbers=numbers)

    def nearest_of_rows(self, limit: int, rows: list[int]) -> dict[int, float]:
        """Search some rows of agent 1."""
        with self._database.read() as connection:
            return self._scan.nearest_of_rows(connection, 1, "recall", QUERY, limit, rows=rows)


def add(store: Store, row: int, *cosines: float, agent_id: int = 1) -> None:
    """Store the vectors of the chunks of a row."""
    with store.database.write() as connection:
        chunks = [vector_at(cosine) for cosine in cosines]
        vectors_of(store).add(connection, [EmbeddedRow(agent_id, "recall", row, chunks)])


def remove(store: Store, *rows: int) -> None:
    """Delete the vectors of rows."""
    with store.database.write() as connection:
        connection.execute(sa.delete(vectors).where(vectors.c.row.in_(rows)))


def rounded(found: dict[int, float]) -> list[tuple[int, float]]:
    """Return rows with their cosines, in order."""
    return [(row, round(cosine, 3)) for row, cosine in found.items()]


def test_nearest_first(store: Store) -> None:
    """Rows come best first, each by the best of its chunks, those of other agents and tiers left out."""
    scan = Scan(store)
    assert scan.nearest(1, "recall", QUERY, 5) == {}
    add(store, 10, 0.1)
    add(store, 20, 0.5, 0.9)
    add(store, 30, 0.7)
    add(store, 40, 0.99, agent_id=2)
    assert rounded(scan.nearest(1, "recall", QUERY, 5)) == [(20, 0.9), (30, 0.7), (10, 0.1)]
    assert rounded(scan.nearest(1, "recall", QUERY, 2)) == [(20, 0.9), (30, 0.7)]
    assert scan.nearest(1, "archival", QUERY, 2) == {}
    assert rounded(scan.nearest_of_rows(5, [10, 30, 99])) == [(30, 0.7), (10, 0.1)]


def test_among_some(store: Store) -> None:
    """Of some vectors the nearest of them are returned, and none of those that are gone."""
    scan = Scan(store)
    for row, cosine in ((10, 0.1), (20, 0.9), (30, 0.7)):
        add(store, row, cosine)
    assert rounded(scan.nearest_among(5, {1, 3})) == [(30, 0.7), (10, 0.1)]
    assert rounded(scan.nearest_among(5, {2, 3, 99})) == [(20, 0.9), (30, 0.7)]
    remove(store, 20)
    assert rounded(scan.nearest_among(5, {3})) == [(30, 0.7)]
    assert scan.nearest_among(5, set()) == {}
    assert rounded(scan.nearest(1, "recall", QUERY, 5)) == [(30, 0.7), (10, 0.1)]


def test_a_lower_number_that_comes_later_is_found(store: Store) -> None:
    """A vector whose number is below others is found though it was committed after they were read."""
    scan = Scan(store)
    add(store, 10, 0.1)
    add(store, 20, 0.9)
    with store.database.write() as connection:
        values = connection.execute(sa.select(vectors).where(vectors.c.row == 10)).one()._asdict()
    remove(store, 10)
    assert rounded(scan.nearest(1, "recall", QUERY, 5)) == [(20, 0.9)]
    with store.database.write() as connection:
        connection.execute(vectors.insert().values(**values))
    assert rounded(scan.nearest(1, "recall", QUERY, 5)) == [(20, 0.9), (10, 0.1)]


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.integers(1, 12), st.floats(-0.99, 0.99)),
            st.tuples(st.just("remove"), st.integers(1, 12), st.just(0.0)),
            st.tuples(st.just("look"), st.integers(1, 4), st.just(0.0)),
        ),
        max_size=30,
    )
)
def test_always_what_sql_holds(
    store: Store, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int, float]]
) -> None:
    """After any additions and removals, and whatever was read in between, exactly what is in SQL is found."""
    monkeypatch.setattr(exact_scan, "SMALL", 3)
    monkeypatch.setattr(exact_scan, "READ_AT_ONCE", 2)
    remove(store, *range(1, 13))
    scan, held = Scan(store), dict[int, float]()
    for kind, row, cosine in [*steps, ("look", 12, 0.0)]:
        if kind == "add" and row not in held:
            held[row] = cosine
            add(store, row, cosine)
        elif kind == "remove" and held.pop(row, None) is not None:
            remove(store, row)
        elif kind == "look":
            expected = sorted((round(-value, 4), row) for row, value in held.items())[:row]
            found = scan.nearest(1, "recall", QUERY, row)
            assert [round(-value, 4) for value in found.values()] == [value for value, _ in expected]
            assert {(n, round(held[n], 4)) for n in found} == {(n, round(value, 4)) for n, value in found.items()}


def test_many_threads(store: Store) -> None:
    """Searches of many agents at once, while vectors come and go, raise nothing and find what is there throughout."""
    scan, stop = Scan(store), threading.Event()
    add(store, 1, 0.9)
    add(store, 1001, 0.8, agent_id=2)

    def search(number: int) -> int:
        looked = 0
        while not stop.is_set():
            assert 1 in scan.nearest(1, "recall", QUERY, 3)
            assert rounded(scan.nearest(2, "recall", QUERY, 3)) == [(1001, 0.8)]
            assert scan.nearest(number + 100 + looked, "recall", QUERY, 3) == {}
            looked += 1
        return looked

    with ThreadPoolExecutor(4) as pool:
        searches = [pool.submit(search, number) for number in range(4)]
        for row in range(2, 40):
            add(store, row, 0.1)
            remove(store, row)
        stop.set()
        assert all(done.result() > 0 for done in searches)
