"""SQLite, configured so that nothing committed is ever lost.

Figures and reasons: SQLAlchemy's default for SQLite lost 300 of 400 concurrent increments without an error; with
`isolation_level=None` and BEGIN IMMEDIATE it lost none. SQLite before 3.51.3 (3.50.7, 3.44.6) can corrupt a WAL
database when two connections write and checkpoint together, so the rollback journal is used there.
"""

import errno
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, ExceptionContext
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from carrel.errors import Busy, CarrelError, HomeUnusable, StoreFailed
from carrel.memory.db.dialect import READ_ONLY, Contents, CountTrigger, Elements, WithoutIndex
from carrel.memory.db.file_lock import has_locks, hold_file, lock_path

BUSY_TIMEOUT_MS = 10_000
MOVE_REMEDY = "Move CARREL_HOME to a local disk."
WRITE_REMEDY = "Check the permissions of CARREL_HOME, or set it to a directory that you may write."
CACHE_KIB = 32_768
"""The page cache of a connection. With SQLite's default of 2 MB a search reads most of its rows from disk again."""


class _Explanation(NamedTuple):
    """Words in SQLite's errors, and the error that they become."""

    words: tuple[str, ...]
    kind: type[CarrelError]
    message: str
    hint: str


_EXPLANATIONS = (
    _Explanation(
        ("locked", "locking protocol"),
        Busy,
        "Database '{path}' is in use by another process.",
        "Try again in a moment.",
    ),
    _Explanation(
        ("full",),
        StoreFailed,
        "The disk that holds '{path}' is full; nothing was stored.",
        "Free some space, try again.",
    ),
    _Explanation(
        ("readonly", "unable to open"), HomeUnusable, "Database '{path}' cannot be written: {reason}.", WRITE_REMEDY
    ),
    _Explanation(
        ("malformed", "not a database"),
        StoreFailed,
        "Database '{path}' is damaged: {reason}.",
        "Restore a backup: see carrel db restore --help.",
    ),
    _Explanation(("",), StoreFailed, "Database '{path}' failed: {reason}.", "Run carrel doctor."),
)

WAL_MARK = b"\x02\x02"
"""Bytes 18 and 19 of a file in WAL mode (sqlite.org/fileformat2.html)."""


class SqliteFile:
    """A database in one file that only its owner can read.

    A file that is `read_only` is opened without a change to it or beside it; a statement that would write is refused.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only

    def create_engine(self) -> Engine:
        """Create the file if it is missing, and its engine. Raise StoreFailed if it cannot be opened."""
        if not self.read_only:
            _create_private(self.path)
        url = sa.URL.create("sqlite", database=str(self.path))  # a path may hold what means something in a URL
        engine = sa.create_engine(url, creator=self._connect, pool_use_lifo=True)
        sa.event.listen(engine, "connect", _set_reading_pragmas if self.read_only else _set_pragmas)
        sa.event.listen(engine, "begin", _begin)
        sa.event.listen(engine, "handle_error", _keep_interrupted)
        return engine

    def inspect(self) -> Contents:
        """Return what the database contains. Raise StoreFailed, Busy.

        It uses a plain connection: one that is configured for writing may change the journal mode, and with it the
        file of a newer Carrel or of another program.
        """
        try:
            with closing(self._connect()) as raw:
                tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
                noted = "alembic_version" in tables
                row = raw.execute("SELECT version_num FROM alembic_version").fetchone() if noted else None
        except sqlite3.Error as error:
            raise self.explain(error) from error
        return Contents(frozenset(tables), str(row[0]) if row else None)

    def explain(self, error: BaseException) -> CarrelError:
        """Turn an error of SQLite into one with a sentence and a remedy. A CarrelError is returned unchanged."""
        if isinstance(error, StatementError) and error.orig is not None:
            error = error.orig
        if isinstance(error, CarrelError):
            return error
        reason = str(error)
        if "locked" in reason and not has_locks(self.path.parent):
            return HomeUnusable(f"The file system of '{self.path.parent}' has no locks.", MOVE_REMEDY)
        if "disk I/O error" in reason and not _has_room(self.path.parent):
            reason = "disk is full"
        found = next(item for item in _EXPLANATIONS if any(word in reason for word in item.words))
        return found.kind(found.message.format(path=self.path, reason=reason), found.hint)

    def _connect(self) -> sqlite3.Connection:
        timeout = BUSY_TIMEOUT_MS / 1000
        if not self.read_only:
            return sqlite3.connect(self.path, timeout=timeout, check_same_thread=False)
        # a file in WAL mode is read by making another one beside it, unless nothing is going to change it
        frozen = _is_wal(self.path) and not self.path.with_name(f"{self.path.name}-wal").exists()
        uri = f"{self.path.absolute().as_uri()}?mode=ro{'&immutable=1' if frozen else ''}"
        return sqlite3.connect(uri, timeout=timeout, check_same_thread=False, uri=True)

    def lock(self, name: str, *, wait: bool) -> AbstractContextManager[bool]:
        """Hold a lock in a file next to the database and yield whether it is held."""
        return hold_file(lock_path(self.path, name), wait=wait)

    @contextmanager
    def migration(self, engine: Engine) -> Iterator[Connection]:
        """Open a transaction that may rebuild tables; references are checked when it ends. Raise StoreFailed."""
        connection = engine.connect()
        try:
            driver_of(connection).execute("PRAGMA foreign_keys = OFF")  # SQLite ignores it inside a transaction
            with connection.begin():
                yield connection
                if dangling := self.count_dangling(connection):
                    raise StoreFailed(
                        f"The upgrade would leave {dangling} rows without their parents.", "Report this, please."
                    )
        except StatementError as error:
            raise self.explain(error) from error
        finally:
            connection.invalidate()
            connection.close()

    def copy(self, engine: Engine, target: Path) -> None:
        """Write a consistent copy to a new file, check it and flush it to disk. Raise StoreFailed."""
        try:
            file = os.open(target, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600)
            try:
                with closing(engine.raw_connection()) as raw:
                    raw.cursor().execute("VACUUM INTO ?", (str(target),))
                with closing(sqlite3.connect(target)) as copied:
                    state = copied.execute("PRAGMA quick_check").fetchone()[0]
                if state != "ok":
                    raise sqlite3.DatabaseError(state)
                os.fsync(file)
            finally:
                os.close(file)
        except (OSError, sqlite3.Error, StatementError) as error:
            raise StoreFailed(f"Copy '{target}' failed: {error}.", "Make room for it.") from error

    def compact(self, engine: Engine) -> None:
        """Rewrite the file and empty its journal, so that nothing of deleted rows is left. Raise StoreFailed, Busy."""
        try:
            with closing(engine.raw_connection()) as raw:
                cursor = raw.cursor()
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except (sqlite3.Error, StatementError) as error:
            raise self.explain(error) from error

    def find_damage(self, connection: Connection, *, quick: bool = False) -> list[str]:
        """Return what SQLite finds wrong with the file; `quick` skips the indexes."""
        found = connection.exec_driver_sql(f"PRAGMA {'quick' if quick else 'integrity'}_check")
        return [str(row[0]) for row in found if row[0] != "ok"]

    def count_dangling(self, connection: Connection) -> int:
        """Return how many rows refer to rows that do not exist."""
        return len(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall())

    def describe(self) -> str:
        """Return the version and the journal mode, with the reason if it is not WAL."""
        mode = journal_mode()
        reason = "" if mode == "wal" else ": this SQLite can corrupt a WAL database, so the rollback journal is used"
        return f"{sqlite3.sqlite_version}, journal {mode}{reason}"


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Return whether a version of SQLite is free of the WAL-reset bug (sqlite.org, release notes of 3.51.3)."""
    if version >= (3, 51, 3):
        return True
    return (version[:2] == (3, 50) and version[2] >= 7) or (version[:2] == (3, 44) and version[2] >= 6)


