"""The outbox: rows that are not embedded yet. An entry is written in the same transaction as its row."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.database import Database
from carrel.memory.db.dialect import list_parameter
from carrel.memory.db.schema import AnyRow, messages, outbox, passages, vectors
from carrel.memory.indexing.vectors import EmbeddedRow, VectorStore, remove_vectors
from carrel.memory.values import Tier
from carrel.protocols import Vectors

MAX_TRIES = 5
"""A row that fails to embed this often is left to the search by words, so that it does not delay the others."""

GROUP = 16
"""Rows whose texts are read together: a text may have megabytes, and a few of them fill a batch."""


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A row that has no vector yet."""

    outbox_n: int
    agent_id: int
    tier: Tier
    row: int
    text: str
    """The text to embed."""


class Outbox:
    """The rows that wait to be embedded by one embedder."""

    def __init__(self, database: Database, store: VectorStore) -> None:
        self._database = database
        self._store = store

    def count(self) -> int:
        """Return how many rows wait."""
        with self._database.read() as connection:
            return int(connection.scalar(_COUNT) or 0)

    def first(self, connection: Connection, limit: int) -> list[tuple[Tier, int]]:
        """Return the tier and the number of the rows that have waited longest."""
        return [(tier, row) for tier, row in connection.execute(_FIRST, {"limit": limit})]

    def read(self, limit: int, max_characters: int | None = None, agent_id: int | None = None) -> list[WaitingRow]:
        """Return the rows that have waited longest, with their texts; those of one agent before all others.

        After the first row, none is taken with which the texts would have more than `max_characters` together.
        """
        found: list[WaitingRow] = []
        characters = 0
        with self._database.read() as connection:
            entries = self._entries(connection, limit, agent_id)
            for start in range(0, len(entries), GROUP):
                for item in _load_texts(connection, entries[start : start + GROUP]):
                    characters += len(item.text)
                    if found and max_characters is not None and characters > max_characters:
                        return found
                    found.append(item)
        return found

    def _entries(self, connection: Connection, limit: int, agent_id: int | None) -> Sequence[AnyRow]:
        """Return the waiting rows; only those of the agent, if it has any."""
        if agent_id is not None:
            own = connection.execute(_READ_OF_AGENT, {"limit": limit, "agent": agent_id}).fetchall()
            if own:
                return own
        return connection.execute(_READ, {"limit": limit}).fetchall()

    def finish(self, rows: Collection[WaitingRow], chunks: Sequence[Sequence[Vectors]]) -> None:
        """Store the vectors of each row's chunks. Rows that have left the outbox in the meantime are skipped."""
        with self._database.write() as connection:
            present = {"numbers": [item.outbox_n for item in rows]}
            alive = set(connection.scalars(_ALIVE, present))
            done = [
                EmbeddedRow(item.agent_id, item.tier, item.row, made)
                for item, made in zip(rows, chunks, strict=True)
                if item.outbox_n in alive
            ]
            self._store.add(connection, done)
            connection.execute(_REMOVE, {"numbers": sorted(alive)})

    def count_failure(self, row: WaitingRow) -> None:
        """Record that the embedder has refused a row again."""
        with self._database.write() as connection:
            connection.execute(_COUNT_FAILURE, {"outbox_n": row.outbox_n})


def withdraw_rows(connection: Connection, tier: Tier, rows: sa.Select[Any]) -> None:
    """Remove rows, by their numbers, from the outbox, and their vectors from SQL and from the index."""
    connection.execute(sa.delete(outbox).where(outbox.c.tier == tier, outbox.c.row.in_(rows)))
    remove_vectors(connection, (vectors.c.tier == tier) & vectors.c.row.in_(rows))


def _load_texts(connection: Connection, entries: Sequence[AnyRow]) -> list[WaitingRow]:
    found: list[WaitingRow] = []
    for tier, statement in _TEXTS.items():
        of_tier = {entry.row: entry for entry in entries if entry.tier == tier}
        for n, text, speaker in connection.execute(statement, {"numbers": list(of_tier)}) if of_tier else ():
            entry = of_tier[n]
            found.append(WaitingRow(entry.n, entry.agent_id, tier, n, text_to_embed(text, speaker)))
    return sorted(found, key=lambda item: item.outbox_n)


def text_to_embed(text: str, speaker: str | None) -> str:
    """Return the text that is embedded for a message. The speaker's name makes it findable by who said it."""
    return f"{speaker}: {text}" if speaker else text


_C = outbox.c
_WAITS = _C.tries < MAX_TRIES
_LISTED = _C.n.in_(list_parameter("numbers"))
_COUNT = sa.select(sa.func.count()).select_from(outbox).where(_WAITS)
_FIRST = sa.select(_C.tier, _C.row).where(_WAITS).order_by(_C.n).limit(sa.bindparam("limit"))
_READ = sa.select(_C.n, _C.agent_id, _C.tier, _C.row).where(_WAITS).order_by(_C.n).limit(sa.bindparam("limit"))
_READ_OF_AGENT = _READ.where(_C.agent_id == sa.bindparam("agent"))
_ALIVE = sa.select(_C.n).where(_LISTED)
_REMOVE = sa.delete(outbox).where(_LISTED)
_COUNT_FAILURE = sa.update(outbox).where(_C.n == sa.bindparam("outbox_n")).values(tries=_C.tries + 1)
_TEXTS: dict[Tier, sa.Select[Any]] = {
    "recall": sa.select(messages.c.n, messages.c.text, messages.c.speaker).where(
        messages.c.n.in_(list_parameter("numbers"))
    ),
    "archival": sa.select(passages.c.n, passages.c.text, sa.null()).where(passages.c.n.in_(list_parameter("numbers"))),
}
