"""Check the whole database: its structures, its references, the memory of every agent, and calls without results."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.open import open_database
from carrel.memory.db.schema import messages, turns
from carrel.memory.db.upgrade import upgrade
from carrel.memory.indexing.vector_index import IndexState
from carrel.memory.store import Store
from carrel.memory.upkeep.stored_markup import (
    Clean,
    count_stored_markup,
    remove_stored_markup,
    without_calls,
    without_thoughts,
)
from carrel.memory.upkeep.verify import verify
from carrel.messages import ToolSchema

RESTORE = "Restore a backup: see carrel db restore --help"


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found."""

    integrity: tuple[str, ...]
    """What the database engine finds wrong with the file."""
    references: int
    """The number of rows that refer to rows that do not exist."""
    index: IndexState
    """What was found when the vector index was read."""
    unsound: tuple[str, ...]
    """The names of agents whose rows, words and vectors do not agree."""
    unpaired: int
    """The number of calls without a result and of results without a call."""
    doubled: int
    """The number of calls with more than one result."""
    unfinished: int
    """The number of turns that a stopped program left running. The next message closes them."""
    text_calls: int = 0
    """The number of answers and summaries that hold a call as text."""
    thoughts: int = 0
    """The number of answers and summaries that hold a model's thoughts."""

    @property
    def problems(self) -> list[str]:
        """What is wrong and what to do, one sentence each; empty where all is well."""
        found = [f"the file is damaged: {damage}. {RESTORE}" for damage in self.integrity]
        found += [f"{self.references} rows refer to nothing. {RESTORE}"] if self.references else []
        found += ["the index of vectors is damaged: run carrel memory reindex"] if self.index == "damaged" else []
        found += [f"memory of agent '{name}': run carrel memory verify -a {name}" for name in self.unsound]
        found += (
            [f"{self.unpaired} calls and results without each other: run carrel db check --repair"]
            if self.unpaired
            else []
        )
        found += (
            [f"{self.text_calls} answers hold a call as text: run carrel db check --repair"] if self.text_calls else []
        )
        found += [f"{self.thoughts} answers hold thoughts: run carrel db check --repair"] if self.thoughts else []
        found += [f"{self.doubled} calls with more than one result"] if self.doubled else []
        return found

    def to_json(self) -> dict[str, Any]:
        """Return what was found by field."""
        return {
            "sound": not self.problems,
            "integrity": list(self.integrity),
            "references": self.references,
            "index": self.index,
            "unsound_agents": list(self.unsound),
            "unpaired": self.unpaired,
            "doubled": self.doubled,
            "unfinished": self.unfinished,
            "text_calls": self.text_calls,
            "thoughts": self.thoughts,
        }


def check(store: Store, tools: Sequence[ToolSchema] = ()) -> Check:
    """Check everything in a home's database; calls of the tools count where answers hold them as text.

    Nothing is changed.
    """
    unsound = tuple(info.name for info in store.agents.all() if not _sound(store, info.name))
    scopes = [store.memory(info.name).scope for info in store.agents.all()]
    with store.database.read() as connection:
        dialect = store.database.dialect
        unpaired, doubled = _count_unpaired(connection)
        return Check(
            integrity=tuple(dialect.find_damage(connection)),
            references=dialect.count_dangling(connection),
            index=examine_index(store),
            unsound=unsound,
            unpaired=unpaired,
            doubled=doubled,
            unfinished=_count(connection, turns.c.state == "running"),
            text_calls=sum(count_stored_markup(scope, without_calls(tools)) for scope in scopes),
            thoughts=sum(count_stored_markup(scope, without_thoughts) for scope in scopes),
        )


def examine_index(store: Store) -> IndexState:
    """Read the vector index of a home and return its state."""
    vectors = store.engines.vectors
    return vectors.index_sync.examine() if vectors else "not built"


@dataclass(frozen=True, slots=True)
class FileReport:
    """The state of a database's file."""

    path: Path
    engine: str
    """The SQL engine and its settings, for people."""
    damage: str
    """What is wrong with the file; empty if it is sound."""


def check_file(home: Path) -> FileReport:
    """Upgrade the database of a home if its revision is old, and check its file."""
    with closing(open_database(home)) as database:
        upgrade(database)
        with database.read() as connection:
            damage = database.dialect.find_damage(connection, quick=True)
        return FileReport(database.path, database.dialect.describe(), damage[0] if damage else "")


def repair(store: Store) -> int:
    """Give every call whose result was lost a result that says so, and return their number."""
    memories = [store.memory(info.name) for info in store.agents.all()]
    return sum(memory.queue.repair(info.id, whole=True) for memory in memories for info in memory.sessions.all())


def clean_calls(store: Store, tools: Sequence[ToolSchema]) -> int:
    """Take calls of the tools out of the answers that hold them as text, and return the number of these answers."""
    return _clean_all(store, without_calls(tools))


def clean_thoughts(store: Store) -> int:
    """Take thoughts out of the answers that hold them, and return the number of these answers."""
    return _clean_all(store, without_thoughts)


def _clean_all(store: Store, clean: Clean) -> int:
    return sum(remove_stored_markup(store.memory(info.name).scope, clean) for info in store.agents.all())


def _sound(store: Store, name: str) -> bool:
    vectors = store.engines.vectors
    return verify(store.memory(name), vectors.store if vectors else None).sound


def _count_unpaired(connection: Connection) -> tuple[int, int]:
    """Return how many calls and results have no counterpart, and how many calls have several, in turns that ended."""
    columns = (messages.c.turn_id, messages.c.step, messages.c.calls, messages.c.call_id)
    ended = sa.or_(messages.c.turn_id.is_(None), turns.c.state != "running")
    joined = sa.select(*columns).join_from(messages, turns, messages.c.turn_id == turns.c.id, isouter=True)
    concerned = sa.or_(messages.c.calls.is_not(None), messages.c.role == "tool")
    made: Counter[tuple[Any, ...]] = Counter()
    answered: Counter[tuple[Any, ...]] = Counter()
    for row in connection.execute(joined.where(ended, concerned)):
        made.update((row.turn_id, row.step, call["id"]) for call in row.calls or ())
        if row.call_id is not None:
            answered[row.turn_id, row.step, row.call_id] += 1
    alone = len(made.keys() ^ answered.keys())
    return alone, sum(number > made[key] for key, number in answered.items() if key in made)


def _count(connection: Connection, condition: sa.ColumnElement[bool]) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(turns).where(condition)).scalar_one())
