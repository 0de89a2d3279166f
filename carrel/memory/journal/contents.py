"""The parts of requests that no request holds any more."""

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import elements, list_literal
from carrel.memory.db.schema import contents, steps
from carrel.memory.journal.rows import RawRow, read_rows


def parts_of(connection: Connection, chosen: sa.ColumnElement[bool]) -> set[str]:
    """Return the hashes of all parts of the requests of these steps."""
    requests: Iterable[Sequence[str]] = connection.scalars(sa.select(steps.c.window).where(chosen))
    return {part for request in requests for part in request}


def drop_unused_parts(connection: Connection, hashes: Collection[str]) -> list[RawRow]:
    """Delete those of these parts that no request holds any more, and return their rows."""
    if not hashes:
        return []
    used = set(connection.scalars(elements(steps.c.window)))
    unused = contents.c.hash.in_(list_literal(sorted(set(hashes) - used)))
    rows = read_rows(connection, contents, unused)
    connection.execute(sa.delete(contents).where(unused))
    return rows
