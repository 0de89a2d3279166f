"""Import an agent's file: in one transaction, so that all of it is there or nothing.

Texts are embedded again in the background; until then they are found by words. An id that exists in the database
already is replaced by a new one wherever it occurs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import UsageError
from carrel.memory.agent_file import kinds
from carrel.memory.agent_file.kinds import Kind, Record
from carrel.memory.agent_file.lines import hash_part
from carrel.memory.agent_file.numbering import Numbering, to_database
from carrel.memory.agent_file.read import AgentFile, FileSummary
from carrel.memory.db.database import new_number
from carrel.memory.db.dialect import list_parameter, upsert
from carrel.memory.db.schema import (
    agents,
    blocks,
    contents,
    memory_events,
    messages,
    outbox,
    passages,
    queue,
    retrieval_hits,
    retrievals,
    sessions,
    speakers,
    steps,
    summaries,
    tags,
    tombstones,
    tool_runs,
    turns,
    withheld,
)
from carrel.memory.db.utc import UtcTime
from carrel.memory.search.features import read_features
from carrel.memory.store import Store
from carrel.memory.tiers.agents import check_name
from carrel.memory.tiers.archival import text_hash
from carrel.memory.values import Tier
from carrel.messages import canonical, opaque_from_json
from carrel.words import index_words

BATCH = 500
"""Rows that are written together."""

_ID_COLUMNS: Mapping[str, sa.Column[Any]] = {
    "session": sessions.c.id,
    "turn": turns.c.id,
    "message": messages.c.id,
    "passage": passages.c.id,
    "event": memory_events.c.id,
    "search": retrievals.c.id,
}
"""The columns whose ids no two agents share."""
_KEEP_PART = upsert(contents)
_ADD_SPEAKERS = upsert(speakers)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import of a checked file would do."""

    name: str
    """The name that the agent would get."""
    summary: FileSummary
    replaced: int
    """How many ids exist already, and would be replaced."""


def plan_import(store: Store, file: AgentFile, name: str | None = None) -> Plan:
    """Check a file and return what its import would do; `name` is another name for the agent.

    Raises:
        BadFile: anything in the file is wrong.
        UsageError: an agent with the name exists, or the name cannot be an agent's.
    """
    summary = file.check()
    wanted = name or summary.name
    check_name(wanted)
    with store.database.read() as connection:
        _refuse_known(connection, wanted)
        return Plan(wanted, summary, len(_find_known(connection, summary.ids)))


def import_agent(
    store: Store, file: AgentFile, plan: Plan, progress: Callable[[int], None] = lambda done: None
) -> None:
    """Import a checked file as planned, and tell `progress` how many lines were read.

    Raises:
        BadFile: the file was changed since.
        UsageError: an agent with the name was made since.
    """
    with store.database.write() as connection:
        _refuse_known(connection, plan.name)
        known = _find_known(connection, plan.summary.ids)
        loader = _Loader(store, connection, plan.name)
        ids = {key: store.database.new_id(key[0]) for key in known}
        for done, record in enumerate(file.records(ids, plan.summary.sha256), 1):
            loader.add(record)
            if done % BATCH == 0:
                progress(done)
        loader.flush()


def _refuse_known(connection: Connection, name: str) -> None:
    if connection.execute(sa.select(agents.c.id).where(agents.c.name == name)).first() is not None:
        raise UsageError(f"Agent '{name}' exists already.", "Import it under another name with --as, or remove it.")


def _find_known(connection: Connection, ids: Mapping[str, Sequence[str]]) -> list[str]:
    """Return those ids that exist in the database."""
    known: list[str] = []
    for kind, column in _ID_COLUMNS.items():
        wanted = ids.get(kind, ())
        query = sa.select(column).where(column.in_(list_parameter("ids")))
        for start in range(0, len(wanted), 10_000):
            known += connection.scalars(query, {"ids": list(wanted[start : start + 10_000])})
    return known


