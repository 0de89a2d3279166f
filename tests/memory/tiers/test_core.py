"""Core memory: limits hold before anything changes, and every change is in the journal."""

import pytest

from carrel.clock import FrozenClock
from carrel.errors import BlockFull, BlockReadOnly, CarrelError, NotFound, TextNotFound
from carrel.memory.store import Memory, Store
from carrel.memory.tiers.core import Core, NewBlock
from carrel.memory.values import Block, Cause, MemoryEvent

AGENT = Cause("agent")


def edit(core: Core, op: str, *texts: str, cause: Cause = AGENT) -> Block:
    """Call one of the three edits by name."""
    block: Block = getattr(core, op)("human", *texts, cause=cause)
    return block


def facts(events: list[MemoryEvent]) -> list[tuple[str, str | None, str | None, str]]:
    """Return what happened, without identity and time."""
    return [(event.op, event.before, event.after, event.actor) for event in events]


def test_blocks_in_order(memory: Memory) -> None:
    """Blocks are listed in the order in which they were made, with all that they were made with."""
    assert memory.core.all() == [
        Block("persona", "I am a librarian.", 60),
        Block("human", "", 60),
        Block("rules", "Be brief.", 60, "What holds always.", read_only=True),
    ]


def test_edits(memory: Memory) -> None:
    """Each edit returns the block as it then is, stores it, and leaves what was before and after in the journal."""
    expected = []
    for op, texts, value in (
        ("append", ("Name: Ann.",), "Name: Ann."),
        ("append", ("Lives in Rome.",), "Name: Ann.\nLives in Rome."),
        ("replace", ("Rome", "Oslo"), "Name: Ann.\nLives in Oslo."),
        ("replace", ("\nLives in Oslo.", ""), "Name: Ann."),
        ("rethink", (" Ann, of Oslo. ",), "Ann, of Oslo."),
        ("rethink", ("",), ""),
    ):
        expected.append((op, memory.core["human"].value, value, "agent"))
        assert edit(memory.core, op, *texts) == Block("human", value, 60) == memory.core["human"]
    assert facts(memory.history("core", "human")) == expected


@pytest.mark.parametrize(
    ("op", "texts"),
    [
        ("append", ("x" * 55,)),
        ("append", ("x" * 61,)),
        ("replace", ("Ann", "x" * 58)),
        ("rethink", ("x" * 61,)),
    ],
)
def test_over_the_limit(memory: Memory, op: str, texts: tuple[str, ...]) -> None:
    """An edit that would go over the limit leaves the value and the journal untouched, and says the figures."""
    memory.core.append("human", "Ann...")
    before = (memory.core.all(), memory.history("core", "human"))
    with pytest.raises(BlockFull, match=r"Block 'human' is full: 6\d of 60 characters"):
        edit(memory.core, op, *texts)
    assert (memory.core.all(), memory.history("core", "human")) == before


def test_exactly_at_the_limit(memory: Memory) -> None:
    """The limit is the last length that is allowed."""
    assert memory.core.rethink("human", "x" * 60).value == "x" * 60


def test_over_long_block_may_shrink(store: Store) -> None:
    """A block whose limit was lowered below its length loads, may shrink and may not grow."""
    memory = store.memory("eve", [NewBlock("human", "0123456789", 10)])
    with store.database.write() as connection:
        connection.exec_driver_sql('UPDATE blocks SET "limit" = 5')
    assert memory.core.replace("human", "89", "").value == "01234567"
    with pytest.raises(BlockFull):
        memory.core.append("human", "8")


@pytest.mark.parametrize(
    ("old", "said"),
    [
        ("Paris", "'Paris' does not occur in block 'human'."),
        ("rome", "'rome' does not occur in block 'human'."),
        ("", "The text to replace is empty."),
        ("Rome", "'Rome' occurs 2 times in block 'human'."),
        ("zz", "'zz' occurs 2 times in block 'human'."),
    ],
)
def test_replace_what_is_not_there_once(memory: Memory, old: str, said: str) -> None:
    """Old text that is absent, empty or there more than once, overlapping included, changes nothing and says why."""
    memory.core.rethink("human", "Rome, Rome. zzz")
    before = (memory.core["human"], memory.history("core", "human"))
    with pytest.raises(TextNotFound) as raised:
        memory.core.replace("human", old, "elsewhere")
    assert raised.value.message == said
    assert (memory.core["human"], memory.history("core", "human")) == before


def test_nearest_line(memory: Memory) -> None:
    """A model that misquotes is shown the line that it meant."""
    memory.core.rethink("human", "Name: Ann.\nLives in Rome.")
    with pytest.raises(TextNotFound, match=r"Nearest line: Lives in Rome\."):
        memory.core.replace("human", "Lives at Rome", "Lives in Oslo")


def test_read_only(memory: Memory) -> None:
    """The agent cannot edit a read-only block; the user can."""
    with pytest.raises(BlockReadOnly):
        memory.core.append("rules", "Be long.", AGENT)
    assert memory.history("core", "rules") == []
    assert memory.core.append("rules", "Be kind.", Cause("user")).value == "Be brief.\nBe kind."


@pytest.mark.parametrize("label", ["nobody", "", "\ud800", "a\x00b"])
def test_unknown_block(memory: Memory, label: str) -> None:
    """A label that does not exist is answered with those that do."""
    with pytest.raises(NotFound, match="There is: persona, human, rules"):
        memory.core.append(label, "text")


def test_no_change_no_event(memory: Memory) -> None:
    """An edit that leaves the value as it is writes nothing to the journal."""
    memory.core.rethink("human", "Ann")
    memory.core.rethink("human", " Ann ")
    memory.core.append("human", "  ")
    memory.core.replace("human", "Ann", "Ann")
    assert len(memory.history("core", "human")) == 1


def test_values_are_clean(memory: Memory) -> None:
    """What is stored is clean text also where an edit joins a letter and its accent."""
    memory.core.append("human", "cafe!\x00\ud83d\ude00\r\n")
    assert memory.core.replace("human", "!", "\u0301").value == "caf\u00e9\U0001f600"


def test_cause_is_kept(memory: Memory, clock: FrozenClock) -> None:
    """The journal says who changed a block, when, in which turn and why."""
    session = memory.sessions.start()
    turn, _ = memory.turns.begin(session, "I am Ann.", "m")
    memory.core.append("human", "Ann", Cause("agent", turn, 1, 0, "said so"))
    [event] = memory.turns.changes(turn)
    expected = MemoryEvent(event.id, "core", "human", "append", "", "Ann", "agent", clock.now(), turn, "said so")
    assert event == expected
    assert memory.history("core", "human") == [event]


def test_blocks_of_two_agents(memory: Memory, other: Memory) -> None:
    """A block of one agent is no other's, though the labels are the same."""
    memory.core.append("human", "Ann")
    assert (other.core["human"].value, other.history("core", "human")) == ("", [])


def test_new_block_is_cut(store: Store) -> None:
    """A value that is longer than its limit is cut with a mark, so that an agent never fails to load."""
    memory = store.memory("eve", [NewBlock("human", "x" * 100, 40)])
    value = memory.core["human"].value
    assert (len(value), value.endswith("[…cut: 100 characters]")) == (40, True)


def test_errors_are_for_the_model(memory: Memory) -> None:
    """What a model can put right is a ModelMistake's subclass with a code, not a bare exception."""
    with pytest.raises(CarrelError) as raised:
        memory.core.rethink("human", "x" * 61, AGENT)
    assert raised.value.code == "block_full"
