"""Archival: nothing twice, nothing forgotten by accident, nothing found after it was deleted."""

from datetime import UTC, datetime

import pytest

from carrel.clock import FrozenClock
from carrel.errors import MemoryRefused, NotFound, UsageError
from carrel.memory.store import Memory
from carrel.memory.tiers.archival import InsertResult, clean_tags
from carrel.memory.values import Cause, Passage


def found(memory: Memory, query: str) -> list[tuple[str, str]]:
    """Return what a search finds, with its standing."""
    return [(hit.text, hit.state) for hit in memory.archival.search(query).hits]


def test_insert(memory: Memory, clock: FrozenClock) -> None:
    """A passage keeps its text, tags, time, origin and source, and its event says how it came."""
    at = datetime(2025, 3, 1, tzinfo=UTC)
    cause = Cause("agent", reason="said so")
    made = memory.archival.insert(" Ann lives in Rome. ", [" Home", "home", "RECENT", ""], at, "D1", cause=cause)
    passage = made.passage
    assert made == InsertResult(
        Passage(passage.n, passage.id, "Ann lives in Rome.", ("home", "recent"), "agent", at, 4, source="D1"),
        is_new=True,
    )
    assert memory.archival.get(passage.id) == passage
    [event] = memory.history("archival", passage.id)
    assert (event.op, event.before, event.after, event.actor, event.reason, event.at) == (
        "insert",
        None,
        "Ann lives in Rome.",
        "agent",
        "said so",
        clock.now(),
    )


@pytest.mark.parametrize(
    "again",
    [
        "A cat of Ann's lives in Rome.",
        "  a CAT of Ann's lives in\n rome ",
        "A cat of Ann's lives in the Rome!",
        "“A cat of Ann's lives, in Rome…”",
    ],
)
def test_insert_again(memory: Memory, again: str) -> None:
    """What is there, but for case, white space, articles and punctuation, is not stored again; its passage is told."""
    first = memory.archival.insert("A cat of Ann's lives in Rome.", ["home"]).passage
    assert memory.archival.insert(again) == InsertResult(first, is_new=False)
    assert (memory.archival.count(), len(memory.history("archival", first.id))) == (1, 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann eats peanuts.", "Ann never eats peanuts."),
        ("Ann has 15 cats.", "Ann has 1.5 cats."),
        ("Ann writes C.", "Ann writes C++."),
        ("Ann likes tea.", "Ann likes tea?"),
        ("Ann takes vitamin A daily.", "Ann takes vitamin daily."),
        ("Ann broke her glass.", "Ann broke her glasses."),
        ("Ann said 😀", "Ann said 😢"),
        ("Ann met Mr. Bär", "Ann met Mr. Bar"),
        ("安不吃花生。", "安吃花生。"),
        ("The dose is .5 mg", "The dose is 5 mg"),
        ("The room is 5² m", "The room is 52 m"),
        ("Er trank in Maßen", "Er trank in Massen"),
        ("I feel :)", "I feel :("),
        ("the file is .env", "the file is env"),
        ("password is Hunter2", "password is hunter2"),
    ],
)
def test_insert_another_fact(memory: Memory, one: str, other: str) -> None:
    """A text that says something else, however alike, is stored."""
    memory.archival.insert(one)
    assert memory.archival.insert(other).is_new


def test_insert_again_after_delete(memory: Memory) -> None:
    """A text that was deleted may be stored anew."""
    first = memory.archival.insert("Ann lives in Rome.").passage
    memory.archival.delete(first.id)
    again = memory.archival.insert("Ann lives in Rome.")
    assert again.is_new
    assert again.passage.id != first.id
    assert found(memory, "Rome") == [("Ann lives in Rome.", "live")]


@pytest.mark.parametrize("text", ["", "  \n", "\x00", "\x07 \x1b"])
def test_empty(memory: Memory, text: str) -> None:
    """A text of nothing but white space and control characters is refused, and nothing is stored."""
    with pytest.raises(MemoryRefused, match="The text to store is empty"):
        memory.archival.insert(text)
    kept = memory.archival.insert("Ann").passage
    with pytest.raises(MemoryRefused, match="The new text is empty"):
        memory.archival.update(kept.id, text)
    assert memory.archival.latest(5) == [kept]


def test_update(memory: Memory, clock: FrozenClock) -> None:
    """An update keeps the old passage in history, marked with its successor, which takes over tags and source."""
    old = memory.archival.insert("Ann lives in Rome.", ["home"], source="D1").passage
    clock.advance(days=1)
    new = memory.archival.update(old.id, "Ann lives in Oslo.", Cause("user"))
    was = memory.archival.get(old.id)
    assert new == Passage(new.n, new.id, "Ann lives in Oslo.", ("home",), "user", clock.now(), 4, source="D1")
    assert (was.text, was.state, was.successor) == ("Ann lives in Rome.", "superseded", new.id)
    assert memory.archival.latest(5) == [new]
    last = memory.history("archival", old.id)[-1]
    assert (last.op, last.before, last.after, last.actor) == ("update", old.text, new.text, "user")


def test_update_with_another_source(memory: Memory) -> None:
    """The new passage is of the time, source and session that are given."""
    session, at = memory.sessions.start(), datetime(2025, 3, 1, tzinfo=UTC)
    old = memory.archival.insert("Ann lives in Rome.", source="D1").passage
    new = memory.archival.update(old.id, "Ann lives in Oslo.", at=at, source="D2", session=session)
    assert (new.at, new.source, new.session) == (at, "D2", session)


