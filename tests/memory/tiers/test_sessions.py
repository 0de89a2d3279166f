"""Sessions: found by what people call them, and by nothing else."""

from collections import defaultdict
from collections.abc import Callable
from itertools import count

import pytest

from carrel.clock import FrozenClock
from carrel.errors import NotFound, UsageError
from carrel.memory.store import Memory, Store
from carrel.memory.tiers.core import NewBlock
from carrel.memory.values import NewMessage, SessionInfo
from tests.memory.conftest import Letters

Say = Callable[..., NewMessage]


def test_found_by(memory: Memory) -> None:
    """A session is found by its id, by a prefix of it, by its name, and the last one as 'last'."""
    first, second = memory.sessions.start("work"), memory.sessions.start()
    found = [memory.sessions.find(said) for said in (first, "work", second, second[:-1], "last")]
    assert found == [first, first, second, second, second]


def test_last_is_the_last_used(memory: Memory, clock: FrozenClock, say: Say) -> None:
    """'last' is the chat in which something was said last, not the one that began last, and never an import."""
    first, _ = memory.sessions.start(), memory.sessions.start()
    clock.advance(minutes=1)
    memory.turns.begin(first, "Hello", "m")
    memory.recall.load([say("from far", day=31)])
    assert memory.sessions.find("last") == first


def test_last_when_the_clock_went_back(memory: Memory, store: Store) -> None:
    """The last session is the one in which something was said last, also where the clock says otherwise."""
    first, second = memory.sessions.start(), memory.sessions.start()
    ahead = Store(store.database.path.parent, FrozenClock("2026-03-01T09:00:00+01:00"), Letters(), None)
    ahead.memory("ada").turns.begin(first, "Hello", "m")
    ahead.close()
    memory.turns.begin(second, "Hello again", "m")
    assert memory.sessions.find("last") == second


@pytest.mark.parametrize("said", ["", "s-0000", "nobody", "%", "_", "s_", "\ud800", "ß\x00", "'; DROP TABLE sessions"])
def test_not_found(memory: Memory, said: str) -> None:
    """What is nobody's name, id or prefix finds nothing: no wild cards, and the empty text is not every session."""
    memory.sessions.start("work")
    with pytest.raises(NotFound, match=r"does not exist\. See carrel session ls"):
        memory.sessions.find(said)


def test_none_yet(memory: Memory) -> None:
    """Without any session 'last' says how to start one."""
    with pytest.raises(NotFound, match="'ada' has no session yet"):
        memory.sessions.find("last")


def test_ambiguous(memory: Memory) -> None:
    """A prefix of several ids is refused with some of them."""
    memory.sessions.start()
    memory.sessions.start()
    with pytest.raises(UsageError, match="'s-' begins 2 session ids"):
        memory.sessions.find("s-")


def test_whole_id_is_not_ambiguous(tmp_path_factory: pytest.TempPathFactory, clock: FrozenClock) -> None:
    """An id is found also where it begins another one; the same holds for messages and passages."""

    class One:
        exact = True

        def count(self, text: str) -> int:
            return 1

    numbers: defaultdict[str, count[int]] = defaultdict(lambda: count(1))
    place = tmp_path_factory.mktemp("counted")
    store = Store(place, clock, One(), None, lambda prefix: f"{prefix}-{next(numbers[prefix])}")
    memory = store.memory("ada", [NewBlock("human", "", 9)])
    sessions = [memory.sessions.start() for _ in range(12)]
    messages = [memory.turns.begin(sessions[0], f"Hello {n}", "m")[1] for n in range(12)]
    passages = [memory.archival.insert(f"fact {n}").passage for n in range(12)]
    assert [memory.sessions.find(one) for one in sessions] == sessions
    assert [memory.recall.get(one.id) for one in messages] == messages
    assert [memory.archival.get(one.id) for one in passages] == passages
    store.close()


