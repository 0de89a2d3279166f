"""What the journal tells: who wrote which line, what a memory said before, and what was known at a time."""

from carrel.clock import FrozenClock
from carrel.memory.journal.history import diff, versions
from carrel.memory.store import Memory
from carrel.memory.values import Cause


def test_blame_names_the_writer_of_each_line(memory: Memory, clock: FrozenClock) -> None:
    """A line keeps its writer while other lines come and go; a line from the beginning has none."""
    session = memory.sessions.start()
    turn, _ = memory.turns.begin(session, "Hi", "m")
    memory.core.append("persona", "Likes tea.", Cause("agent", turn))
    memory.core.append("persona", "Lives in Rome.", Cause("user"))
    memory.core.replace("persona", "Rome", "Porto", Cause("api"))
    found = [(line.text, line.event and (line.event.actor, line.event.turn)) for line in memory.blame("persona")]
    assert found == [
        ("I am a librarian.", None),
        ("Likes tea.", ("agent", turn)),
        ("Lives in Porto.", ("api", None)),
    ]
    assert [(line.text, line.event) for line in memory.blame("rules")] == [("Be brief.", None)]
    assert memory.blame("human") == []


def test_versions_and_their_difference(memory: Memory) -> None:
    """Each change makes a version; the difference of two shows the lines that left and came."""
    memory.core.append("persona", "Likes tea.")
    memory.core.rethink("persona", "我是图书管理员。\nLikes tea.")
    past = versions(memory.history("core", "persona"))
    assert [version.text.splitlines() for version in past] == [
        ["I am a librarian."],
        ["I am a librarian.", "Likes tea."],
        ["我是图书管理员。", "Likes tea."],
    ]
    assert diff(past[0], past[2]) == ["@@ -1 +1,2 @@", "-I am a librarian.", "+我是图书管理员。", "+Likes tea."]
    assert diff(past[1], past[1]) == []


def test_memory_at_a_time(memory: Memory, clock: FrozenClock) -> None:
    """Blocks and passages are as they were then, whatever was edited, replaced, tagged or deleted since."""
    born = clock.now()
    clock.advance(days=1)
    memory.core.append("human", "Ann")
    old = memory.archival.insert("Ada lives in Oslo.", ["home"]).passage
    gone = memory.archival.insert("Ada has a cat.").passage
    then = clock.now()
    before = memory.at(then)
    clock.advance(days=1)
    memory.core.rethink("human", "Eve")
    memory.archival.insert("Ada lives in Oslo.", ["norway"])
    new = memory.archival.update(old.id, "Ada lives in Bergen.")
    memory.archival.delete(gone.id)
    memory.archival.insert("Ada sails.", at=born)
    assert memory.at(then) == before
    assert {item.id: (item.text, item.tags) for item in before.passages} == {
        old.id: (old.text, ("home",)),
        gone.id: (gone.text, ()),
    }
    assert [item.id for item in memory.at(clock.now()).passages if item.id == new.id] == [new.id]
    assert (before.blocks["human"], memory.at(born).blocks["human"], memory.at(born).passages) == ("Ann", "", ())


def test_nothing_was_known_before_the_agent(memory: Memory, clock: FrozenClock) -> None:
    """Before an agent was made it had no memory."""
    past = memory.at(clock.now().replace(year=1999))
    assert (past.blocks, past.passages) == ({}, ())


def test_the_history_of_a_message_begins_with_its_addition(memory: Memory) -> None:
    """A message's own row is the record of who said it, when and in which turn."""
    session = memory.sessions.start()
    turn, message = memory.turns.begin(session, "I sail.", "m")
    [event] = memory.history("recall", message.id)
    assert (event.op, event.before, event.after, event.actor, event.turn) == ("insert", None, "I sail.", "user", turn)