def test_update_to_the_same(memory: Memory) -> None:
    """An update that changes nothing writes nothing; one that changes only the case is an update."""
    old = memory.archival.insert("ann").passage
    assert memory.archival.update(old.id, " ann ") == old
    assert len(memory.history("archival", old.id)) == 1
    assert memory.archival.update(old.id, "Ann").text == "Ann"
    assert memory.archival.count() == 1


def test_update_to_another(memory: Memory) -> None:
    """An update to a text that another passage holds makes that one the successor, not a second copy."""
    old, known = (memory.archival.insert(text).passage for text in ("Ann lives in Rome.", "Ann lives in Oslo."))
    assert memory.archival.update(old.id, "Ann lives in Oslo.") == known
    assert memory.archival.get(old.id).successor == known.id
    assert memory.archival.latest(5) == [known]


def test_delete(memory: Memory) -> None:
    """A deleted passage leaves the search and the counts; its history keeps what it said and who deleted it."""
    made = memory.archival.insert("Ann lives in Rome.", ["home"]).passage
    kept = memory.archival.insert("Rome is old.").passage
    assert memory.archival.delete(made.id, Cause("user", reason="asked to forget")) == made
    assert found(memory, "Rome Ann lives") == [("Rome is old.", "live")]
    assert memory.archival.search("Rome", tags=["home"]).total == 0
    assert (memory.archival.count(), memory.archival.latest(5)) == (1, [kept])
    assert memory.archival.get(made.id).state == "deleted"
    last = memory.history("archival", made.id)[-1]
    assert (last.op, last.before, last.after, last.reason) == ("delete", made.text, None, "asked to forget")


def test_deleted_or_superseded_is_final(memory: Memory) -> None:
    """What is no longer live is not updated, what is deleted not deleted again, and nothing changes by trying."""
    old = memory.archival.insert("Ann lives in Rome.").passage
    new = memory.archival.update(old.id, "Ann lives in Oslo.")
    with pytest.raises(MemoryRefused, match=f"Its successor is '{new.id}'"):
        memory.archival.update(old.id, "Ann is in Bonn.")
    memory.archival.delete(new.id)
    for passage in (old, new):
        with pytest.raises(MemoryRefused, match="is deleted"):
            memory.archival.update(passage.id, "Ann is in Bonn.")
        with pytest.raises(MemoryRefused, match="is deleted"):
            memory.archival.delete(passage.id)
    assert (memory.archival.count(), memory.archival.search("Ann").hits) == (0, ())
    assert [event.op for event in memory.history("archival", old.id)] == ["insert", "update", "delete"]


def test_delete_takes_older_versions_along(memory: Memory) -> None:
    """A fact that is deleted does not come back as its older version; one of the older ones may go alone."""
    first = memory.archival.insert("Ann lives in Rome.").passage
    second = memory.archival.update(first.id, "Ann lives in Oslo.")
    third = memory.archival.update(second.id, "Ann lives in Bonn.")
    memory.archival.delete(first.id)
    assert [hit.text for hit in memory.archival.search("Ann").hits] == ["Ann lives in Bonn.", "Ann lives in Oslo."]
    memory.archival.delete(third.id)
    assert memory.archival.search("Ann").hits == ()


@pytest.mark.slow
def test_a_long_chain(memory: Memory) -> None:
    """A fact that was updated a thousand times is found, the present version first."""
    passage = memory.archival.insert("The tide is at 0.").passage
    for n in range(1, 1001):
        passage = memory.archival.update(passage.id, f"The tide is at {n}.")
    hits = memory.archival.search("tide", limit=20).hits
    assert (hits[0].text, {hit.state for hit in hits[1:]}) == ("The tide is at 1000.", {"superseded"})


def test_tags_of_a_second_insert_are_added(memory: Memory) -> None:
    """What is known already gains the new tags and is found by them."""
    memory.archival.insert("Ann lives in Rome.", ["home"])
    again = memory.archival.insert("ann lives in Rome", ["Home", "city"])
    assert (again.is_new, again.passage.tags) == (False, ("home", "city"))
    assert [hit.tags for hit in memory.archival.search("Ann", tags=["city"]).hits] == [("home", "city")]
    assert [hit.text for hit in memory.archival.search("city").hits] == ["Ann lives in Rome."]


def test_references(memory: Memory, other: Memory) -> None:
    """A passage goes by its id or a unique prefix of it, for its own agent alone."""
    first = memory.archival.insert("one").passage
    assert memory.archival.get(first.id[:8]) == first
    memory.archival.insert("two")
    with pytest.raises(UsageError, match="begins the ids of several passages"):
        memory.archival.delete("p-")
    for mine, reference in ((memory, ""), (memory, "%"), (memory, "p_"), (memory, "\ud800"), (other, first.id)):
        with pytest.raises(NotFound):
            mine.archival.delete(reference)
    assert memory.archival.count() == 2


def test_same_text_of_two_agents(memory: Memory, other: Memory) -> None:
    """Two agents may know the same."""
    assert [one.archival.insert("Ann lives in Rome.").is_new for one in (memory, other)] == [True, True]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ([], []),
        (["B", "a", "b "], ["b", "a"]),
        (["", " ", "\x00"], []),
        (["two words"], ["two words"]),
        (["书\ud800"], ["书\ufffd"]),
    ],
)
def test_tags(given: list[str], stored: list[str]) -> None:
    """Tags are lower case, clean, none empty and none twice, in the order in which they were given."""
    assert clean_tags(given) == stored