def test_of_another_agent(memory: Memory, other: Memory) -> None:
    """An agent's sessions and messages are out of reach of another, even by their ids."""
    session = memory.sessions.start("work")
    turn, _ = memory.turns.begin(session, "Hello", "m")
    for said in (session, "work"):
        with pytest.raises(NotFound):
            other.sessions.find(said)
    assert (other.sessions.all(), other.recall.of_session(session), other.recall.of_turn(turn)) == ([], [], [])


def test_same_name_of_two_agents(memory: Memory, other: Memory) -> None:
    """Two agents may each have a session of the same name."""
    assert memory.sessions.start("work") != other.sessions.start("work")
    assert memory.sessions.find("work") != other.sessions.find("work")


@pytest.mark.parametrize("name", ["work", " work ", "last"])
def test_name_is_taken(memory: Memory, name: str) -> None:
    """A second session of a name, or one that could not be found by its own, is refused in a sentence."""
    memory.sessions.start("work")
    with pytest.raises(UsageError, match="Choose another name"):
        memory.sessions.start(name)
    assert len(memory.sessions.all()) == 1


def test_listed(memory: Memory, clock: FrozenClock) -> None:
    """Sessions are listed oldest first, with their dates and the number of their messages."""
    began = clock.now()
    first = memory.sessions.start("work")
    clock.advance(hours=1)
    second = memory.sessions.start()
    memory.turns.begin(first, "Hello", "m")
    later = clock.now()
    assert memory.sessions.all() == [
        SessionInfo(first, "work", "chat", began, later, 1, "Hello"),
        SessionInfo(second, None, "chat", later, later, 0),
    ]
    assert [info.label for info in memory.sessions.all()] == ["work", second]


def test_head(memory: Memory) -> None:
    """The head is None until it is set, and each session has its own."""
    first, second = memory.sessions.start(), memory.sessions.start()
    memory.sessions.set_head(first, "core memory")
    assert (memory.sessions.head(first), memory.sessions.head(second)) == ("core memory", None)


def test_before(memory: Memory, other: Memory, say: Say) -> None:
    """The session before one is the agent's own chat before it, imports left out."""
    first = memory.sessions.start()
    memory.recall.load([say("imported")])
    other.sessions.start()
    second = memory.sessions.start()
    assert [memory.sessions.previous_chat(one) for one in (first, second)] == [None, first]


def test_an_id_may_lack_its_letter(memory: Memory) -> None:
    """A session is found by its id without `s-`, and by the beginning of that."""
    session = memory.sessions.start()
    assert [memory.sessions.find(reference) for reference in (session, session[2:], session[2:8])] == [session] * 3


def test_a_title_is_the_name_or_the_first_sentence(memory: Memory) -> None:
    """A session without a name is called by what was said first, as far as its first sentence goes."""
    named, unnamed, empty = memory.sessions.start("work"), memory.sessions.start(), memory.sessions.start()
    for session in (named, unnamed):
        memory.turns.begin(session, "I moved to Bonn. It rains.", "m")
    assert {info.id: info.title for info in memory.sessions.all()} == {
        named: "work",
        unnamed: "I moved to Bonn.",
        empty: "",
    }


def test_a_fork_has_the_same_queue_and_its_own_future(memory: Memory) -> None:
    """Both sessions go on from the same messages; what is said in one is not in the other, and nothing is doubled."""
    session = memory.sessions.start("work")
    turn, _ = memory.turns.begin(session, "Hello", "m")
    memory.turns.end(turn, "complete")
    memory.queue.evict(session, None, [], "Talked before.")
    memory.sessions.set_head(session, "{}")
    forked = memory.sessions.fork(session, "work (2)")
    memory.turns.begin(forked, "And you?", "m")
    assert [message.text for message in memory.queue.load(session)] == ["Hello"]
    assert [message.text for message in memory.queue.load(forked)] == ["Hello", "And you?"]
    assert (memory.queue.summary(forked), memory.sessions.head(forked)) == ("Talked before.", "{}")
    assert memory.recall.count() == 2
    with pytest.raises(UsageError, match="exists already"):
        memory.sessions.fork(session, "work")
