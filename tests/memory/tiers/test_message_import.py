"""Imports that may be cut off and repeated: each message once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from carrel.clock import FrozenClock
from carrel.dates import UNKNOWN
from carrel.errors import NotFound
from carrel.memory.store import Memory
from carrel.memory.tiers import message_import
from carrel.memory.values import ImportReport, NewMessage, StoredMessage

Say = Callable[..., NewMessage]


def texts(memory: Memory) -> list[str]:
    """Return all that stands in recall, in order."""
    return [message.text for message in memory.recall.latest(10_000)]


def test_load(memory: Memory, clock: FrozenClock) -> None:
    """An imported message keeps who said it, when, where and under which id."""
    at = datetime(2024, 5, 1, 8, 30, tzinfo=UTC)
    loaded = memory.recall.load(
        [NewMessage("user", "We met.", at, " Ann ", "letters", "D1:3"), NewMessage("assistant", "Yes.")]
    )
    [first, second] = memory.recall.latest(5)
    letters, imported = memory.sessions.find("letters"), memory.sessions.find("import")
    assert loaded == ImportReport(added=2, known=0, sessions=2)
    assert first == StoredMessage(first.n, first.id, "user", "We met.", at, letters, 1, speaker="Ann", source="D1:3")
    assert second == StoredMessage(second.n, second.id, "assistant", "Yes.", clock.now(), imported, 1)


def test_load_twice(memory: Memory, say: Say) -> None:
    """Loading the same list again adds nothing and changes nothing."""
    letters = [say("one"), say("two", "assistant"), say("three", day=2)]
    assert memory.recall.load(letters) == ImportReport(3, 0, 1)
    before = memory.recall.latest(10)
    assert memory.recall.load(letters) == ImportReport(0, 3, 1)
    assert memory.recall.latest(10) == before


def test_equal_lines_stay(memory: Memory, say: Say) -> None:
    """Two equal lines of one file are two messages, on the first load and on the second."""
    letters = [say("yes"), say("yes"), say("no")]
    assert [memory.recall.load(letters), memory.recall.load([*letters, say("yes")])] == [
        ImportReport(3, 0, 1),
        ImportReport(1, 3, 1),
    ]
    assert texts(memory) == ["yes", "yes", "no", "yes"]


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "other"},
        {"role": "assistant"},
        {"speaker": "Bob"},
        {"session": "more letters"},
        {"source": "D1:1"},
        {"at": datetime(2026, 1, 2, tzinfo=UTC)},
    ],
)
def test_what_makes_a_message_another(memory: Memory, say: Say, changed: dict[str, object]) -> None:
    """A message that differs in text, role, speaker, session, source or time is another one."""
    memory.recall.load([say("one")])
    assert memory.recall.load([replace(say("one"), **changed)]).added == 1  # type: ignore[arg-type]


def test_cut_off(memory: Memory, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that is cut off keeps its whole batches, and goes on where it stopped when it is repeated."""
    monkeypatch.setattr(message_import, "BATCH", 10)
    letters = [say(f"line {n % 7}") for n in range(35)]

    def broken() -> Iterator[NewMessage]:
        yield from letters[:25]
        raise OSError("The disk is gone.")

    with pytest.raises(OSError, match="disk is gone"):
        memory.recall.load(broken())
    assert texts(memory) == [one.text for one in letters[:20]]
    assert memory.recall.load(letters) == ImportReport(added=15, known=20, sessions=1)
    assert texts(memory) == [one.text for one in letters]


def test_batch_boundaries(memory: Memory, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """No message is lost or doubled where a batch is exactly full, or where there is none."""
    monkeypatch.setattr(message_import, "BATCH", 5)
    for size in (0, 4, 5, 6, 10):
        session = f"of {size}"
        assert memory.recall.load([say(f"{n}", session=session) for n in range(size)]).added == size
    assert memory.recall.count() == 25


def test_dates_of_a_session(memory: Memory, say: Say) -> None:
    """A session's dates take in all its messages, in whatever order they came."""
    memory.recall.load([say("b", day=5), say("a", day=2), say("c", day=9)])
    [info] = memory.sessions.all()
    assert (info.started, info.last, info.messages, info.origin) == (say("", day=2).at, say("", day=9).at, 3, "import")


def test_of_two_agents(memory: Memory, other: Memory, say: Say) -> None:
    """What one agent knows is not known to another: the same file can be given to both."""
    assert [one.recall.load([say("one")]).added for one in (memory, other)] == [1, 1]
    [mine] = memory.recall.latest(9)
    with pytest.raises(NotFound):
        other.recall.get(mine.id)


def test_empty_session_name(memory: Memory, say: Say) -> None:
    """A session name of nothing but white space is no name: the messages stand under 'import'."""
    memory.recall.load([say("one", session="  ")])
    assert [info.name for info in memory.sessions.all()] == ["import"]


def _of(name: str, *texts: str, conversation: str | None = "c1") -> list[NewMessage]:
    """Return messages of a conversation with an id, under a name."""
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    return [NewMessage("user", text, at, None, name, f"m-{text}", conversation) for text in texts]


def test_a_renamed_conversation_is_the_same(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known is not added under the new name, and what is new goes into the session that is there."""
    monkeypatch.setattr(message_import, "BATCH", 2)
    memory.recall.load(_of("Bees", "one", "two", "three"))
    assert memory.recall.load(_of("Wasps", "one", "two", "three")) == ImportReport(0, 3, 1)
    assert memory.recall.load(_of("Wasps", "one", "two", "three", "four", "five")) == ImportReport(2, 3, 1)
    assert [(info.name, info.messages) for info in memory.sessions.all()] == [("Bees", 5)]
    assert memory.recall.load(_of("Bees", "one", conversation="c2")).added == 1


def test_what_was_imported_before_conversations_had_ids_is_known(memory: Memory) -> None:
    """An export that an earlier version imported adds nothing."""
    memory.recall.load(_of("Bees", "one", "two", conversation=None))
    assert memory.recall.load(_of("Bees", "one", "two")) == ImportReport(0, 2, 1)


def test_a_time_that_nobody_knows_is_never_today(memory: Memory, say: Say) -> None:
    """It is kept as unknown, sorts first, and leaves the dates of the session to the messages that have one."""
    memory.recall.load([replace(say("b"), at=UNKNOWN), say("a", day=3), say("c", day=5)])
    assert [message.at == UNKNOWN for message in memory.recall.latest(9)] == [True, False, False]
    [info] = memory.sessions.all()
    assert (info.started, info.last) == (say("", day=3).at, say("", day=5).at)
    assert [hit.to_json()["at"] for hit in memory.recall.search("b", mode="words").hits] == [None]
    memory.recall.load([replace(say("x"), at=UNKNOWN, session="lost")])
    assert [info.started == UNKNOWN for info in memory.sessions.all()] == [True, False]
