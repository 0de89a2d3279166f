"""Sessions that are kept or undone as a whole, side questions, and throw-away copies of an agent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from carrel.agent.agent import Agent
from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.memory.values import Counts


@pytest.fixture
def carrel(home: Path, clock: FrozenClock) -> Iterator[Carrel]:
    """A home with the offline model."""
    with Carrel.open(home, "offline", "none", clock) as opened:
        yield opened


@pytest.fixture
def ada(carrel: Carrel) -> Agent:
    """An agent that knows one thing."""
    agent = carrel.agent("ada")
    agent.session().send("My name is Ada.")
    return agent


def state(agent: Agent) -> tuple[Counts, str, list[str]]:
    """Return what an agent remembers."""
    return agent.counts, agent.core["human"].value, [message.text for message in agent.recall.latest(99)]


def test_a_transaction_is_kept(ada: Agent) -> None:
    """A block that ends well keeps its turns and what they changed."""
    with ada.transaction() as chat:
        chat.send("I'm allergic to peanuts.")
    assert ada.core["human"].value == "My name is Ada. [2026-01-05]\nI'm allergic to peanuts. [2026-01-05]"
    assert ada.counts.sessions == 2


def fail(agent: Agent, reference: str | None) -> None:
    """Change all tiers in a transaction that ends badly."""
    with agent.transaction(reference) as chat:
        chat.send("I'm allergic to peanuts.")
        agent.core.append("persona", "I am rude.")
        agent.archival.insert("A fact.")
        raise ZeroDivisionError


@pytest.mark.parametrize("reference", [None, "last"])
def test_a_transaction_is_undone_by_an_exception(ada: Agent, reference: str | None) -> None:
    """An exception undoes the session and all changes in it, resumed or new, and goes on its way."""
    before = state(ada)
    with pytest.raises(ZeroDivisionError):
        fail(ada, reference)
    assert state(ada) == before
    assert ada.session("last").send("What is my name?").text.endswith('"My name is Ada."')


def test_an_aside_leaves_no_trace(ada: Agent) -> None:
    """A side question is answered from memory and forgotten."""
    before = state(ada)
    with ada.aside() as chat:
        chat.send("I'm allergic to peanuts.")
        assert "My name is Ada." in chat.send("What is my name?").text
    assert state(ada) == before
    assert ada.memory.search.find("peanuts", ("recall", "archival")).hits == ()


def test_a_branch_is_thrown_away(carrel: Carrel, ada: Agent, clock: FrozenClock) -> None:
    """A branch knows what the agent knows; what it learns and the time that passes in it stay in it."""
    before, now = state(ada), clock.now()
    with ada.branch() as twin:
        assert state(twin) == before
        where = twin.memory.scope.database.path
        twin.session().send("I'm allergic to peanuts.")
        twin_clock = twin.memory.scope.clock
        assert isinstance(twin_clock, FrozenClock)
        twin_clock.advance(days=30)
        assert "peanuts" in twin.session().send("What am I allergic to?").text
        with twin.branch() as third:
            assert third.counts == twin.counts
    assert (state(ada), clock.now()) == (before, now)
    assert not where.parent.exists()


def test_a_branch_of_an_agent_at_work(carrel: Carrel, ada: Agent) -> None:
    """A turn that goes on in the original does not keep the copy from answering."""
    events = ada.session("last").stream("I have a cat.")
    next(events)
    with ada.branch() as twin:
        assert "My name is Ada." in twin.session().send("What is my name?").text
    assert list(events)[-1].text == "Noted."  # type: ignore[union-attr]
