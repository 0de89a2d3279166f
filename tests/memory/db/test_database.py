"""The connection: nothing acknowledged is lost, nothing half done stays."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from carrel.errors import Busy, StoreFailed, UsageError
from carrel.memory.db.database import Database, explained, journal_mode, random_id, wal_is_safe
from carrel.memory.store import Memory
from carrel.memory.values import NewMessage

COUNTER = sa.table("counter", sa.column("value"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with one counter that stands at 0."""
    made = Database(tmp_path / "some.db")
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
    another = Database(database.path)
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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("journal_mode", journal_mode()),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 10_000),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("mmap_size", 0),
    ],
)
def test_pragmas(database: Database, name: str, value: str | int) -> None:
    """Each pragma that durability and safety rest on has its value on the connections that are used."""
    with database.read() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 7, 0), False),
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 9), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_journal_by_version(version: tuple[int, int, int], safe: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """WAL is used with exactly the versions in which the WAL-reset bug is mended."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    assert (wal_is_safe(version), journal_mode()) == (safe, "wal" if safe else "delete")


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
    another = Database(database.path)
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


def test_private_file(tmp_path: Path) -> None:
    """Only the owner can read the file, whatever the umask."""
    before = os.umask(0)
    try:
        Database(tmp_path / "mine.db").close()
    finally:
        os.umask(before)
    assert (tmp_path / "mine.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.process
def test_second_database_keeps_locks(database: Database) -> None:
    """Opening the same file again in this process does not drop the lock of a transaction that is going on."""
    with database.write() as connection:
        connection.execute(sa.update(COUNTER).values(value=5))
        Database(database.path).close()
        code = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
        said = _python(code, str(database.path))
    assert "database is locked" in said
    assert value_of(database) == 5


@pytest.mark.parametrize("name", ["a?mode=ro", "hash#1", "per%20cent", "spaced out", "書斎"])
def test_odd_directories(tmp_path: Path, name: str) -> None:
    """A home may have any name: nothing in it is read as part of a URL."""
    (tmp_path / name).mkdir()
    database = Database(tmp_path / name / "some.db")
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE here (value INTEGER)")
    database.close()
    with closing(sqlite3.connect(tmp_path / name / "some.db")) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("here",)]


def test_not_a_database(tmp_path: Path) -> None:
    """A file that is no database is called damaged, and is left as it is."""
    path = tmp_path / "some.db"
    path.write_bytes(b"These are my letters.\n" * 300)
    with pytest.raises(StoreFailed, match="is damaged"), Database(path).read():
        pass
    assert path.read_bytes() == b"These are my letters.\n" * 300


def test_missing_directory(tmp_path: Path) -> None:
    """A home that is not there is a sentence, not a traceback."""
    with pytest.raises(StoreFailed, match="cannot be opened: No such file"):
        Database(tmp_path / "nowhere" / "some.db")


@pytest.mark.parametrize(
    ("reason", "kind", "words"),
    [
        ("database is locked", Busy, "in use by another process"),
        ("database or disk is full", StoreFailed, "disk that holds .* is full"),
        ("attempt to write a readonly database", StoreFailed, "cannot be written"),
        ("unable to open database file", StoreFailed, "cannot be written"),
        ("database disk image is malformed", StoreFailed, "damaged"),
        ("disk I/O error", StoreFailed, "failed: disk I/O error"),
    ],
)
def test_explained(reason: str, kind: type[Exception], words: str) -> None:
    """Each way in which a disk fails has its sentence and its class."""
    error = explained(sqlite3.OperationalError(reason), Path("x.db"))
    assert type(error) is kind
    with pytest.raises(kind, match=words):
        raise error


def test_moment_without_zone(memory: Memory) -> None:
    """A moment without a time zone is refused in one sentence, and nothing is stored."""
    with pytest.raises(UsageError, match="has no time zone"):
        memory.recall.load([NewMessage("user", "hello", datetime(2026, 1, 1))])
    assert memory.recall.count() == 0


def test_ids() -> None:
    """Ids have the letter of their kind and twelve characters that nobody confuses, and do not repeat."""
    made = {random_id("m") for _ in range(1000)}
    assert len(made) == 1000
    assert all(len(one) == 14 and one.startswith("m-") and not set(one[2:]) & set("iloIO") for one in made)


def _python(code: str, *arguments: str) -> str:
    """Run a line of Python in another process and return its errors."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    return done.stderr
