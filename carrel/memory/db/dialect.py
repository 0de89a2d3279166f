"""What differs between SQL engines: a protocol of operations, and SQLAlchemy constructs for their SQL.

`sqlite` implements both for SQLite. Statements are built once, at module level, and do not know the engine. An engine
registers how it compiles `Elements` and `WithoutIndex` with `sqlalchemy.ext.compiler.compiles`.
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
    """What a database contains, read without opening it for writing."""

    tables: frozenset[str]
    revision: str | None
    """The revision that Alembic recorded; None if there is none."""


class CountTrigger(NamedTuple):
    """A trigger that keeps a count of an agent up to date when a row of a table changes."""

    name: str
    event: Literal["INSERT", "DELETE", "UPDATE"]
    table: str
    changed_column: str | None
    """For an update: the column whose change fires the trigger."""
    counter: str
    """The column of `agents`."""
    row: Literal["NEW", "OLD"]
    """Which of the two rows names the agent."""
    change: str
    """An SQL expression of NEW and OLD for what is added to the count."""


class Dialect(Protocol):
    """One database of one engine."""

    path: Path
    """The database file, or the path that stands for it: locks and backups are next to it."""
    read_only: bool
    """Whether a statement that would write is refused."""

    def create_engine(self) -> sa.Engine:
        """Create an engine that never loses what it has committed.

        Every transaction starts as a writing one, unless its connection has the execution option READ_ONLY. Raise
        StoreFailed if the database cannot be opened.
        """
        ...

    def inspect(self) -> Contents:
        """Return what the database contains, on a connection that changes nothing. Raise StoreFailed, Busy."""
        ...

    def explain(self, error: BaseException) -> CarrelError:
        """Turn an error of the engine into one with a sentence and a remedy. A CarrelError is returned unchanged."""
        ...

    def lock(self, name: str, *, wait: bool) -> AbstractContextManager[bool]:
        """Hold the lock with this name and yield whether it is held; see `Database.lock`."""
        ...

    def migration(self, engine: sa.Engine) -> AbstractContextManager[sa.Connection]:
        """Open a transaction that may rebuild tables; references are checked when it ends. Raise StoreFailed."""
        ...

    def copy(self, engine: sa.Engine, target: Path) -> None:
        """Write a consistent copy to a new file, check it and flush it to disk. Raise StoreFailed."""
        ...

    def compact(self, engine: sa.Engine) -> None:
        """Rewrite the database so that nothing of deleted rows is left in its files. Raise StoreFailed, Busy."""
        ...

    def find_damage(self, connection: sa.Connection, *, quick: bool = False) -> list[str]:
        """Return what is wrong with the internal structures of the database; `quick` skips the indexes."""
        ...

    def count_dangling(self, connection: sa.Connection) -> int:
        """Return how many rows refer to rows that do not exist."""
        ...

    def describe(self) -> str:
        """Return the version and the important settings of the engine, as text for people."""
        ...


LAST = "\U0010ffff"
"""The last character: no text that a person writes has it."""

READ_ONLY = "carrel_read_only"
"""The execution option of connections that only read."""

NEVER_REUSED: Mapping[str, Any] = {"sqlite_autoincrement": True}
"""Options, for every engine, of a table that never reuses the number of a deleted row."""


def partial_index(condition: str) -> dict[str, Any]:
    """Return the options, for every engine, of an index that contains only the rows that meet a condition."""
    return {f"{engine}_where": sa.text(condition) for engine in ("sqlite", "postgresql")}


def upsert(table: sa.Table, keys: Sequence[str] = (), changed: Sequence[str] = ()) -> sa.Insert:
    """Return an insert that updates the `changed` columns of a row with the same `keys`, if there is one.

    With no columns to change, the existing row stays as it is; `keys` may then be left out.
    """
    return sa.insert(table).ext(OnConflict(keys, changed))


def list_parameter(name: str) -> sa.Select[Any]:
    """Return the values of a list parameter, for `column.in_`. The statement is executed with a list under this name.

    A list of any length is one parameter, so the statement is compiled once and never meets an engine's limit on the
    number of parameters. The values are strings or numbers.
    """
    return _select_values(Elements(sa.bindparam(name, type_=sa.JSON)))


def list_literal(values: Collection[Any]) -> sa.Select[Any]:
    """Return the given values as a list parameter, for `column.in_`."""
    return _select_values(Elements(sa.literal(list(values), sa.JSON)))


def elements(column: sa.Column[Any]) -> sa.Select[Any]:
    """Return a query for the elements of the JSON lists in a column, from all rows."""
    rows = Elements(column).table_valued("value")
    return sa.select(rows.c.value).select_from(column.table.join(rows, sa.true()))


def without_index(column: sa.ColumnElement[Any]) -> "WithoutIndex":
    """Return a column that the engine must not look up in an index, because another condition leaves far fewer rows."""
    return WithoutIndex(column)


def begins_with(column: sa.ColumnElement[Any], beginning: str) -> sa.ColumnElement[bool]:
    """Return the condition of texts that begin so, as a range that an index on the column finds; LIKE finds none."""
    return (column >= beginning) & (column < beginning + LAST)


class OnConflict(SyntaxExtension, ClauseElement):
    """The clause of an insert for keys that exist already. SQLite and PostgreSQL write it in the same way."""

    _traverse_internals = [  # noqa: RUF012 - SQLAlchemy builds the key of its statement cache from it
        ("keys", InternalTraversal.dp_multi_list),
        ("changed", InternalTraversal.dp_multi_list),
    ]

    def __init__(self, keys: Sequence[str], changed: Sequence[str]) -> None:
        self.keys = list(keys)
        self.changed = list(changed)

    def apply_to_insert(self, insert_stmt: sa.Insert) -> None:
        """Put the clause after the values."""
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


class WithoutIndex(FunctionElement[Any]):
    """A column that is not looked up in an index."""

    name = "without_index"
    inherit_cache = True


def _select_values(rows: Elements) -> sa.Select[Any]:
    return sa.select(rows.table_valued("value").c.value)
