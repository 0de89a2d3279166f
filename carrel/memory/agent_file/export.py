"""Write an agent's file: everything that the agent remembers, in one snapshot, a few rows at a time.

Left out are vectors, which are computed again, turns that were undone, and what is computed from the other fields.
Two exports of the same memory are the same bytes.
"""

import os
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import UsageError
from carrel.keys import mask_keys
from carrel.memory.agent_file import kinds
from carrel.memory.agent_file.kinds import Kind, Record
from carrel.memory.agent_file.lines import LineWriter, clean, hash_part
from carrel.memory.agent_file.markdown import to_markdown
from carrel.memory.agent_file.numbering import to_file
from carrel.memory.agent_file.passage_table import to_csv
from carrel.memory.db.dialect import list_parameter
from carrel.memory.db.schema import (
    AnyRow,
    agents,
    blocks,
    contents,
    memory_events,
    messages,
    passages,
    queue,
    retrieval_hits,
    retrievals,
    sessions,
    steps,
    summaries,
    tombstones,
    tool_runs,
    turns,
    withheld,
)
from carrel.memory.db.utc import utc_text
from carrel.memory.store import Store
from carrel.memory.values import Tier

Item = TypeVar("Item")

Form = Literal["carrel", "markdown", "csv"]
_FORMS: Mapping[str, Callable[[Iterable[Record]], Iterator[str]]] = {"markdown": to_markdown, "csv": to_csv}

BATCH = 500
"""Rows that are read together."""

