"""Transactions on one SQL database, whatever its engine."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import StatementError

from carrel.errors import UsageError
from carrel.memory.db.dialect import READ_ONLY, Dialect

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

_OPEN: ContextVar[tuple["Database", ...]] = ContextVar("carrel-open-transactions", default=())
"""The databases on which the caller has an open transaction: a second one, which would wait for it, is refused."""


def random_id(prefix: str) -> str:
    """Return an unguessable id: a letter for the kind, a dash and 60 bits in 12 characters."""
    bits = secrets.randbits(60)
    return prefix + "-" + "".join(_ALPHABET[bits >> shift & 31] for shift in range(55, -1, -5))


class Database:
    """One SQL database. Transactions are short, and only one of them writes at a time."""

    def __init__(self, dialect: Dialect, new_id: Callable[[str], str] = random_id) -> None:
        self.dialect = dialect
        self.new_id = new_id
        self.engine = dialect.create_engine()
        self._reading_engine = self.engine.execution_options(**{READ_ONLY: True})

    @property
    def path(self) -> Path:
        """The database file, or the path that stands for it."""
        return self.dialect.path

    @property
    def read_only(self) -> bool:
        """Whether the file may not be written: a transaction that writes is refused."""
        return self.dialect.read_only

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that may write. It commits when the block ends, and rolls back if the block raises.

        Never keep one open during a call to a model or an embedder.

        Raises:
            UsageError: the caller has another open transaction, which this one would wait for forever.
        """
        if self in _OPEN.get():
            raise UsageError(
                "A transaction is open already, and a second one would wait for it.",
                "Use the memory that the first one gives; in a tool that is context.memory.",
            )
        with self._transaction(self.engine) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a snapshot of what is committed, without the changes of any transaction that the caller has open."""
        with self._transaction(self._reading_engine) as connection:
            yield connection

    @contextmanager
    def lock(self, name: str, *, wait: bool) -> Iterator[bool]:
        """Hold the lock with this name and yield whether it is held. Only one thread of one process holds it at a time.

        If somebody else holds it, wait for them, or yield False if `wait` is false. A process that ends, even by a
        crash, releases its locks.

        Raises:
            StoreFailed: the lock cannot be used.
        """
        with self.dialect.lock(name, wait=wait) as held:
            yield held

    def compact(self) -> None:
        """Rewrite the database so that nothing of deleted rows is left in its files. Raise StoreFailed, Busy."""
        self.dialect.compact(self.engine)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        others = _OPEN.get()
        _OPEN.set((*others, self))
        try:
            with engine.connect() as connection, connection.begin():
                yield connection
        except StatementError as error:
            raise self.dialect.explain(error) from error
        finally:
            _OPEN.set(others)


def new_number(connection: Connection, statement: sa.Insert, values: Mapping[str, Any] | None = None) -> int:
    """Insert one row and return the number that the database gave it."""
    key = connection.execute(statement, values).inserted_primary_key
    assert key is not None
    return int(key[0])