def journal_mode() -> str:
    """Return the journal mode that is safe with the linked SQLite."""
    return "wal" if wal_is_safe(sqlite3.sqlite_version_info[:3]) else "delete"


def create_trigger(trigger: CountTrigger) -> str:
    """Return the statement that creates a trigger."""
    event = f"UPDATE OF {trigger.changed_column}" if trigger.changed_column else trigger.event
    counted = f"{trigger.counter} = {trigger.counter} + {trigger.change}"
    return (
        f"CREATE TRIGGER {trigger.name} AFTER {event} ON {trigger.table} "
        f"BEGIN UPDATE agents SET {counted} WHERE id = {trigger.row}.agent_id; END"
    )


def driver_of(connection: Connection) -> sqlite3.Connection:
    """Return the connection of the sqlite3 module."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _create_private(path: Path) -> None:
    """Create the file before SQLite does, so that only its owner can read it.

    An existing file is not opened: closing it would release all locks of this process on it (POSIX).
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise StoreFailed(f"Database '{path}' cannot be opened: {error.strerror}.", "Check its permissions.") from None


def _is_wal(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(20)[18:] == WAL_MARK


def _has_room(folder: Path) -> bool:
    """Return whether a page can be added to a file in a folder; SQLite says of most limits only that it failed."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(65_536))
    except OSError as error:
        return error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    return True


def _set_pragmas(dbapi: sqlite3.Connection, _record: Any) -> None:
    """Set the pragmas of a new connection and check that each took effect."""
    wanted = {"journal_mode": journal_mode(), "synchronous": 2, "secure_delete": 1}
    _apply(dbapi, wanted | ({"fullfsync": 1} if sys.platform == "darwin" else {}))


def _set_reading_pragmas(dbapi: sqlite3.Connection, _record: Any) -> None:
    """Set those pragmas that do not concern what is written."""
    _apply(dbapi, {})


def _apply(dbapi: sqlite3.Connection, more: Mapping[str, Any]) -> None:
    dbapi.isolation_level = None
    wanted = {
        **more,
        "foreign_keys": 1,
        "busy_timeout": BUSY_TIMEOUT_MS,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "mmap_size": 0,
        "cache_size": -CACHE_KIB,
    }
    dbapi.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    for name, value in wanted.items():
        dbapi.execute(f"PRAGMA {name} = {value}")
        row = dbapi.execute(f"PRAGMA {name}").fetchone()
        if row is not None and row[0] != value:
            raise StoreFailed(f"SQLite refuses '{name} = {value}' and keeps {row[0]}.", MOVE_REMEDY)


def _begin(connection: Connection) -> None:
    """Begin explicitly: the sqlite3 module begins too late. Through SQLAlchemy it would take ten times as long."""
    begin = "BEGIN" if connection.get_execution_options().get(READ_ONLY) else "BEGIN IMMEDIATE"
    try:
        driver_of(connection).execute(begin)
    except sqlite3.Error as error:
        raise StatementError(str(error), begin, None, error) from error


def _keep_interrupted(context: ExceptionContext) -> None:
    """Keep a connection whose statement was interrupted, for example by Ctrl-C; SQLAlchemy would close it.

    The connection is sound and its transaction can be rolled back. A closed one would keep its locks until the
    statement is garbage collected, and nothing could be written until then.
    """
    if not isinstance(context.original_exception, Exception):
        context.is_disconnect = False


@compiles(Elements, "sqlite")
def _write_elements(element: Elements, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(WithoutIndex, "sqlite")
def _write_without_index(element: WithoutIndex, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"  # sqlite.org/optoverview.html, "unary +"
