"""Retrievals: what stood in the context of a turn, and only that."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from carrel.clock import FrozenClock
from carrel.errors import StoreFailed
from carrel.memory.db.schema import retrieval_hits, retrievals
from carrel.memory.journal.retrievals import RecordedHit, Retrieval, RetrievedHit
from carrel.memory.store import Memory
from carrel.memory.values import Hit, Scores


@pytest.fixture
def turn(memory: Memory) -> str:
    """A turn that has begun."""
    return memory.turns.begin(memory.sessions.start(), "Where do I live?", "m")[0]


def hit(name: str, clock: FrozenClock) -> Hit:
    """Make something that was found."""
    return Hit(name, "archival", "text", clock.now(), 0.5, Scores(words=0.5, meaning=0.25))


def test_taken(memory: Memory, turn: str, clock: FrozenClock) -> None:
    """What was taken comes back best first, by order of search, none twice; what was left out does not."""
    a, b, c, d = (hit(name, clock) for name in "abcd")
    memory.retrievals.record(
        turn, None, "page_in", "live", [RetrievedHit(b), RetrievedHit(a, shown=False, reason="known"), RetrievedHit(c)]
    )
    memory.retrievals.record(turn, 1, "tool", "home", [RetrievedHit(d), RetrievedHit(b), RetrievedHit(a)])
    assert memory.retrievals.shown_in(turn) == ["b", "c", "d", "a"]


def test_kept_whole(memory: Memory, turn: str, clock: FrozenClock) -> None:
    """Each offer is stored with its rank, its scores and the reason why it was left out."""
    memory.retrievals.record(
        turn, 2, "tool", "home", [RetrievedHit(hit("a", clock)), RetrievedHit(hit("b", clock), False, "no room")]
    )
    scores = {"words": 0.5, "meaning": 0.25, "neighbours": 0.0}
    with memory.scope.database.read() as connection:
        columns = sa.select(retrievals.c.turn_id, retrievals.c.step, retrievals.c.kind, retrievals.c.query)
        assert [tuple(row) for row in connection.execute(columns)] == [(turn, 2, "tool", "home")]
        offers = connection.execute(sa.select(retrieval_hits).order_by(retrieval_hits.c.rank)).fetchall()
    assert [tuple(row)[1:] for row in offers] == [
        (1, "archival", "a", 0.5, scores, True, None),
        (2, "archival", "b", 0.5, scores, False, "no room"),
    ]


def test_read_back(memory: Memory, other: Memory, turn: str, clock: FrozenClock) -> None:
    """A turn's searches come back in order with all that they offered; another agent's are not shown."""
    memory.retrievals.record(turn, None, "page_in", "live", [RetrievedHit(hit("a", clock), False, "over the budget")])
    memory.retrievals.record(turn, 1, "tool", "home", [RetrievedHit(hit("b", clock)), RetrievedHit(hit("a", clock))])
    scores = {"words": 0.5, "meaning": 0.25, "neighbours": 0.0}
    a, b = (RecordedHit("archival", name, 0.5, scores, True, None) for name in "ab")
    assert memory.retrievals.of_turn(turn) == [
        Retrieval("page_in", None, "live", (replace(a, shown=False, reason="over the budget"),)),
        Retrieval("tool", 1, "home", (b, a)),
    ]
    assert other.retrievals.of_turn(turn) == []


def test_nothing_offered(memory: Memory, turn: str) -> None:
    """A search that found nothing is kept too."""
    memory.retrievals.record(turn, None, "page_in", "live", [])
    with memory.scope.database.read() as connection:
        assert connection.execute(sa.select(retrievals.c.query)).scalars().all() == ["live"]
    assert memory.retrievals.shown_in(turn) == []


def test_all_or_nothing(memory: Memory, turn: str, clock: FrozenClock) -> None:
    """A retrieval of an unknown kind is refused as a whole."""
    with pytest.raises(StoreFailed, match="CHECK constraint failed"):
        memory.retrievals.record(turn, None, "guess", "live", [RetrievedHit(hit("a", clock))])  # type: ignore[arg-type]
    with memory.scope.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(retrieval_hits)).scalar() == 0


def test_of_turns(memory: Memory, turn: str, clock: FrozenClock) -> None:
    """Each turn has its own."""
    second, _ = memory.turns.begin(memory.sessions.start(), "And now?", "m")
    memory.retrievals.record(turn, None, "page_in", "live", [RetrievedHit(hit("a", clock))])
    assert (memory.retrievals.shown_in(turn), memory.retrievals.shown_in(second)) == (["a"], [])
