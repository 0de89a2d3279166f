"""Statements that run at every turn: compiled once, then given to the driver as they are.

SQLAlchemy builds them and knows their types; its own way of executing one takes 60 microseconds longer, and a turn
executes fifty.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.engine import Connection
from sqlalchemy.sql.compiler import SQLCompiler

from carrel.memory.db.database import driver_of

_DIALECT = dialect(paramstyle="named")
_Convert = Callable[[Any], Any]


class Prepared:
    """A statement whose rows come as plain tuples; None is NULL in every type."""

    def __init__(self, statement: sa.Select[*tuple[Any, ...]] | sa.Insert | sa.Update) -> None:
        self._statement = statement

    def rows(self, connection: Connection, **values: Any) -> list[tuple[Any, ...]]:
        """Return all rows."""
        found = self._execute(connection, values).fetchall()
        return [self._read(row) for row in found] if self._results else found

    def first(self, connection: Connection, **values: Any) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        row = self._execute(connection, values).fetchone()
        return None if row is None else self._read(row)

    def value(self, connection: Connection, **values: Any) -> Any:
        """Return the first column of the first row; None where there is no row."""
        row = self.first(connection, **values)
        return None if row is None else row[0]

    def column(self, connection: Connection, **values: Any) -> list[Any]:
        """Return the first column of all rows."""
        return [row[0] for row in self.rows(connection, **values)]

    def write(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Insert or update, and return the number of the row that was inserted last."""
        return int(self._execute(connection, values).lastrowid or 0)

    def write_all(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert or update once for each row."""
        driver_of(connection).executemany(self._sql, [self._written(values) for values in rows])

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> sqlite3.Cursor:
        return driver_of(connection).execute(self._sql, self._written(values))

    def _written(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values as the database keeps them, with those that the statement brings itself."""
        assert self._required <= values.keys(), f"No value for {self._required - values.keys()}."
        whole = {**self._preset, **values}
        for name, convert in self._binds:
            if whole[name] is not None:
                whole[name] = convert(whole[name])
        return whole

    def _read(self, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for place, convert in self._results:
            values[place] = convert(values[place])
        return tuple(values)

    @cached_property
    def _compiled(self) -> SQLCompiler:
        keys = None
        if isinstance(self._statement, sa.Insert):
            keys = [column.name for column in self._statement.table.c if column.name != "n"]
        compiled = self._statement.compile(dialect=_DIALECT, column_keys=keys)
        assert isinstance(compiled, SQLCompiler)
        return compiled

    @cached_property
    def _sql(self) -> str:
        return str(self._compiled)

    @cached_property
    def _preset(self) -> dict[str, Any]:
        """The values of the statement itself; of an insert, what its columns hold where nothing is given."""
        if isinstance(self._statement, sa.Insert):
            columns = {column.name: column.default for column in self._statement.table.c}
            return {name: getattr(default, "arg", None) for name, default in columns.items()}
        return dict(self._compiled.params)

    @cached_property
    def _required(self) -> frozenset[str]:
        """The names of the values that nothing stands for where they are not given; an insert has none."""
        named = {} if isinstance(self._statement, sa.Insert) else self._compiled.binds
        return frozenset(name for name, bind in named.items() if bind.required)

    @cached_property
    def _binds(self) -> list[tuple[str, _Convert]]:
        """How values are written, for those that are not written as they are."""
        types = {name: bind.type.dialect_impl(_DIALECT) for name, bind in self._compiled.binds.items()}
        converts = {name: kind.bind_processor(_DIALECT) for name, kind in types.items()}
        return [(name, convert) for name, convert in converts.items() if convert and name in self._preset]

    @cached_property
    def _results(self) -> list[tuple[int, _Convert]]:
        """How columns are read, by place, for those that are not read as they are."""
        columns = self._statement.selected_columns if isinstance(self._statement, sa.Select) else ()
        types = (column.type.dialect_impl(_DIALECT) for column in columns)
        converts = enumerate(kind.result_processor(_DIALECT, None) for kind in types)
        return [(place, convert) for place, convert in converts if convert]
