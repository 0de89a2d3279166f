"""Leases: one turn of an agent at a time, and a stopped turn or program keeps nobody out."""

import os
import subprocess
import sys
import threading
from contextlib import ExitStack

import pytest
import sqlalchemy as sa

from carrel.errors import Busy, NotFound, StoreFailed
from carrel.memory.db.schema import agents
from carrel.memory.store import Memory, Store
from carrel.memory.tiers import leases


def set_lease(store: Store, lease: str) -> None:
    """Write a lease as another process would have left it."""
    with store.database.write() as connection:
        connection.execute(sa.update(agents).values(lease=lease))


def lease_of(store: Store) -> str | None:
    """Return the lease that stands in the database."""
    with store.database.read() as connection:
        return connection.execute(sa.select(agents.c.lease)).scalar()


def test_a_lease_ends_with_its_block(store: Store, memory: Memory) -> None:
    """A lease is held until its block ends, also against the thread that took it: turns never interleave."""
    with memory.lease(lambda within: "begun") as begun:
        held = lease_of(store)
        assert (begun, memory.is_busy) == ("begun", True)
        with pytest.raises(Busy, match="Agent 'ada' is answering another message"), memory.lease(id):
            pass
        assert lease_of(store) == held is not None
    assert (lease_of(store), memory.is_busy) == (None, False)


def test_a_lease_is_taken_with_what_begins(store: Store, memory: Memory) -> None:
    """The lease and what begins under it are one transaction: where the beginning fails, neither is there."""

    def begin(within: Memory) -> None:
        within.turns.begin(within.sessions.start(), "Hello", "m")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), memory.lease(begin):
        pass
    assert (lease_of(store), memory.recall.count(), memory.sessions.all()) == (None, 0, [])


def test_stopped_turns_are_closed_first(memory: Memory) -> None:
    """Who takes the lease closes the turns that a stopped program left, except those of the session to be resumed."""
    first, second = memory.sessions.start(), memory.sessions.start()
    for session in (first, second):
        memory.turns.begin(session, "Hello", "m")
    with memory.lease(id, spare=first):
        assert [memory.turns.is_unfinished(session) for session in (first, second)] == [True, True]
        assert memory.turns.running_session() == first
    with memory.lease(id):
        assert memory.turns.running_session() is None


def test_a_completed_turn_releases_the_agent(store: Store, memory: Memory) -> None:
    """Once a turn is complete the agent is free, before the block of its lease has ended."""
    with memory.lease(lambda within: within.turns.begin(within.sessions.start(), "Hello", "m")) as (turn, _):
        memory.complete(turn)
        assert lease_of(store) is None
        with memory.lease(id):
            held = lease_of(store)
    assert held is not None
    assert lease_of(store) is None


def test_a_lease_that_could_not_be_released(store: Store, memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease that could not be released, since the disk was full, keeps nobody out."""

    def full(scope: object, lease: object) -> None:
        raise StoreFailed("The disk is full.", "Free some space.")

    ending = ExitStack()
    ending.enter_context(memory.lease(id))
    held = lease_of(store)
    with monkeypatch.context() as patch:
        patch.setattr(leases, "release", full)
        with pytest.raises(StoreFailed):
            ending.close()
    assert lease_of(store) == held is not None
    with memory.lease(id):
        assert lease_of(store) != held


def test_an_agent_that_was_removed(store: Store, memory: Memory) -> None:
    """Whoever still holds a removed agent is told so."""
    store.agents.remove("ada")
    with pytest.raises(NotFound, match="removed"), memory.lease(id):
        pass


def test_a_lease_of_another_thread(store: Store, memory: Memory) -> None:
    """Turns of one agent never interleave: a second thread is told that it is busy, and the lease stays."""
    said: list[str] = []

    def try_it() -> None:
        try:
            with memory.lease(id):
                said.append("taken")
        except Busy as error:
            said.append(str(error))

    with memory.lease(id):
        held = lease_of(store)
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
        assert said == ["Agent 'ada' is answering another message. Try again in a moment."]
        assert lease_of(store) == held


LEASE = """
import sys
from pathlib import Path
from carrel.clock import SystemClock
from carrel.memory.store import Store
with Store(Path(sys.argv[1]), SystemClock(), None, None).memory("ada").lease(id):
    print("taken", flush=True)
    sys.stdin.read()
"""


@pytest.mark.process
def test_a_lease_of_another_process(store: Store, memory: Memory) -> None:
    """A live process's lease holds; once it is killed the lease is taken over, even before it is reaped."""
    arguments = [sys.executable, "-c", LEASE, str(store.database.path.parent)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "taken\n"
        with pytest.raises(Busy), memory.lease(id):
            pass
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        with memory.lease(id):
            held = lease_of(store)
    assert held is not None
    assert held.startswith(f"{os.getpid()}:")


def test_a_lease_of_a_reused_number(store: Store, memory: Memory) -> None:
    """A process that began at another moment is not the one that took the lease, though its number is the same."""
    set_lease(store, f"{os.getpid()}:1:1")
    with memory.lease(id):
        assert lease_of(store) != f"{os.getpid()}:1:1"
