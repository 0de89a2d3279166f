"""One agent's memory: operations by themselves, or several as one transaction."""

import threading
from collections.abc import Callable

import pytest

from carrel.errors import UsageError
from carrel.memory.store import Memory
from carrel.messages import ToolResult


def test_a_transaction_is_kept_as_a_whole(memory: Memory) -> None:
    """What is written in a transaction is there once its block has ended, and only then for others."""
    with memory.transaction() as within:
        within.core.append("human", "Name: Ada.")
        within.archival.insert("Ada plays the cello.")
        assert (within.core["human"].value, within.archival.count()) == ("Name: Ada.", 1)
        assert (memory.core["human"].value, memory.archival.count()) == ("", 0)


def test_a_transaction_that_raises_is_undone(memory: Memory) -> None:
    """Of a transaction whose block raises nothing stays."""

    def half() -> None:
        with memory.transaction() as within:
            within.core.append("human", "Name: Ada.")
            within.archival.insert("Ada plays the cello.")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert (memory.core["human"].value, memory.archival.count()) == ("", 0)


def test_a_transaction_in_a_transaction_is_the_same_one(memory: Memory) -> None:
    """Whoever opens a transaction within one goes on with it: it commits with the outermost block."""

    def half() -> None:
        with memory.transaction() as outer:
            with outer.transaction() as inner:
                inner.core.append("human", "Name: Ada.")
            assert outer.core["human"].value == "Name: Ada."
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert memory.core["human"].value == ""


def test_a_second_transaction_is_refused(memory: Memory, other: Memory) -> None:
    """A write beside an open transaction would wait for it in vain: it is refused, whoever's memory it is."""
    with memory.transaction():
        for somebody in (memory, other):
            with pytest.raises(UsageError, match="A transaction is open already"):
                somebody.core.append("human", "Name: Ada.")
    memory.core.append("human", "Name: Ada.")
    assert memory.core["human"].value == "Name: Ada."


def test_a_transaction_that_is_over(memory: Memory) -> None:
    """The memory that a transaction gave serves no longer than the transaction."""
    with memory.transaction() as within:
        within.core.append("human", "Name: Ada.")
    uses: list[Callable[[], object]] = [
        lambda: within.core["human"],
        lambda: within.core.append("human", "Age: 9."),
    ]
    for use in uses:
        with pytest.raises(UsageError, match="This transaction is over"):
            use()
    assert memory.core["human"].value == "Name: Ada."


@pytest.mark.parametrize("ok", [True, False])
def test_an_attempt(memory: Memory, ok: bool) -> None:
    """What a call changed in a transaction stays where it went well, and only what it changed goes where it failed."""

    def run(within: Memory) -> ToolResult:
        within.archival.insert("Ada plays the cello.")
        return ToolResult("c1", "note", "", ok)

    with memory.transaction() as within:
        within.core.append("human", "Name: Ada.")
        within.attempt(run)
    assert (memory.core["human"].value, memory.archival.count()) == ("Name: Ada.", int(ok))


def test_an_attempt_by_another_thread(memory: Memory) -> None:
    """A thread that goes on after its call was given up can neither change anything nor read on."""
    entered, given_up, refused = threading.Event(), threading.Event(), threading.Event()

    def work(within: Memory) -> None:
        within.archival.insert("Ada plays the cello.")
        entered.set()
        given_up.wait(10)
        try:
            within.archival.insert("Ada has a cat.")
        except UsageError:
            refused.set()

    threads: list[threading.Thread] = []

    def run(within: Memory) -> ToolResult:
        threads.append(threading.Thread(target=work, args=(within,)))
        threads[0].start()
        assert entered.wait(10)
        return ToolResult("c1", "note", "Error: it took too long.", ok=False)

    with memory.transaction() as within:
        within.core.append("human", "Name: Ada.")
        within.attempt(run)
        given_up.set()
        threads[0].join()
    assert refused.is_set()
    assert (memory.core["human"].value, memory.archival.count()) == ("Name: Ada.", 0)
