"""Bring the words, the tags and the vectors of a row in line with what the row says now."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import list_literal
from carrel.memory.db.schema import TIER_TABLES, AnyRow, is_searchable, outbox, tags, vectors
from carrel.memory.indexing.fulltext import FullText
from carrel.memory.indexing.outbox import withdraw_rows
from carrel.memory.indexing.stale_words import words_of_row
from carrel.memory.values import Tier


def index_row(connection: Connection, fulltext: FullText, tier: Tier, n: int) -> None:
    """Index a row anew, or remove it from the indexes where a search may no longer find it.

    A row without a vector is put into the outbox. A vector that is there stays: it is removed with `withdraw_rows`
    where the text has changed.
    """
    table = TIER_TABLES[tier]
    row = connection.execute(sa.select(table, is_searchable(tier).label("is_found")).where(table.c.n == n)).one()
    this = list_literal([n])
    fulltext.remove(connection, tier, this)
    if tier == "archival":
        _write_tags(connection, row)
    if not row.is_found:
        withdraw_rows(connection, tier, this)
        return
    fulltext.add(connection, tier, row.agent_id, {n: words_of_row(row)})
    embedded = sa.select(vectors.c.n).where(vectors.c.tier == tier, vectors.c.row == n)
    waiting = sa.select(outbox.c.n).where(outbox.c.tier == tier, outbox.c.row == n)
    if connection.execute(sa.union_all(embedded, waiting).limit(1)).first() is None:
        connection.execute(outbox.insert(), {"agent_id": row.agent_id, "tier": tier, "row": n})


def _write_tags(connection: Connection, row: AnyRow) -> None:
    connection.execute(sa.delete(tags).where(tags.c.passage_n == row.n))
    values = [{"passage_n": row.n, "tag": tag, "agent_id": row.agent_id} for tag in row.tags]
    if values:
        connection.execute(tags.insert(), values)
