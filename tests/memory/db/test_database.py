"""The connection: nothing acknowledged is lost, nothing half done stays."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from carrel.errors import StoreFailed, UsageError
from carrel.memory.db.database import Database, random_id
from carrel.memory.db.sqlite import SqliteFile
from carrel.memory.store import Memory

COUNTER = sa.table("counter", sa.column("value"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with one counter that stands at 0."""
    made = Database(SqliteFile(tmp_path / "some.db"))
    with made.write() as connection:
        connection.exec_driver_sql("CREATE TABLE counter (value INTEGER NOT NULL)")
        connection.exec_driver_sql("INSERT INTO counter VALUES (0)")
    yield made
    made.close()


def value_of(database: Database) -> int:
    """Return where the counter stands."""
    with database.read() as connection:
        return int(connection.execute(sa.select(COUNTER.c.value)).scalar_one())


def add_one(database: Database) -> None:
    """Read the counter, then write one more."""
    with database.write() as connection:
        value = connection.execute(sa.select(COUNTER.c.value)).scalar_one()
        connection.execute(sa.update(COUNTER).values(value=value + 1))


@pytest.mark.slow
def test_concurrent_increments(database: Database) -> None:
    """400 read-modify-writes by four threads lose nothing, two of them on one Database and two on another."""
    another = Database(SqliteFile(database.path))
    others = [database, database, another, another]
    failures: list[BaseException] = []

    def work(mine: Database) -> None:
        try:
            for _ in range(100):
                add_one(mine)
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for mine in others:
        mine.close()
    assert (failures, value_of(database)) == ([], 400)


def test_block_edits_of_two_threads(memory: Memory) -> None:
    """Edits of one block by several threads all stand in it: core memory is read and written in one transaction."""
    threads = [threading.Thread(target=memory.core.append, args=("human", f"line {n}")) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(memory.core["human"].value.splitlines()) == [f"line {n}" for n in range(6)]


def test_tables_roll_back(database: Database) -> None:
    """A table that is made in a transaction that fails does not exist afterwards."""

    def half() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("CREATE TABLE half (done INTEGER)")
            connection.execute(sa.update(COUNTER).values(value=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    with database.read() as connection:
        tables = sa.inspect(connection).get_table_names()
    assert (tables, value_of(database)) == (["counter"], 0)


def test_a_read_beside_a_write(database: Database) -> None:
    """A read sees what is committed, also where the caller is writing, and what was written once that commits."""
    with database.write() as connection:
        connection.execute(sa.update(COUNTER).values(value=1))
        seen = value_of(database)
    assert (seen, value_of(database)) == (0, 1)


@pytest.mark.parametrize("opening", [Database.write, Database.read])
def test_a_write_that_would_wait_for_itself(
    database: Database, opening: Callable[[Database], AbstractContextManager[Any]]
) -> None:
    """A write is refused at once where the caller has a transaction open, and may follow once that has ended."""
    with opening(database), pytest.raises(UsageError, match="A transaction is open already"):
        add_one(database)
    add_one(database)
    assert value_of(database) == 1


def test_after_a_failure(database: Database) -> None:
    """A transaction that failed leaves the thread free to begin another."""
    with pytest.raises(StoreFailed), database.write() as connection:
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")
    add_one(database)
    assert value_of(database) == 1


@pytest.mark.parametrize("opening", [Database.write, Database.read])
def test_an_interrupt_stays_what_it_is(
    database: Database, opening: Callable[[Database], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C within a statement is no failure of the store, and leaves no lock behind while it is dealt with."""

    def interrupted(cursor: sqlite3.Cursor, statement: str, values: Any, _: object) -> None:
        cursor.execute(statement, values)
        raise KeyboardInterrupt

    def look() -> None:
        with monkeypatch.context() as patch, opening(database) as connection:
            patch.setattr(database.engine.dialect, "do_execute", interrupted)
            connection.execute(sa.select(COUNTER))

    with pytest.raises(KeyboardInterrupt) as caught:
        look()
    with closing(sqlite3.connect(database.path, timeout=0, isolation_level=None)) as other:
        other.execute("UPDATE counter SET value = 1")
    assert caught.tb is not None
    assert value_of(database) == 1


def test_a_read_is_a_snapshot(database: Database) -> None:
    """What a read sees does not change under it while another connection tries to write."""
    another = Database(SqliteFile(database.path))
    with database.read() as connection:
        first = connection.execute(sa.select(COUNTER.c.value)).scalar_one()
        with closing(sqlite3.connect(database.path, timeout=0)) as raw:
            try:
                raw.execute("UPDATE counter SET value = 7")
                raw.commit()
            except sqlite3.OperationalError:
                raw.rollback()
        second = connection.execute(sa.select(COUNTER.c.value)).scalar_one()
    another.close()
    assert (first, second) == (0, 0)


def test_ids() -> None:
    """Ids have the letter of their kind and twelve characters that nobody confuses, and do not repeat."""
    made = {random_id("m") for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(one) == 14 and one.startswith("m-") and not set(one[2:]) & set("iloIO") for one in made)
