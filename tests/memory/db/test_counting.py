"""How much an agent remembers is counted by triggers, whoever writes."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carrel.memory.db.schema import messages, metadata, passages, sessions, turns
from carrel.memory.indexing.fts5 import create_statements
from carrel.memory.store import Memory, Store
from carrel.memory.values import Counts, NewMessage, TurnCall
from carrel.messages import ToolCall, ToolResult

Fill = Callable[[Memory], str]

Say = Callable[..., NewMessage]

TABLES = [*(table.name for table in metadata.sorted_tables), *create_statements()]


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    with store.database.read() as connection:
        found = {name: connection.exec_driver_sql(f"SELECT * FROM {name}").fetchall() for name in TABLES}
    return {name: [tuple(row) for row in some] for name, some in found.items()}


def test_counts(store: Store, memory: Memory, other: Memory, fill: Fill) -> None:
    """Counts are of one agent, and of recall only what a search can find: results of calls do not inflate it."""
    assert memory.counts() == Counts(0, 0, 0, 0)
    fill(memory)
    assert memory.counts() == Counts(recall=3, archival=1, sessions=2, turns=1)
    assert other.counts() == Counts(0, 0, 0, 0)
    assert memory.recall.count() == 4


def test_refused_result_is_counted_nowhere(memory: Memory) -> None:
    """The result of a call is no part of what recall counts, whether the call went well or not."""
    session = memory.sessions.start()
    turn, _ = memory.turns.begin(session, "Hello", "m")
    call = TurnCall(session, turn, 1, 0, ToolCall("c1", "fail", "{}"))
    memory.execute(call, "none", lambda memory: ToolResult("c1", "fail", "No.", ok=False))
    assert memory.counts() == Counts(recall=1, archival=0, sessions=1, turns=1)


def counted(memory: Memory) -> Counts:
    """Count the rows themselves."""
    agent_id = memory.scope.agent_id

    def rows(table: sa.Table, *conditions: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).select_from(table).where(table.c.agent_id == agent_id, *conditions)
        with memory.scope.database.read() as connection:
            return int(connection.execute(query).scalar_one())

    live = passages.c.state == "live"
    return Counts(rows(messages, messages.c.position.is_not(None)), rows(passages, live), rows(sessions), rows(turns))


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(steps=st.lists(st.sampled_from(["say", "empty", "fact", "update", "delete", "undo"]), max_size=12))
def test_counts_are_what_is_there(store: Store, memory: Memory, say: Say, steps: list[str]) -> None:
    """Whatever is written, changed, deleted or undone, the counts are those of the rows; another agent's stay."""
    other = store.memory("zoe", ())
    before = other.counts()
    for number, step in enumerate(steps):
        facts = memory.archival.latest(1)
        if step in {"say", "empty"}:
            session = memory.sessions.start()
            memory.turns.begin(session, f"Hello {number}" if step == "say" else " ", "m")
        elif step == "undo":
            point = memory.savepoint()
            memory.recall.load([say(f"Passing {number}")])
            memory.archival.insert(f"Passing fact {number}")
            if facts:
                memory.archival.delete(facts[0].id)
            memory.restore(point)
        elif step == "fact" or not facts:
            memory.archival.insert(f"Fact {number} {memory.scope.new_id('x')}")
        elif step == "update":
            memory.archival.update(facts[0].id, f"Better {number} {memory.scope.new_id('x')}")
        else:
            memory.archival.delete(facts[0].id)
        assert memory.counts() == counted(memory)
    assert other.counts() == before
