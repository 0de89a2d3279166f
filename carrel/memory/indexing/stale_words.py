"""Rows whose words an earlier version of Carrel indexed: they are indexed again in the background, the newest first.

Until then a search finds them by the words of a question as they are written, which is how they were indexed. Rows
with data such as base64, which earlier versions embedded, are put into the outbox to be embedded without it.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import CarrelError
from carrel.memory.db.database import Database
from carrel.memory.db.dialect import list_literal
from carrel.memory.db.schema import TIER_TABLES, AnyRow, is_searchable, outbox, stale_words
from carrel.memory.indexing.fulltext import FullText
from carrel.memory.indexing.outbox import withdraw_rows
from carrel.memory.values import Tier
from carrel.words import index_words, remove_non_prose

log = logging.getLogger(__name__)

BATCH = 250
BATCH_CHARACTERS = 200_000
"""Rows and characters of one transaction, for which other writers wait: about 0.1 s."""
RETRY_S = 2.0
"""How long the thread waits after an error, for example while another process writes."""


class StaleWords:
    """Indexes the words of a home's rows again, in a thread of its own or when called."""

    def __init__(self, database: Database, fulltext: FullText) -> None:
        self._database = database
        self._fulltext = fulltext
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, once, where there is something to do."""
        if self._thread is None and self._remain():
            self._thread = threading.Thread(target=self._run, name="carrel-words", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop after the current batch. A later start goes on from there."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def count(self) -> int:
        """Return how many rows remain."""
        with self._database.read() as connection:
            remaining = connection.execute(sa.select(stale_words)).fetchall()
            return sum(int(connection.scalar(_count(entry.tier), {"upto": entry.upto}) or 0) for entry in remaining)

    def renew(self, progress: Callable[[int], None] = lambda done: None) -> int:
        """Index all that remains now and return the number of rows that were read."""
        total = 0
        while read := self.renew_batch():
            total += read
            progress(total)
        return total

    def renew_batch(self) -> int:
        """Index the newest rows that remain and return how many were read; 0 where none remain."""
        with self._database.write() as connection:
            while (entry := connection.execute(_NEXT).first()) is not None:
                tier: Tier = entry.tier
                rows = _read_rows(connection, self._fulltext, tier, entry.upto)
                self._write(connection, tier, rows)
                _embed_without_data(connection, tier, rows)
                own = stale_words.c.tier == tier
                if rows:
                    connection.execute(sa.update(stale_words).where(own).values(upto=rows[-1].n - 1))
                    return len(rows)
                connection.execute(sa.delete(stale_words).where(own))
        return 0

    def _remain(self) -> bool:
        with self._database.read() as connection:
            return connection.execute(_NEXT).first() is not None

    def _write(self, connection: Connection, tier: Tier, rows: list[AnyRow]) -> None:
        by_agent: dict[int, dict[int, str]] = defaultdict(dict)
        for row in rows:
            words = words_of_row(row)
            if not _is_same(row.words, words):
                by_agent[row.agent_id][row.n] = words
        numbers = [n for changed in by_agent.values() for n in changed]
        if numbers:
            self._fulltext.remove(connection, tier, list_literal(numbers))
        for agent_id, changed in by_agent.items():
            self._fulltext.add(connection, tier, agent_id, changed)

    def _run(self) -> None:
        while not self._stopping.is_set():
            start = time.monotonic()
            try:
                if not self.renew_batch():
                    return
            except CarrelError as error:
                log.warning("The renewal of words waits: %s", error)
                self._stopping.wait(RETRY_S)
            self._stopping.wait(time.monotonic() - start)  # leave half of the time to others


def _embed_without_data(connection: Connection, tier: Tier, rows: list[AnyRow]) -> None:
    """Remove the vectors of rows with data, and put the rows into the outbox."""
    found = [row for row in rows if remove_non_prose(row.text) != row.text]
    if found:
        withdraw_rows(connection, tier, list_literal([row.n for row in found]))
        values = [{"agent_id": row.agent_id, "tier": tier, "row": row.n} for row in found]
        connection.execute(outbox.insert(), values)


def words_of_row(row: AnyRow) -> str:
    """Return the words to index a message or passage under."""
    data = row._mapping
    return index_words(data["text"], *(data["tags"] if "tags" in data else [data["speaker"]]))


def _read_rows(connection: Connection, fulltext: FullText, tier: Tier, upto: int) -> list[AnyRow]:
    """Return the newest rows with numbers up to `upto`, with their indexed words."""
    found: list[AnyRow] = []
    characters = 0
    for row in connection.execute(_select_rows(fulltext, tier), {"upto": upto, "limit": BATCH}):
        found.append(row)
        characters += len(row.text)
        if characters > BATCH_CHARACTERS:
            break
    return found


def _count(tier: Tier) -> sa.Select[Any]:
    table = TIER_TABLES[tier]
    return sa.select(sa.func.count()).where(table.c.n <= sa.bindparam("upto"), is_searchable(tier))


def _select_rows(fulltext: FullText, tier: Tier) -> sa.Select[Any]:
    table, words = TIER_TABLES[tier], fulltext.words(tier)
    named = table.c.tags if tier == "archival" else table.c.speaker
    columns = (table.c.n, table.c.agent_id, table.c.text, named, words.words.label("words"))
    joined = table.outerjoin(words.table, words.n == table.c.n)
    older = sa.select(*columns).select_from(joined).where(table.c.n <= sa.bindparam("upto"), is_searchable(tier))
    return older.order_by(table.c.n.desc()).limit(sa.bindparam("limit"))


def _is_same(stored: str | None, words: str) -> bool:
    """Return whether the engine would index the same words; it puts ASCII into lower case by itself."""
    return stored is not None and (stored.lower() if stored.isascii() else stored) == words


_NEXT = sa.select(stale_words).order_by(stale_words.c.tier.desc()).limit(1)
