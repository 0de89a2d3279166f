"""Memories on a map: those of one meaning close to each other, and what has no place is counted."""

import math

import pytest

from carrel.memory.forgetting.selection import Selection
from carrel.memory.inspection.memory_map import MapPoint, map_memories
from carrel.memory.store import Memory, Store
from tests.memory.conftest import Say
from tests.memory.looking import vectors_of


@pytest.fixture
def store(indexed: Store) -> Store:
    """The store with the toy embedder."""
    return indexed


def distance(first: MapPoint, second: MapPoint) -> float:
    """Return how far two points are apart."""
    return math.hypot(first.x - second.x, first.y - second.y)


def test_close_is_similar(store: Store, memory: Memory, other: Memory, say: Say) -> None:
    """Two sentences about bees lie closer to each other than to one about boats; another agent has a map of its own."""
    memory.recall.load([say("Ada keeps bees."), say("Bob sails boats on lakes.", day=2)])
    passage = memory.archival.insert("Ada keeps bees here.").passage
    other.archival.insert("Nobody asked.")
    store.embed_now()
    found = map_memories(memory, vectors_of(store).store)
    bees, boats, here = found.points
    assert [point.text for point in found.points] == [
        "Ada keeps bees.",
        "Bob sails boats on lakes.",
        "Ada keeps bees here.",
    ]
    assert distance(bees, here) < distance(bees, boats)
    assert (here.id, here.tier, boats.tier, bees.session) == (
        passage.id,
        "archival",
        "recall",
        memory.sessions.all()[0].id,
    )
    assert (found.total, found.without_vector) == (3, 0)
    assert set(here.to_json()) == {"id", "tier", "text", "at", "session", "x", "y"}


def test_what_has_no_place(store: Store, memory: Memory) -> None:
    """What is not embedded yet is counted, and what was forgotten is not even that."""
    vectors = vectors_of(store).store
    assert map_memories(memory, vectors).points == ()
    memory.archival.insert("Ada keeps bees.")
    assert map_memories(memory, vectors).without_vector == 1
    store.embed_now()
    memory.archival.insert("The bees are hers.")
    assert [point.text for point in map_memories(memory, vectors).points] == ["Ada keeps bees."]
    memory.forgetting.forget(Selection(query="bees"))
    assert map_memories(memory, vectors).total == 0


def test_a_long_text_is_one_point_and_many_are_sampled(store: Store, memory: Memory, say: Say) -> None:
    """The chunks of a text have one place; of more memories than the limit, evenly spaced ones are shown."""
    memory.archival.insert("Bees are many. " * 900)
    memory.recall.load([say(f"Bee number {n}.", day=n + 1) for n in range(20)])
    store.embed_now()
    vectors = vectors_of(store).store
    assert len(map_memories(memory, vectors).points) == 21
    few = map_memories(memory, vectors, limit=7)
    assert [point.text[:14] for point in few.points] == [f"Bee number {n}."[:14] for n in range(0, 20, 3)]
    assert (few.total, few.without_vector) == (21, 0)
