"""Rows exactly as the database holds them: read, deleted and written back byte for byte."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.types import NullType

RawRow = dict[str, Any]
"""The values of a row by column, as the driver returns them."""

Rows = Mapping[str, Sequence[RawRow]]
"""Rows by the name of their table."""


def read_rows(
    connection: Connection, table: sa.Table, condition: sa.ColumnElement[bool], values: Mapping[str, Any] | None = None
) -> list[RawRow]:
    """Return the rows that meet a condition with these parameters, unconverted."""
    columns = [sa.type_coerce(column, NullType()).label(column.name) for column in table.c]
    found = connection.execute(sa.select(*columns).select_from(table).where(condition), values or {})
    return [dict(row._mapping) for row in found]


def write_rows(connection: Connection, table: sa.Table, rows: Sequence[RawRow]) -> None:
    """Write rows back that `read_rows` returned, with their numbers and ids."""
    if rows:
        raw = sa.table(table.name, *(sa.column(column.name) for column in table.c))
        connection.execute(raw.insert(), list(rows))