_BODIES = sa.select(contents.c.hash, contents.c.body).where(contents.c.hash.in_(list_parameter("hashes")))
_HITS = (
    sa.select(retrieval_hits.c.retrieval_n, *kinds.HIT.columns.values())
    .where(retrieval_hits.c.retrieval_n.in_(list_parameter("numbers")))
    .order_by(retrieval_hits.c.retrieval_n, retrieval_hits.c.rank)
)


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the number of lines of each kind, and of lines in which an API key was masked."""

    counts: dict[str, int]
    masked: int


def export_agent(store: Store, name: str, target: Path, form: Form = "carrel") -> Exported:
    """Write an agent to a file, or leave what was there if anything fails.

    The form `carrel` is for an import, `markdown` is a page for people, and `csv` a table of the passages.

    Raises:
        NotFound: the agent does not exist.
        UsageError: the file cannot be written.
    """
    agent_id = store.agents.require(name)
    partial = target.with_name(f".{target.name}.partial")
    try:
        with partial.open("wb") as stream:
            done = write_agent(store, agent_id, stream, form)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(target)
    except OSError as error:
        raise UsageError(f"'{target}' cannot be written: {error.strerror}.", "Check the path.") from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return done


def write_agent(store: Store, agent_id: int, stream: BinaryIO, form: Form = "carrel") -> Exported:
    """Write an agent to a stream."""
    with store.database.read() as connection:
        records = _Reader(connection, agent_id).records()
        if form == "carrel":
            writer = LineWriter(stream)
            for record in records:
                writer.write(record)
            writer.end()
            return Exported(dict(writer.counts), writer.masked)
        counts: Counter[str] = Counter()
        masked = 0
        for text in _FORMS[form](_count(records, counts)):
            safe = mask_keys(text)
            masked += safe != text
            stream.write(safe.encode())
        return Exported(dict(counts), masked)


class _Reader:
    """Reads the records of one agent, in the order of the file."""

    def __init__(self, connection: Connection, agent_id: int) -> None:
        self._connection = connection
        self._agent_id = agent_id
        of_sessions = summaries.c.session_id.in_(sa.select(sessions.c.id).where(sessions.c.agent_id == agent_id))
        self._own_summaries = of_sessions
        self._numbering = to_file(
            self._numbers(messages, messages.c.agent_id == agent_id), self._numbers(summaries, of_sessions)
        )
        self._written: dict[str, str] = {}
        """The hashes in the file of the parts that were written, by their hashes in the database."""
        self._hashes: set[str] = set()
        """The hashes in the file; two parts that differ in a masked key are one."""

    def records(self) -> Iterator[Record]:
        """Yield every line but the last."""
        for record in self._of(kinds.AGENT, agents, agents.c.id):
            yield {"kind": "agent", "schema": kinds.SCHEMA, **record}
        yield from self._of(kinds.BLOCK, blocks, blocks.c.position, blocks.c.id)
        yield from self._of(kinds.SESSION, sessions, sessions.c.n)
        yield from self._of(kinds.TURN, turns, turns.c.n)
        yield from self._messages()
        for record in self._select(kinds.SUMMARY, sa.select(summaries).where(self._own_summaries), summaries.c.n):
            yield self._numbering.renumber(record)
        yield from self._passages()
        yield from self._events()
        yield from self._searches()
        yield from self._steps()
        of_turns = sa.select(tool_runs).join_from(tool_runs, turns).where(turns.c.agent_id == self._agent_id)
        yield from self._select(kinds.CALL, of_turns, turns.c.n, tool_runs.c.step, tool_runs.c.position)
        yield from self._of(kinds.TOMBSTONE, tombstones, tombstones.c.hash)

    def _of(self, kind: Kind, table: sa.Table, *order: sa.ColumnElement[Any]) -> Iterator[Record]:
        own = table.c.id if table is agents else table.c.agent_id
        return self._select(kind, sa.select(table).where(own == self._agent_id), *order)

    def _select(self, kind: Kind, query: sa.Select[Any], *order: sa.ColumnElement[Any]) -> Iterator[Record]:
        for row in self._stream(query.with_only_columns(*kind.columns.values()).order_by(*order)):
            yield _record(kind, row)

    def _stream(self, query: sa.Select[Any]) -> Iterator[AnyRow]:
        return iter(self._connection.execute(query, execution_options={"yield_per": BATCH}))

    def _messages(self) -> Iterator[Record]:
        queued = (queue.c.message_n == messages.c.n) & (queue.c.session_id == messages.c.session_id)
        joined = messages.outerjoin(queue, queued).outerjoin(withheld, _is_withheld("recall", messages))
        query = sa.select(*kinds.MESSAGE.columns.values(), queue.c.message_n, withheld.c.row).select_from(joined)
        for row in self._stream(query.where(messages.c.agent_id == self._agent_id).order_by(messages.c.n)):
            marks = (("queued", row[-2]), ("withheld", row[-1]))
            yield _record(kinds.MESSAGE, row) | {name: True for name, mark in marks if mark is not None}

    def _passages(self) -> Iterator[Record]:
        joined = passages.outerjoin(withheld, _is_withheld("archival", passages))
        query = sa.select(*kinds.PASSAGE.columns.values(), withheld.c.row).select_from(joined)
        for row in self._stream(query.where(passages.c.agent_id == self._agent_id).order_by(passages.c.n)):
            yield _record(kinds.PASSAGE, row) | ({} if row[-1] is None else {"withheld": True})

    def _events(self) -> Iterator[Record]:
        """Yield the changes; one of a session or summary that is gone cannot be undone, and leaves out how."""
        own = sa.select(sessions.c.id).where(sessions.c.agent_id == self._agent_id)
        known = set(self._connection.scalars(own))
        for record in self._of(kinds.EVENT, memory_events, memory_events.c.n):
            event = self._numbering.renumber(record)
            of_session = event["tier"] in ("queue", "session") and event["ref"] not in known
            if of_session or (event["tier"] == "summary" and event["ref"] == "0"):
                event = {name: value for name, value in event.items() if not name.startswith("columns_")}
            yield event

    def _searches(self) -> Iterator[Record]:
        query = sa.select(*kinds.SEARCH.columns.values(), retrievals.c.n)
        own = query.where(retrievals.c.agent_id == self._agent_id).order_by(retrievals.c.n)
        for rows in _batches(self._stream(own)):
            numbers = [row[-1] for row in rows]
            hits: dict[int, list[Record]] = {n: [] for n in numbers}
            for n, *values in self._connection.execute(_HITS, {"numbers": numbers}):
                hits[n].append(_fields(kinds.HIT, values))
            for row in rows:
                yield _record(kinds.SEARCH, row) | {"hits": hits[row[-1]]}

    def _steps(self) -> Iterator[Record]:
        """Yield each step after those parts of its request that are not in the file yet."""
        of_turns = sa.select(steps).join_from(steps, turns).where(turns.c.agent_id == self._agent_id)
        for records in _batches(self._select(kinds.STEP, of_turns, turns.c.n, steps.c.number)):
            new = dict.fromkeys(key for record in records for key in record["window"] if key not in self._written)
            bodies = dict(self._connection.execute(_BODIES, {"hashes": list(new)}).all())
            for record in records:
                yield from self._parts(record["window"], bodies)
                yield record | {"window": [self._written[key] for key in record["window"]]}

    def _parts(self, window: list[str], bodies: dict[str, str]) -> Iterator[Record]:
        for key in window:
            if key not in self._written:
                body = mask_keys(clean(bodies[key]))
                found = self._written[key] = hash_part(body)
                if found not in self._hashes:
                    self._hashes.add(found)
                    yield {"kind": "part", "hash": found, "body": body}

    def _numbers(self, table: sa.Table, own: sa.ColumnElement[bool]) -> Sequence[int]:
        return array("q", self._connection.scalars(sa.select(table.c.n).where(own).order_by(table.c.n)))


def _count(records: Iterator[Record], counts: Counter[str]) -> Iterator[Record]:
    for record in records:
        counts[record["kind"]] += 1
        yield record


def _is_withheld(tier: Tier, table: sa.Table) -> sa.ColumnElement[bool]:
    return (withheld.c.tier == tier) & (withheld.c.row == table.c.n)


def _record(kind: Kind, row: AnyRow) -> Record:
    return {"kind": kind.name, **_fields(kind, row)}


def _fields(kind: Kind, values: Any) -> Record:
    """Return the values of a row by field, as JSON; those that are None are left out."""
    return {name: _plain(value) for name, value in zip(kind.columns, values, strict=False) if value is not None}


def _plain(value: Any) -> Any:
    return utc_text(value) if isinstance(value, datetime) else clean(value)


def _batches(items: Iterator[Item]) -> Iterator[Sequence[Item]]:
    while batch := list(islice(items, BATCH)):
        yield batch
