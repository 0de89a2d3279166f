"""A merge adds what an agent lacks, once, and nothing else."""

from pathlib import Path

import pytest

from carrel.errors import BadFile, UsageError
from carrel.memory.agent_file.merge import MergePlan, merge, plan_merge
from carrel.memory.agent_file.read import AgentFile
from carrel.memory.forgetting.selection import Selection
from carrel.memory.store import Memory, Store
from carrel.memory.tiers.core import NewBlock
from carrel.memory.values import Cause


def state(memory: Memory) -> tuple[list[str], list[str]]:
    """Return the text of core memory and of archival."""
    return [block.value for block in memory.core.all()], [passage.text for passage in memory.archival.latest(99)]


def test_what_an_agent_lacks_is_added_once(full: Memory, exported: Path, elsewhere: Store) -> None:
    """Live passages and lines of core memory come in with their times and tags; a second merge finds all known."""
    other = elsewhere.memory("ben", (NewBlock("human", "Ben sails.", 2000),))
    other.archival.insert("Ben has a boat.")
    plan = plan_merge(other, AgentFile(exported))
    assert merge(other, plan) == 0
    theirs, ours = full.archival.latest(99), other.archival.latest(99)
    assert [item.text for item in ours] == ["Ben has a boat.", *(item.text for item in theirs)]
    assert [(item.at, item.tags) for item in ours[1:]] == [(item.at, item.tags) for item in theirs]
    lines = [line for line in full.core["human"].value.splitlines() if line.strip()]
    assert other.core["human"].value.splitlines() == ["Ben sails.", *lines]
    assert {event.actor for item in ours[1:] for event in other.history("archival", item.id)} == {"import"}
    again = plan_merge(other, AgentFile(exported))
    assert (again.facts, again.lines, again.known) == ((), (), len(theirs) + len(lines))


def test_blocks_that_an_agent_does_not_have_are_named(exported: Path, elsewhere: Store) -> None:
    """Their text is left out, and nothing is lost in silence."""
    other = elsewhere.memory("ben", (NewBlock("project", "", 2000),))
    assert "human" in plan_merge(other, AgentFile(exported)).unknown_blocks


def test_all_or_nothing(exported: Path, elsewhere: Store) -> None:
    """Where a line does not fit into its block, no passage comes in either."""
    other = elsewhere.memory("ben", (NewBlock("human", "", 3),))
    before = state(other)
    with pytest.raises(UsageError, match="Block 'human' is full"):
        merge(other, plan_merge(other, AgentFile(exported)))
    assert state(other) == before


def test_what_was_forgotten_stays_out(full: Memory, exported: Path) -> None:
    """A passage that was erased is refused and counted; the file itself cannot bring it back."""
    passage = full.archival.latest(1)[0]
    full.forgetting.erase(Selection(ids=(passage.id,)), Cause("user"))
    plan = plan_merge(full, AgentFile(exported))
    assert [fact.text for fact in plan.facts] == [passage.text]
    assert merge(full, plan) == 1
    assert passage.text not in state(full)[1]


def test_a_line_that_was_forgotten_stays_out(full: Memory, exported: Path) -> None:
    """A line of core memory that was erased is refused and counted; the rest comes in."""
    full.forgetting.erase(Selection(query="罗马"), Cause("user"))
    plan = plan_merge(full, AgentFile(exported))
    assert "住在罗马。" in [line for _, line in plan.lines]
    assert merge(full, plan) >= 1
    assert not any("罗马" in text for texts in state(full) for text in texts)


def test_a_damaged_file_is_refused(exported: Path, elsewhere: Store) -> None:
    """Nothing is planned from a file that was cut."""
    exported.write_bytes(exported.read_bytes()[:-40])
    with pytest.raises(BadFile, match="it is cut"):
        plan_merge(elsewhere.memory("ben", (NewBlock("human", "", 2000),)), AgentFile(exported))


def test_nothing_to_add(elsewhere: Store) -> None:
    """An empty plan changes nothing."""
    other = elsewhere.memory("ben", (NewBlock("human", "", 3),))
    assert merge(other, MergePlan((), (), 0, ())) == 0
