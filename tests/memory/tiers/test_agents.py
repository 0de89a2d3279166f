"""Agents: made once, and removed wholly."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carrel.clock import FrozenClock
from carrel.errors import Busy, NotFound, UsageError
from carrel.memory.db.schema import messages, metadata, passages, sessions, turns
from carrel.memory.indexing.fts5 import create_statements
from carrel.memory.store import Memory, Store
from carrel.memory.tiers.core import NewBlock
from carrel.memory.values import AgentInfo, Block, Counts, NewMessage, TurnCall
from carrel.messages import ToolCall, ToolResult

Fill = Callable[[Memory], str]
Say = Callable[..., NewMessage]
TABLES = [*(table.name for table in metadata.sorted_tables), *create_statements()]
COMMON = {"embedders": 1, "index_generation": 1}
"""Rows that belong to no agent."""


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    with store.database.read() as connection:
        found = {name: connection.exec_driver_sql(f"SELECT * FROM {name}").fetchall() for name in TABLES}
    return {name: [tuple(row) for row in some] for name, some in found.items()}


def test_fill_reaches_every_table(store: Store, memory: Memory, fill: Fill) -> None:
    """The turn by which removal is tested writes to every table there is, those to come included."""
    fill(memory)
    assert [name for name, some in rows(store).items() if not some] == []


def test_remove_leaves_nothing(store: Store, memory: Memory, fill: Fill) -> None:
    """After its only agent is removed, no table holds a row but those that belong to no agent."""
    fill(memory)
    store.agents.remove("ada")
    assert {name: len(some) for name, some in rows(store).items() if some} == COMMON


def test_remove_leaves_others(store: Store, memory: Memory, other: Memory, fill: Fill) -> None:
    """Removing an agent leaves each row of another as it was, the requests that it was sent included."""
    turn = fill(other)
    before = rows(store)
    sent = other.request_log.sent(turn, 1)
    fill(memory)
    store.agents.remove("ada")
    agent_rows = {**before, "agents": [row for row in before["agents"] if row[1] == "bob"]}
    agent_rows["blocks"] = [row for row in before["blocks"] if row[1] == other.scope.agent_id]
    assert rows(store) == agent_rows
    assert other.request_log.sent(turn, 1) == sent


def test_an_agent_that_answers_is_not_removed(store: Store, memory: Memory) -> None:
    """Nothing is taken away under a turn that goes on; once it has ended the agent can go."""
    with memory.lease(id), pytest.raises(Busy, match="Agent 'ada' is answering a message"):
        store.agents.remove("ada")
    store.agents.remove("ada")
    assert store.agents.all() == []


def test_remove_unknown(store: Store, memory: Memory) -> None:
    """Removing an agent that does not exist names those that do."""
    with pytest.raises(NotFound, match=r"'eve' does not exist\. There is: 'ada'"):
        store.agents.remove("eve")


def test_numbers_are_not_reused(store: Store, memory: Memory) -> None:
    """A new agent never gets the number of a removed one, whose vectors may still stand in the index."""
    store.agents.remove("ada")
    assert store.agents.make("eve", ()) > memory.scope.agent_id


def test_make_again(store: Store, memory: Memory) -> None:
    """Making an agent of a known name gives the known one, unchanged."""
    assert store.agents.make("ada", [NewBlock("human", "somebody else", 30)]) == memory.scope.agent_id
    assert memory.core["human"] == Block("human", "", 60)


def test_listed(store: Store, clock: FrozenClock) -> None:
    """Agents are listed in the order in which they were made, with their model and the moment."""
    store.agents.make("zoe", (), "model-1")
    made = clock.now()
    clock.advance(days=1)
    store.agents.make("ada", ())
    assert store.agents.all() == [AgentInfo("zoe", "model-1", made), AgentInfo("ada", None, clock.now())]
    assert store.agents.info("ada") == AgentInfo("ada", None, clock.now())


@pytest.mark.parametrize("name", ["a", "Ada", "7", "ada.b@c+d-e_f", "书斋", "x" * 64])
def test_good_names(store: Store, name: str) -> None:
    """A name of letters and digits in any alphabet makes an agent that is found by it."""
    assert store.agents.make(name, ()) == store.agents.require(name)


@pytest.mark.parametrize("name", ["", " ", "_a", "-a", "a b", "a/b", "../a", "a\n", "x" * 65, "\ud800", "a\x00"])
def test_bad_names(store: Store, name: str) -> None:
    """A name that could be taken for a path, an option or two words is refused; looking for it finds nothing."""
    with pytest.raises(UsageError):
        store.agents.make(name, ())
    with pytest.raises(NotFound):
        store.agents.require(name)


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


def test_limits_are_raised_and_never_lowered(store: Store, memory: Memory) -> None:
    """A larger limit that is set later holds for an agent that is there already."""
    for limit, expected in ((90, 90), (30, 90)):
        store.memory("ada", [NewBlock("human", "", limit)])
        assert memory.core["human"].limit == expected
    assert memory.core["persona"].limit == 60
