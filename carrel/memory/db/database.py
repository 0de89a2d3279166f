"""Transactions on one SQL database, of whatever engine."""

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
"""The databases on which the caller has a transaction open; it serves to refuse what would wait for itself, no more."""


def random_id(prefix: str) -> str:
    """Return an unguessable id: a letter for the kind, a dash and 60 bits in 12 characters."""
    bits = secrets.randbits(60)
    return prefix + "-" + "".join(_ALPHABET[bits >> shift & 31] for shift in range(55, -1, -5))


class Database:
    """One SQL database: short transactions, one writer at a time within the process."""

    def __init__(self, dialect: Dialect, new_id: Callable[[str], str] = random_id) -> None:
        self.dialect = dialect
        self.new_id = new_id
        self.engine = dialect.create_engine()
        self._reading_engine = self.engine.execution_options(**{READ_ONLY: True})

    @property
    def path(self) -> Path:
        """The database file, or what stands for it."""
        return self.dialect.path

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
        with self._transaction(self.engine) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a snapshot for reading: what is committed, whatever transaction of the caller goes on."""
        with self._transaction(self._reading_engine) as connection:
            yield connection

    @contextmanager
    def lock(self, name: str, *, wait: bool) -> Iterator[bool]:
        """Hold the lock of this name, which one thread of one process has at a time; yield whether it is held.

        It is not held only where somebody else has it and `wait` is false. It ends with its process, however that ends.

        Raises:
            StoreFailed: the lock cannot be taken at all.
        """
        with self.dialect.lock(name, wait=wait) as held:
            yield held

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
