"""What SQL engines do differently: a protocol for what is done, SQLAlchemy constructs for what is written.

`sqlite` is the sibling for SQLite. A statement is built once, at module level, without knowing the engine; an engine
registers how it compiles `Elements` and `Unindexed`, with `sqlalchemy.ext.compiler.compiles`.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import SyntaxExtension
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import InternalTraversal

from carrel.errors import CarrelError


class Contents(NamedTuple):
    """What a database holds, as it is told without opening it for writing."""

    tables: frozenset[str]
    revision: str | None
    """The revision that Alembic noted; None where it noted none."""


class CountTrigger(NamedTuple):
    """A trigger that keeps a count of an agent up to date when a row of a table changes."""

    name: str
    event: Literal["INSERT", "DELETE", "UPDATE"]
    table: str
    changed_column: str | None
    """For an update: only where this column is set."""
    counter: str
    """The column of `agents`."""
    row: Literal["NEW", "OLD"]
    """Which row names the agent."""
    change: str
    """What is added to the count, as an expression of NEW and OLD."""


class Dialect(Protocol):
    """One database of one engine."""

    path: Path
    """The database file, or what stands for it: locks and backups are put beside it."""

    def create_engine(self) -> sa.Engine:
        """Return an engine set up so that nothing acknowledged is ever lost.

        A transaction begins as one that writes, unless the connection has the execution option READ_ONLY. Raise
        StoreFailed where the database cannot be opened.
        """
        ...

    def inspect(self) -> Contents:
        """Return what the database holds, on a connection that changes nothing. Raise StoreFailed, Busy."""
        ...

    def explain(self, error: BaseException) -> CarrelError:
        """Return an error of the engine as one with a sentence and a remedy; one that has them stays what it is."""
        ...

    def lock(self, name: str, *, wait: bool) -> AbstractContextManager[bool]:
        """Hold the lock of this name and yield whether it is held; see `Database.lock`."""
        ...

    def migration(self, engine: sa.Engine) -> AbstractContextManager[sa.Connection]:
        """Give a transaction in which tables may be rebuilt; references are checked when it ends. Raise StoreFailed."""
        ...

    def copy(self, engine: sa.Engine, target: Path) -> None:
        """Write a consistent copy into a new file, check it and see it onto the disk. Raise StoreFailed."""
        ...

    def find_damage(self, connection: sa.Connection, *, quick: bool = False) -> list[str]:
        """Return what is wrong with the database's own structures; `quick` leaves the indexes out."""
        ...

    def count_dangling(self, connection: sa.Connection) -> int:
        """Return how many rows refer to rows that do not exist."""
        ...

    def describe(self) -> str:
        """Return the engine's version and what it is set to, for people."""
        ...


READ_ONLY = "carrel_read_only"
"""The execution option of a connection that only reads."""

NEVER_REUSED: Mapping[str, Any] = {"sqlite_autoincrement": True}
"""Options of a table whose row numbers are never used again once a row is deleted, for every engine."""


def partial_index(condition: str) -> dict[str, Any]:
    """Return the options of an index of just the rows that meet a condition, for every engine."""
    return {f"{engine}_where": sa.text(condition) for engine in ("sqlite", "postgresql")}


def upsert(table: sa.Table, keys: Sequence[str] = (), changed: Sequence[str] = ()) -> sa.Insert:
    """Return an insert that, where a row with the same `keys` exists, sets its `changed` columns to the new values.

    With nothing to change an existing row stays as it is; `keys` may then be left out.
    """
    return sa.insert(table).ext(OnConflict(keys, changed))


def list_parameter(name: str) -> sa.Select[Any]:
    """Return the values of a list, for `column.in_`; the statement is executed with the list under this name.

    A list is one parameter however long it is, so that the statement is compiled once and no engine's limit on the
    number of parameters matters. Its values are strings or numbers.
    """
    return _select_values(Elements(sa.bindparam(name, type_=sa.JSON)))


def list_literal(values: Collection[Any]) -> sa.Select[Any]:
    """Return the values of this list, for `column.in_`."""
    return _select_values(Elements(sa.literal(list(values), sa.JSON)))


def elements(column: sa.Column[Any]) -> sa.Select[Any]:
    """Return a query for the elements of the JSON lists in a column, of all rows."""
    rows = Elements(column).table_valued("value")
    return sa.select(rows.c.value).select_from(column.table.join(rows, sa.true()))


def unindexed(column: sa.ColumnElement[Any]) -> "Unindexed":
    """Return a column for a condition by which the engine must not begin: another one leaves far fewer rows."""
    return Unindexed(column)


class OnConflict(SyntaxExtension, ClauseElement):
    """What an insert does with a row whose keys are taken. SQLite and PostgreSQL write it alike."""

    _traverse_internals = [  # noqa: RUF012 - SQLAlchemy makes the key of its statement cache from it
        ("keys", InternalTraversal.dp_multi_list),
        ("changed", InternalTraversal.dp_multi_list),
    ]

    def __init__(self, keys: Sequence[str], changed: Sequence[str]) -> None:
        self.keys = list(keys)
        self.changed = list(changed)

    def apply_to_insert(self, insert_stmt: sa.Insert) -> None:
        """Take the place behind the values."""
        insert_stmt.apply_syntax_extension_point(self.append_replacing_same_type, "post_values")


@compiles(OnConflict)
def _write_on_conflict(element: OnConflict, compiler: SQLCompiler, **options: Any) -> str:
    quote = compiler.preparer.quote
    target = f" ({', '.join(map(quote, element.keys))})" if element.keys else ""
    if not element.changed:
        return f"ON CONFLICT{target} DO NOTHING"
    changes = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in element.changed)
    return f"ON CONFLICT{target} DO UPDATE SET {changes}"


class Elements(FunctionElement[Any]):
    """The elements of a JSON list as rows with one column, `value`."""

    name = "elements"
    inherit_cache = True


class Unindexed(FunctionElement[Any]):
    """A column by which no index is chosen."""

    name = "unindexed"
    inherit_cache = True


def _select_values(rows: Elements) -> sa.Select[Any]:
    return sa.select(rows.table_valued("value").c.value)
