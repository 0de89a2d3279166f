"""SQL that engines write in different ways, as SQLAlchemy constructs that each engine compiles in its own module.

So a statement is built once, at module level, without knowing the engine. `sqlite` is the sibling for SQLite; another
engine registers how it compiles `Elements` and `Unindexed`, with `sqlalchemy.ext.compiler.compiles`.
"""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import SyntaxExtension
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import InternalTraversal


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
