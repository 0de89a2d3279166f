"""The connection to SQL, set up so that nothing acknowledged is ever lost.

Figures and reasons: SQLAlchemy's default for SQLite lost 300 of 400 concurrent increments without an error; with
`isolation_level=None` and BEGIN IMMEDIATE it lost none. SQLite before 3.51.3 (3.50.7, 3.44.6) can corrupt a WAL
database when two connections write and checkpoint together, so the rollback journal is used there.
"""

import os
import secrets
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, ExceptionContext
from sqlalchemy.exc import StatementError

import carrel.memory.db.sqlite  # noqa: F401 - so that SQLAlchemy knows how SQLite writes what `dialect` offers
from carrel.errors import Busy, CarrelError, StoreFailed, UsageError
from carrel.memory.db.file_lock import hold_file

BUSY_MS = 10_000
CACHE_KIB = 32_768
"""Pages that a connection keeps; with SQLite's 2 MB a search reads most of its rows from the disk again."""
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

_OPEN: ContextVar[tuple["Database", ...]] = ContextVar("carrel-open-transactions", default=())
"""The databases on which the caller has a transaction open; it serves to refuse what would wait for itself, no more."""


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Return whether this SQLite is free of the WAL-reset bug (sqlite.org, 3.51.3 release notes)."""
    if version >= (3, 51, 3):
        return True
    return (version[:2] == (3, 50) and version[2] >= 7) or (version[:2] == (3, 44) and version[2] >= 6)


def journal_mode() -> str:
    """Return the journal mode that is safe with the linked SQLite."""
    return "wal" if wal_is_safe(sqlite3.sqlite_version_info[:3]) else "delete"


def random_id(prefix: str) -> str:
    """Return an unguessable id: a letter for the kind, a dash and 60 bits in 12 characters."""
    bits = secrets.randbits(60)
    return prefix + "-" + "".join(_ALPHABET[bits >> shift & 31] for shift in range(55, -1, -5))


class Database:
    """One SQL database: short transactions, one writer at a time within the process."""

    def __init__(self, path: Path, new_id: Callable[[str], str] = random_id) -> None:
        self.path = path
        self.new_id = new_id
        _make_private(path)
        url = sa.URL.create("sqlite", database=str(path))  # a path may hold what means something in a URL
        self._engine = sa.create_engine(url, connect_args={"timeout": BUSY_MS / 1000}, pool_use_lifo=True)
        sa.event.listen(self._engine, "connect", _prepare)
        sa.event.listen(self._engine, "begin", _begin)
        sa.event.listen(self._engine, "handle_error", _keep_interrupted)

    @property
    def engine(self) -> Engine:
        """The engine, for migrations and backups."""
        return self._engine

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that may write; it commits when the block ends and rolls back when an exception leaves it.

        Never hold one across a call of a model or an embedder.

        Raises:
            UsageError: the caller has a transaction open here: this one would wait for it in vain.
        """
        if self in _OPEN.get():
            raise UsageError(
                "A transaction is open already, and a second one would wait for it.",
                "Use the memory that the first one gives; in a tool that is context.memory.",
            )
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a snapshot for reading: what is committed, whatever transaction of the caller goes on."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def lock(self, name: str, *, wait: bool) -> Iterator[bool]:
        """Hold the lock of this name, which one thread of one process has at a time; yield whether it is held.

        It is not held only where somebody else has it and `wait` is false. It ends with its process, however that ends.

        Raises:
            StoreFailed: the lock's file cannot be written.
        """
        with hold_file(self.path.with_suffix(f".{name}-lock"), wait=wait) as held:
            yield held

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        """Begin and end on the driver: it takes a microsecond, SQLAlchemy's own way thirty, and a turn begins ten."""
        others = _OPEN.get()
        _OPEN.set((*others, self))
        try:
            with self._engine.connect() as connection:
                driver = driver_of(connection)
                driver.execute(begin)
                try:
                    yield connection
                    driver.execute("COMMIT")
                finally:
                    driver.rollback()  # nothing, where it was committed
        except (StatementError, sqlite3.Error) as error:
            raise explained(getattr(error, "orig", None) or error, self.path) from error
        finally:
            _OPEN.set(others)


def driver_of(connection: Connection) -> sqlite3.Connection:
    """Return the driver's own connection."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def new_number(connection: Connection, statement: sa.Insert, values: Mapping[str, Any] | None = None) -> int:
    """Insert one row and return the number that the database gave it."""
    key = connection.execute(statement, values).inserted_primary_key
    assert key is not None
    return int(key[0])


def explained(error: BaseException, path: Path) -> CarrelError:
    """Turn a driver's error into a sentence; one that is a sentence stays what it is."""
    if isinstance(error, CarrelError):
        return error
    reason = str(error)
    if "database is locked" in reason:
        return Busy(f"Database '{path}' is in use by another process.", "Try again in a moment.")
    if "full" in reason:
        return StoreFailed(f"The disk that holds '{path}' is full; nothing was stored.", "Free some space, try again.")
    if "readonly" in reason or "unable to open" in reason:
        return StoreFailed(f"Database '{path}' cannot be written: {reason}.", "Check its permissions.")
    if "malformed" in reason or "not a database" in reason:
        return StoreFailed(f"Database '{path}' is damaged: {reason}.", "Restore a backup from the same directory.")
    return StoreFailed(f"Database '{path}' failed: {reason}.", "Run carrel doctor.")


def _make_private(path: Path) -> None:
    """Make the file before SQLite does, so that only its owner can read it.

    One that is there is not opened: closing it would drop the locks that this process holds on it (POSIX).
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise StoreFailed(f"Database '{path}' cannot be opened: {error.strerror}.", "Check its permissions.") from None


def _prepare(dbapi: sqlite3.Connection, _record: Any) -> None:
    """Set the pragmas of a new connection and read them back."""
    dbapi.isolation_level = None
    wanted = {
        "journal_mode": journal_mode(),
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": BUSY_MS,
        "secure_delete": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "mmap_size": 0,
        "cache_size": -CACHE_KIB,
    }
    if sys.platform == "darwin":
        wanted["fullfsync"] = 1
    dbapi.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    for name, value in wanted.items():
        dbapi.execute(f"PRAGMA {name} = {value}")
        row = dbapi.execute(f"PRAGMA {name}").fetchone()
        if row is not None and row[0] != value:
            raise StoreFailed(
                f"SQLite refuses '{name} = {value}' and keeps {row[0]}.", "Move CARREL_HOME to a local disk."
            )


def _begin(connection: Connection) -> None:
    """Begin by hand, where that is not done yet: the driver's own way begins too late."""
    if not driver_of(connection).in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _keep_interrupted(context: ExceptionContext) -> None:
    """Keep a connection whose statement was interrupted, by Ctrl-C for one; SQLAlchemy would close it.

    It is sound, and its transaction is still to be rolled back; closed, it would keep its locks until the statement is
    forgotten, and nothing could be written meanwhile.
    """
    if not isinstance(context.original_exception, Exception):
        context.is_disconnect = False
