"""The order of what is found."""

from collections.abc import Callable

from carrel.clock import FrozenClock
from carrel.memory.store import Memory, Store
from carrel.memory.values import NewMessage, SearchPage, Tier

Say = Callable[..., NewMessage]

BOTH: tuple[Tier, ...] = ("recall", "archival")


def texts(found: SearchPage) -> list[str]:
    """Return the texts of a page, in their order."""
    return [hit.text for hit in found.hits]


def test_the_asking_turn_ranks_last(memory: Memory, say: Say) -> None:
    """What asks is found behind everything that was said before, however well it matches."""
    memory.recall.load([say("A heron stood in the reeds by the river that day.", day=1), say("heron heron", day=2)])
    asking = memory.recall.latest(1)[0].n
    assert texts(memory.recall.search("heron"))[0] == "heron heron"
    assert texts(memory.recall.search("heron", rank_last={asking}))[-1] == "heron heron"


def test_order_is_stable(memory: Memory, say: Say) -> None:
    """Equal hits come in one order, the younger first, and the same at every limit."""
    memory.recall.load([say("heron", session=f"s{n}") for n in range(30)])
    ids = [hit.id for hit in memory.recall.search("heron", limit=30).hits]
    assert ids == [message.id for message in reversed(memory.recall.latest(30))]
    assert [hit.id for page in range(1, 11) for hit in memory.recall.search("heron", 3, page).hits] == ids


def test_superseded_below_successor(memory: Memory, clock: FrozenClock) -> None:
    """A fact that was superseded is found, marked, below its successor, though it fits the question better."""
    old = memory.archival.insert("Ann lives in Rome, Rome, Rome.").passage
    clock.advance(days=1)
    memory.archival.update(old.id, "Ann has moved away from Rome to Oslo.")
    hits = memory.archival.search("Rome").hits
    assert [hit.state for hit in hits] == ["live", "superseded"]
    assert hits[0].score > hits[1].score


def test_one_agent_finds_what_it_finds_among_others(memory: Memory, store: Store, say: Say) -> None:
    """An agent that is alone in its home, whose name a search leaves out, finds the same once there are others."""
    memory.recall.load([say(f"A heron and boat number {n} by the river.", day=1 + n % 20) for n in range(400)])
    queries = ["heron boat", "boat number 7", "river 12 heron", "aardvark"]
    alone = [memory.search.find(query, BOTH, limit=50) for query in queries]
    other = store.memory("bob", ())
    other.recall.load([say("A heron and boat number 7 by the river, but mine.", day=2)])
    assert [memory.search.find(query, BOTH, limit=50) for query in queries] == alone
    assert [hit.text for hit in other.search.find("heron", BOTH).hits] == [
        "A heron and boat number 7 by the river, but mine."
    ]
