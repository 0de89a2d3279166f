"""Calls: executed once, rolled back where they fail, and called unknown where nobody can know."""

import pytest
import sqlalchemy as sa

from carrel.errors import UsageError
from carrel.memory.db.schema import tool_runs
from carrel.memory.store import Memory
from carrel.memory.turns.calls import UNKNOWN, Effect
from carrel.memory.values import Cause
from carrel.messages import ToolCall, ToolResult
from tests.memory.turns.talk import CALL, Talk

EFFECTS: tuple[Effect, ...] = ("none", "memory", "outside")


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("ok", [True, False])
def test_executed_once(talk: Talk, effect: Effect, ok: bool) -> None:
    """A call is executed once however often it is executed, whatever its effect and whether it went well."""
    ran: list[int] = []

    def run(memory: Memory) -> ToolResult:
        ran.append(1)
        return ToolResult("c1", "note", f"run {len(ran)}", ok)

    talk.ask(CALL)
    settled = [talk.execute(run, effect) for _ in range(3)]
    assert settled == [settled[0]] * 3
    assert (ran, talk.results()) == ([1], [("c1", "run 1", ok)])


@pytest.mark.parametrize("effect", EFFECTS)
def test_equal_calls_are_two(talk: Talk, effect: Effect) -> None:
    """Two equal calls at two places of one step are executed each."""
    ran: list[int] = []

    def run(memory: Memory) -> ToolResult:
        ran.append(1)
        return ToolResult("c1", "note", f"run {len(ran)}")

    assert [talk.execute(run, effect, position).text for position in (0, 1, 0)] == ["run 1", "run 2", "run 1"]


def write_much(memory: Memory, turn: str) -> None:
    """Change every kind of memory, as a tool may before it fails."""
    cause = Cause("agent", turn, 1, 0)
    memory.core.append("human", "Lives in Rome.", cause)
    memory.archival.insert("Lives in Rome.", ["home"], cause=cause)


def traces(talk: Talk) -> tuple[object, ...]:
    """Return what is left of such a change."""
    memory = talk.memory
    words = memory.archival.search("Rome", mode="words").total
    return (memory.core["human"].value, memory.archival.count(), words, memory.turns.changes(talk.turn))


def test_memory_tool_that_is_refused(talk: Talk) -> None:
    """A memory tool that ends with an error leaves no trace of what it wrote before; its result is kept."""

    def run(memory: Memory) -> ToolResult:
        write_much(memory, talk.turn)
        return ToolResult("c1", "note", "No.", ok=False)

    talk.ask(CALL)
    talk.execute(run, "memory")
    assert traces(talk) == ("", 0, 0, [])
    assert talk.results() == [("c1", "No.", False)]


def test_memory_tool_that_raises(talk: Talk) -> None:
    """A memory tool that raises leaves no trace at all, and its call may still be executed."""

    def run(memory: Memory) -> ToolResult:
        write_much(memory, talk.turn)
        raise ZeroDivisionError

    talk.ask(CALL)
    with pytest.raises(ZeroDivisionError):
        talk.execute(run, "memory")
    assert (traces(talk), talk.results()) == (("", 0, 0, []), [])
    assert talk.execute(lambda memory: ToolResult("c1", "note", "Done."), "memory").text == "Done."


def test_memory_tool_that_works(talk: Talk) -> None:
    """A memory tool's change, its journal and its result are all there once it is executed."""

    def run(memory: Memory) -> ToolResult:
        write_much(memory, talk.turn)
        return ToolResult("c1", "note", "Done.")

    talk.execute(run, "memory")
    assert traces(talk)[:3] == ("Lives in Rome.", 1, 1)
    assert [(event.tier, event.op) for event in talk.memory.turns.changes(talk.turn)] == [
        ("core", "append"),
        ("archival", "insert"),
    ]


def test_outside_that_began(talk: Talk) -> None:
    """A call to the outside that began and has no result is called unknown and is not repeated."""
    ran: list[int] = []

    def stopped(memory: Memory) -> ToolResult:
        ran.append(1)
        raise KeyboardInterrupt

    talk.ask(CALL)
    with pytest.raises(KeyboardInterrupt):
        talk.execute(stopped, "outside")
    again = [talk.execute(stopped, "outside") for _ in range(2)]
    assert [(one.text, one.ok) for one in again] == [(UNKNOWN, False)] * 2
    assert (ran, talk.results()) == ([1], [("c1", UNKNOWN, False)])


def test_a_call_that_goes_on_too_long(talk: Talk) -> None:
    """Once a memory tool's result is there the memory that it was given changes nothing more: its time is over."""
    kept: list[Memory] = []

    def run(memory: Memory) -> ToolResult:
        kept.append(memory)
        write_much(memory, talk.turn)
        return ToolResult("c1", "note", "Error: it took too long.", ok=False)

    talk.ask(CALL)
    talk.execute(run, "memory")
    with pytest.raises(UsageError, match="This transaction is over"):
        write_much(kept[0], talk.turn)
    assert traces(talk) == ("", 0, 0, [])
    assert talk.results() == [("c1", "Error: it took too long.", False)]


def test_a_tool_that_writes_by_another_memory(talk: Talk) -> None:
    """A memory tool that writes by a memory of its own is refused at once, not after it has waited for itself."""

    def run(memory: Memory) -> ToolResult:
        write_much(talk.memory, talk.turn)
        return ToolResult("c1", "note", "Done.")

    talk.ask(CALL)
    with pytest.raises(UsageError, match=r"A transaction is open already.* context\.memory"):
        talk.execute(run, "memory")
    assert traces(talk) == ("", 0, 0, [])


def test_what_is_recorded_commits_with_the_result(talk: Talk) -> None:
    """Where what is recorded beside a result fails, the result is not stored either."""

    def record(memory: Memory) -> None:
        memory.core.append("human", "Recorded.")
        raise ZeroDivisionError

    talk.ask(CALL)
    for effect in EFFECTS[:2]:
        with pytest.raises(ZeroDivisionError):
            talk.execute(lambda memory: ToolResult("c1", "note", "Done."), effect, record=record)
    assert (traces(talk), talk.results()) == (("", 0, 0, []), [])


def test_unclean_calls(talk: Talk) -> None:
    """Whatever characters a model or a server sends, a call and its result are stored."""
    dirty, clean = "a\x00\ud800", "a\ufffd"
    call = ToolCall(dirty, dirty, dirty)
    talk.ask(call)
    talk.execute(lambda memory: ToolResult(dirty, dirty, dirty, ok=False), "outside", call=call)
    assert talk.results() == [(clean, clean, False)]
    with talk.memory.scope.read() as connection:
        columns = sa.select(tool_runs.c.call_id, tool_runs.c.name, tool_runs.c.arguments, tool_runs.c.state)
        assert tuple(connection.execute(columns).one()) == (clean, clean, clean, "refused")