class _Loader:
    """Writes the records of one agent in the caller's transaction."""

    def __init__(self, store: Store, connection: Connection, name: str) -> None:
        self._connection = connection
        self._fulltext = store.fulltext
        self._counter = store.counter
        self._name = name
        self._place = 0
        self._agent_id = 0
        self._waiting: dict[str, list[Record]] = {}
        """Records by kind, all with the same place in the file."""
        self._last: dict[str, int] = {}
        """The highest number of the agent's rows, by table."""
        self._before: dict[str, int] = {}
        """The number before the agent's first row, by table."""
        self._hashes: dict[str, str] = {}
        """The hashes of parts in which ids were replaced, by their hashes in the file."""
        self._write: Mapping[str, Callable[[Sequence[Record]], None]] = {
            "agent": self._agent,
            "block": lambda records: self._plain(kinds.BLOCK, blocks, records),
            "session": lambda records: self._plain(kinds.SESSION, sessions, records),
            "turn": lambda records: self._plain(kinds.TURN, turns, records),
            "message": self._messages,
            "summary": self._summaries,
            "passage": self._passages,
            "event": lambda records: self._plain(kinds.EVENT, memory_events, self._renumber(records)),
            "search": self._searches,
            "part": self._parts,
            "step": self._steps,
            "call": lambda records: self._plain(kinds.CALL, tool_runs, records),
            "tombstone": lambda records: self._plain(kinds.TOMBSTONE, tombstones, records),
        }

    def add(self, record: Record) -> None:
        """Write a record, with others of its kind."""
        kind, place = record["kind"], kinds.ORDER[record["kind"]]
        if place != self._place or len(self._waiting.get(kind, ())) >= BATCH:
            self.flush()
        self._place = place
        self._waiting.setdefault(kind, []).append(record)

    def flush(self) -> None:
        """Write what waits, parts of requests before the steps that refer to them."""
        for kind in sorted(self._waiting):
            self._write[kind](self._waiting[kind])
        self._waiting = {}

    def _agent(self, records: Sequence[Record]) -> None:
        row = _row(kinds.AGENT, records[0]) | {"name": self._name}
        self._agent_id = new_number(self._connection, agents.insert(), row)

    def _plain(self, kind: Kind, table: sa.Table, records: Sequence[Record]) -> None:
        rows = [self._own(table, _row(kind, record)) for record in records]
        if "n" in table.c:
            self._insert(table, rows)
        else:
            self._connection.execute(table.insert(), rows)

    def _own(self, table: sa.Table, row: Record) -> Record:
        return row | {"agent_id": self._agent_id} if "agent_id" in table.c else row

    def _insert(self, table: sa.Table, rows: Sequence[Record]) -> list[int]:
        """Write rows in order and return their numbers. The database chooses the first, and the others follow it."""
        last = self._last.get(table.name)
        if last is not None:
            numbers = list(range(last + 1, last + 1 + len(rows)))
            values = [row | {"n": n} for n, row in zip(numbers, rows, strict=True)]
            if values:
                self._connection.execute(table.insert(), values)
                self._last[table.name] = numbers[-1]
            return numbers
        first = new_number(self._connection, table.insert(), rows[0])
        self._before[table.name], self._last[table.name] = first - 1, first
        return [first, *self._insert(table, rows[1:])]

    def _messages(self, records: Sequence[Record]) -> None:
        rows = [self._own(messages, _row(kinds.MESSAGE, record) | self._computed(record)) for record in records]
        numbers = self._insert(messages, rows)
        found = dict(zip(numbers, records, strict=True))
        searchable = {n: record for n, record in found.items() if record.get("position") is not None}
        self._index("recall", {n: index_words(r["text"], r.get("speaker")) for n, r in searchable.items()})
        self._withhold("recall", found)
        queued = [{"session_id": r["session"], "message_n": n} for n, r in found.items() if r.get("queued")]
        names = {record["speaker"] for record in records if record.get("speaker")}
        for statement, values in (
            (queue.insert(), queued),
            (_ADD_SPEAKERS, [{"agent_id": self._agent_id, "name": name} for name in sorted(names)]),
        ):
            if values:
                self._connection.execute(statement, values)

    def _computed(self, record: Record) -> Record:
        calls, opaque = record.get("calls"), opaque_from_json(record.get("opaque"))
        texts = [record["text"], *([canonical(calls)] if calls else []), *(opaque.texts() if opaque else ())]
        features = read_features(record["text"])
        return {
            "tokens": sum(map(self._counter.count, texts)),
            "asks": features.asks,
            "first_person": features.first_person,
            "time_words": features.time_words,
        }

    def _summaries(self, records: Sequence[Record]) -> None:
        counted = [record | {"tokens": self._counter.count(record["text"])} for record in self._renumber(records)]
        self._insert(summaries, [_row(kinds.SUMMARY, record) | {"tokens": record["tokens"]} for record in counted])

    def _passages(self, records: Sequence[Record]) -> None:
        rows = [
            self._own(passages, _row(kinds.PASSAGE, record))
            | {"hash": text_hash(record["text"]), "tokens": self._counter.count(record["text"])}
            for record in records
        ]
        found = dict(zip(self._insert(passages, rows), records, strict=True))
        self._withhold("archival", found)
        tagged = [
            {"passage_n": n, "tag": tag, "agent_id": self._agent_id}
            for n, record in found.items()
            for tag in dict.fromkeys(record["tags"])
        ]
        if tagged:
            self._connection.execute(tags.insert(), tagged)
        live = {n: record for n, record in found.items() if record.get("state") != "deleted"}
        self._index("archival", {n: index_words(record["text"], *record["tags"]) for n, record in live.items()})

    def _withhold(self, tier: Tier, found: Mapping[int, Record]) -> None:
        marked = [n for n, record in found.items() if record.get("withheld")]
        if marked:
            rows = [{"tier": tier, "row": n, "agent_id": self._agent_id} for n in marked]
            self._connection.execute(withheld.insert(), rows)

    def _index(self, tier: Tier, words: dict[int, str]) -> None:
        """Write the words of rows, by their numbers, and put them into the outbox to be embedded."""
        if words:
            self._fulltext.add(self._connection, tier, self._agent_id, words)
            rows = [{"agent_id": self._agent_id, "tier": tier, "row": n} for n in words]
            self._connection.execute(outbox.insert(), rows)

    def _searches(self, records: Sequence[Record]) -> None:
        rows = [self._own(retrievals, _row(kinds.SEARCH, record)) for record in records]
        hits = [
            _row(kinds.HIT, hit) | {"retrieval_n": n, "rank": rank}
            for n, record in zip(self._insert(retrievals, rows), records, strict=True)
            for rank, hit in enumerate(record["hits"], 1)
        ]
        if hits:
            self._connection.execute(retrieval_hits.insert(), hits)

    def _parts(self, records: Sequence[Record]) -> None:
        rows = [{"hash": hash_part(record["body"]), "body": record["body"]} for record in records]
        changed = ((record["hash"], row["hash"]) for record, row in zip(records, rows, strict=True))
        self._hashes.update((old, new) for old, new in changed if old != new)
        self._connection.execute(_KEEP_PART, rows)

    def _steps(self, records: Sequence[Record]) -> None:
        windows = ([self._hashes.get(key, key) for key in record["window"]] for record in records)
        renamed = [record | {"window": window} for record, window in zip(records, windows, strict=True)]
        self._plain(kinds.STEP, steps, renamed)

    def _renumber(self, records: Sequence[Record]) -> list[Record]:
        return [self._numbering.renumber(record) for record in records]

    @property
    def _numbering(self) -> Numbering:
        return to_database(self._before.get("messages", 0), self._before.get("summaries", 0))


def _row(kind: Kind, record: Record) -> Record:
    """Return the values of a record by column; those that are missing are the columns' defaults."""
    return {column.name: _value(column, record.get(field)) for field, column in kind.columns.items()}


def _value(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        default = column.default
        return default.arg if isinstance(default, sa.ColumnDefault) and default.is_scalar else None
    return datetime.fromisoformat(value) if isinstance(column.type, UtcTime) else value
