"""SQLite: set up so that nothing acknowledged is lost, in a file that only its owner reads; errors are sentences."""

import errno
import fcntl
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from carrel.errors import Busy, HomeUnusable, StoreFailed
from carrel.memory.db import sqlite
from carrel.memory.db.database import Database
from carrel.memory.db.sqlite import SqliteFile, journal_mode, wal_is_safe

Opening = Callable[[Database], AbstractContextManager[sa.Connection]]
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


def test_private_file(tmp_path: Path) -> None:
    """Only the owner can read the file, whatever the umask."""
    before = os.umask(0)
    try:
        Database(SqliteFile(tmp_path / "mine.db")).close()
    finally:
        os.umask(before)
    assert (tmp_path / "mine.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.process
def test_second_database_keeps_locks(database: Database) -> None:
    """Opening the same file again in this process does not drop the lock of a transaction that is going on."""
    with database.write() as connection:
        connection.execute(sa.update(COUNTER).values(value=5))
        Database(SqliteFile(database.path)).close()
        code = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
        said = _python(code, str(database.path))
    assert "database is locked" in said
    assert value_of(database) == 5


@pytest.mark.parametrize("name", ["a?mode=ro", "hash#1", "per%20cent", "spaced out", "書斎"])
def test_odd_directories(tmp_path: Path, name: str) -> None:
    """A home may have any name: nothing in it is read as part of a URL."""
    (tmp_path / name).mkdir()
    database = Database(SqliteFile(tmp_path / name / "some.db"))
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE here (value INTEGER)")
    database.close()
    with closing(sqlite3.connect(tmp_path / name / "some.db")) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("here",)]


def test_not_a_database(tmp_path: Path) -> None:
    """A file that is no database is called damaged, and is left as it is."""
    path = tmp_path / "some.db"
    path.write_bytes(b"These are my letters.\n" * 300)
    with pytest.raises(StoreFailed, match="is damaged"), Database(SqliteFile(path)).read():
        pass
    assert path.read_bytes() == b"These are my letters.\n" * 300


def test_missing_directory(tmp_path: Path) -> None:
    """A home that is not there is a sentence, not a traceback."""
    with pytest.raises(StoreFailed, match="cannot be opened: No such file"):
        Database(SqliteFile(tmp_path / "nowhere" / "some.db"))


@pytest.mark.parametrize(
    ("reason", "kind", "words"),
    [
        ("database is locked", Busy, "in use by another process"),
        ("database or disk is full", StoreFailed, "disk that holds .* is full"),
        ("attempt to write a readonly database", HomeUnusable, "cannot be written"),
        ("unable to open database file", HomeUnusable, "cannot be written"),
        ("database disk image is malformed", StoreFailed, "damaged"),
        ("disk I/O error", StoreFailed, "failed: disk I/O error"),
    ],
)
def test_explained(reason: str, kind: type[Exception], words: str) -> None:
    """Each way in which a disk fails has its sentence and its class."""
    error = SqliteFile(Path("x.db")).explain(sqlite3.OperationalError(reason))
    assert type(error) is kind
    with pytest.raises(kind, match=words):
        raise error


@pytest.mark.parametrize("opening", [Database.write, Database.read])
def test_a_database_that_is_locked(
    tmp_path: Path,
    opening: Callable[[Database], AbstractContextManager[sa.Connection]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that another process holds for long is busy, with the file's name."""
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 1)
    path = tmp_path / "书.db"
    database = Database(SqliteFile(path))
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE counter (value INTEGER)")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Busy, match=f"'{path}' is in use"), opening(database) as connection:
            connection.execute(sa.select(COUNTER.c.value))
    database.close()


def test_dangling_rows_and_damage(database: Database) -> None:
    """Rows that refer to nothing are counted, and a damaged file is told."""
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE child (parent INTEGER REFERENCES parent (id))")
        dialect = database.dialect
        assert (dialect.count_dangling(connection), dialect.find_damage(connection)) == (0, [])
    with database.dialect.migration(database.engine) as connection:
        connection.exec_driver_sql("INSERT INTO child VALUES (7)")
        assert dialect.count_dangling(connection) == 1
        connection.exec_driver_sql("INSERT INTO parent VALUES (7)")
    with pytest.raises(StoreFailed, match="leave 1 rows"), dialect.migration(database.engine) as connection:
        connection.exec_driver_sql("DELETE FROM parent")
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM parent").scalar() == 1


def _python(code: str, *arguments: str) -> str:
    """Run a line of Python in another process and return its errors."""
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    return done.stderr


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_file_that_is_read_only_is_read_without_a_change(tmp_path: Path, mode: str) -> None:
    """Whatever its journal: nothing is made beside it, and a statement that would write is refused."""
    path = tmp_path / "书 桌?#%.db"
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(f"PRAGMA journal_mode = {mode}")
        raw.execute("CREATE TABLE t (n)")
        raw.execute("INSERT INTO t VALUES (7)")
    before = path.read_bytes()
    with closing(Database(SqliteFile(path, read_only=True))) as database:
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT n FROM t").scalar() == 7
        assert database.dialect.inspect().tables == {"t"}
        refused = pytest.raises(HomeUnusable, match=r"cannot be written: attempt to write a readonly database\. Check")
        with refused, database.write() as connection:
            connection.exec_driver_sql("INSERT INTO t VALUES (8)")
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_a_lock_that_the_file_system_lacks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite says only that the database is locked."""
    file = SqliteFile(tmp_path / "carrel.db")
    locked = sqlite3.OperationalError("database is locked")
    assert isinstance(file.explain(locked), Busy)

    def lack(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "lockf", lack)
    told = file.explain(locked)
    assert isinstance(told, HomeUnusable)
    assert str(told) == f"The file system of '{tmp_path}' has no locks. Move CARREL_HOME to a local disk."


def test_a_limit_of_the_disk_that_sqlite_does_not_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quota and a limit of a file's size are a disk that is full."""
    file, failed = SqliteFile(tmp_path / "carrel.db"), sqlite3.OperationalError("disk I/O error")
    assert "failed: disk I/O error" in str(file.explain(failed))

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert "is full; nothing was stored" in str(file.explain(failed))
