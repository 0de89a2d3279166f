"""Agents: made once, and removed wholly."""

from collections.abc import Callable

import pytest

from carrel.clock import FrozenClock
from carrel.errors import Busy, NotFound, UsageError
from carrel.memory.db.schema import metadata
from carrel.memory.indexing.fts5 import create_statements
from carrel.memory.store import Memory, Store
from carrel.memory.tiers.core import NewBlock
from carrel.memory.values import AgentInfo, Block

Fill = Callable[[Memory], str]

TABLES = [*(table.name for table in metadata.sorted_tables), *create_statements()]

COMMON = {"embedders": 1, "index_generation": 1, "stale_words": 1}
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
    sent = other.request_log.find(turn, 1)
    fill(memory)
    store.agents.remove("ada")
    agent_rows = {**before, "agents": [row for row in before["agents"] if row[1] == "bob"]}
    agent_rows["blocks"] = [row for row in before["blocks"] if row[1] == other.scope.agent_id]
    assert rows(store) == agent_rows
    assert other.request_log.find(turn, 1) == sent


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


def test_limits_are_raised_and_never_lowered(store: Store, memory: Memory) -> None:
    """A larger limit that is set later holds for an agent that is there already."""
    for limit, expected in ((90, 90), (30, 90)):
        store.memory("ada", [NewBlock("human", "", limit)])
        assert memory.core["human"].limit == expected
    assert memory.core["persona"].limit == 60
