"""One agent's part of the database: one transaction at a time, and none that outlives its block."""

from contextlib import suppress

import pytest

from carrel.errors import UsageError
from carrel.memory.journal.scope import Scope
from carrel.memory.store import Memory
from carrel.messages import ToolResult


def test_a_transaction_is_gone_on_with(memory: Memory) -> None:
    """Within a transaction the scope is the same, and what it writes commits once, with the outermost block."""
    with memory.scope.bound() as outer, outer.bound() as inner:
        assert inner is outer
        with inner.write() as one, outer.read() as two:
            assert one is two


def test_a_transaction_that_is_over_lends_nothing(memory: Memory) -> None:
    """Who keeps a scope beyond its block is told so, and the agent's own scope goes on."""
    with memory.scope.bound() as scope:
        pass
    with pytest.raises(UsageError, match="This transaction is over"), scope.write():
        pass
    with memory.scope.write():
        pass


def test_what_waits_for_the_commit_runs_after_it(memory: Memory) -> None:
    """Once, in order, after the block; not at all where it is rolled back."""
    done: list[str] = []
    with memory.scope.bound() as scope:
        assert scope.transaction is not None
        scope.transaction.on_commit(lambda: done.append("one"))
        scope.transaction.on_commit(lambda: done.append("two"))
        assert done == []
    with suppress(KeyError), memory.scope.bound() as failing:
        assert failing.transaction is not None
        failing.transaction.on_commit(lambda: done.append("never"))
        raise KeyError
    assert done == ["one", "two"]


@pytest.mark.parametrize(("ok", "kept"), [(True, ["Bees."]), (False, [])])
def test_an_attempt_that_fails_leaves_nothing(memory: Memory, ok: bool, kept: list[str]) -> None:
    """A call runs in a savepoint: what it stored stays with a good result, and goes with a bad one."""
    lent: list[Scope] = []

    def run(inner: Memory) -> ToolResult:
        lent.append(inner.scope)
        inner.archival.insert("Bees.")
        return ToolResult("c1", "insert", "Done.", ok=ok)

    with memory.transaction() as outer:
        assert outer.attempt(run).ok == ok
        with pytest.raises(UsageError), lent[0].read():
            pass
    assert [passage.text for passage in memory.archival.latest(9)] == kept
