"""Turns: what is acknowledged is kept, what was executed is not repeated, what was not is said so."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from carrel.clock import FrozenClock
from carrel.errors import NotFound
from carrel.memory.db.schema import contents, steps, tool_runs, turns
from carrel.memory.store import Memory
from carrel.memory.turns.turns import NOT_EXECUTED, UNKNOWN, Effect
from carrel.memory.values import Cause, StoredMessage
from carrel.messages import AssistantMessage, ToolCall, ToolResult, Usage

CALL = ToolCall("c1", "note", '{"text": "Rome"}')
EFFECTS: tuple[Effect, ...] = ("none", "memory", "outside")


@dataclass
class Talk:
    """A turn that is going on."""

    memory: Memory
    session: str
    turn: str

    def ask(self, *calls: ToolCall, step: int = 1) -> StoredMessage:
        """Store a step in which the model asks for calls."""
        said = AssistantMessage("Let me see.", calls)
        stored = self.memory.turns.add_step(self.session, self.turn, step, said, [], 1, None, "tool_calls", "m")
        assert stored is not None
        return stored

    def settle(self, run: Callable[[], ToolResult], effect: Effect, position: int = 0) -> StoredMessage:
        """Execute a call of the first step."""
        return self.memory.turns.settle(self.session, self.turn, 1, position, CALL, effect, run)

    def results(self) -> list[tuple[str | None, str, bool]]:
        """Return the results that stand in recall."""
        found = self.memory.recall.of_turn(self.turn)
        return [(one.call_id, one.text, one.ok) for one in found if one.role == "tool"]

    def row(self) -> tuple[object, ...]:
        """Return how the turn ended."""
        with self.memory.scope.database.read() as connection:
            columns = sa.select(turns.c.state, turns.c.error, turns.c.ended_at).where(turns.c.id == self.turn)
            return tuple(connection.execute(columns).one())


@pytest.fixture
def talk(memory: Memory) -> Talk:
    """A turn in which the user has spoken."""
    session = memory.sessions.start()
    turn, _ = memory.turns.begin(session, "Note Rome.", "model-1")
    return Talk(memory, session, turn)


def test_begin(talk: Talk, clock: FrozenClock) -> None:
    """The user's message is on disk and in the queue before any model is asked."""
    [user] = talk.memory.turns.queue_of(talk.session)
    expected = StoredMessage(user.n, user.id, "user", "Note Rome.", clock.now(), talk.session, 2, turn=talk.turn)
    assert user == expected
    assert talk.memory.recall.of_turn(talk.turn) == [user]
    assert talk.row() == ("running", None, None)


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("ok", [True, False])
def test_executed_once(talk: Talk, effect: Effect, ok: bool) -> None:
    """A call is executed once however often it is settled, whatever its effect and whether it went well."""
    ran: list[int] = []

    def run() -> ToolResult:
        ran.append(1)
        return ToolResult("c1", "note", f"run {len(ran)}", ok)

    talk.ask(CALL)
    settled = [talk.settle(run, effect) for _ in range(3)]
    assert settled == [settled[0]] * 3
    assert (ran, talk.results()) == ([1], [("c1", "run 1", ok)])


@pytest.mark.parametrize("effect", EFFECTS)
def test_equal_calls_are_two(talk: Talk, effect: Effect) -> None:
    """Two equal calls at two places of one step are executed each."""
    ran: list[int] = []

    def run() -> ToolResult:
        ran.append(1)
        return ToolResult("c1", "note", f"run {len(ran)}")

    assert [talk.settle(run, effect, position).text for position in (0, 1, 0)] == ["run 1", "run 2", "run 1"]


def write_much(talk: Talk) -> None:
    """Change every kind of memory, as a tool may before it fails."""
    cause = Cause("agent", talk.turn, 1, 0)
    talk.memory.core.append("human", "Lives in Rome.", cause)
    talk.memory.archival.insert("Lives in Rome.", ["home"], cause=cause)


def traces(talk: Talk) -> tuple[object, ...]:
    """Return what is left of such a change."""
    memory = talk.memory
    words = memory.archival.search("Rome", mode="words").total
    return (memory.core["human"].value, memory.archival.count(), words, memory.turns.changes(talk.turn))


def test_memory_tool_that_is_refused(talk: Talk) -> None:
    """A memory tool that ends with an error leaves no trace of what it wrote before; its result is kept."""

    def run() -> ToolResult:
        write_much(talk)
        return ToolResult("c1", "note", "No.", ok=False)

    talk.ask(CALL)
    talk.settle(run, "memory")
    assert traces(talk) == ("", 0, 0, [])
    assert talk.results() == [("c1", "No.", False)]


def test_memory_tool_that_raises(talk: Talk) -> None:
    """A memory tool that raises leaves no trace at all, and its call may still be executed."""

    def run() -> ToolResult:
        write_much(talk)
        raise ZeroDivisionError

    talk.ask(CALL)
    with pytest.raises(ZeroDivisionError):
        talk.settle(run, "memory")
    assert (traces(talk), talk.results()) == (("", 0, 0, []), [])
    assert talk.settle(lambda: ToolResult("c1", "note", "Done."), "memory").text == "Done."


def test_memory_tool_that_works(talk: Talk) -> None:
    """A memory tool's change, its journal and its result are all there once it is settled."""

    def run() -> ToolResult:
        write_much(talk)
        return ToolResult("c1", "note", "Done.")

    talk.settle(run, "memory")
    assert traces(talk)[:3] == ("Lives in Rome.", 1, 1)
    assert [(event.tier, event.op) for event in talk.memory.turns.changes(talk.turn)] == [
        ("core", "append"),
        ("archival", "insert"),
    ]


def test_outside_that_began(talk: Talk) -> None:
    """A call to the outside that began and has no result is called unknown and is not repeated."""
    ran: list[int] = []

    def stopped() -> ToolResult:
        ran.append(1)
        raise KeyboardInterrupt

    talk.ask(CALL)
    with pytest.raises(KeyboardInterrupt):
        talk.settle(stopped, "outside")
    again = [talk.settle(stopped, "outside") for _ in range(2)]
    assert [(one.text, one.ok) for one in again] == [(UNKNOWN, False)] * 2
    assert (ran, talk.results()) == ([1], [("c1", UNKNOWN, False)])


def test_recover(talk: Talk, clock: FrozenClock) -> None:
    """Recovery closes a running turn with each call answered exactly once: done, unknown or not executed."""

    def stopped() -> ToolResult:
        raise KeyboardInterrupt

    calls = tuple(ToolCall(f"c{n}", "note", "{}") for n in range(3))
    talk.ask(*calls)
    talk.settle(lambda: ToolResult("c0", "note", "Done."), "memory", 0)
    with pytest.raises(KeyboardInterrupt):
        talk.settle(stopped, "outside", 1)
    clock.advance(hours=1)
    assert [talk.memory.turns.recover(), talk.memory.turns.recover()] == [[talk.turn], []]
    assert talk.results() == [("c0", "Done.", True), ("c1", UNKNOWN, False), ("c2", NOT_EXECUTED, False)]
    assert talk.row() == ("interrupted", "The program stopped during this turn.", clock.now())
    assert talk.memory.turns.queue_of(talk.session) == talk.memory.recall.of_turn(talk.turn)


def test_recover_only_what_runs(talk: Talk, other: Memory) -> None:
    """Recovery leaves turns that ended and turns of other agents as they are."""
    talk.memory.turns.end(talk.turn, "complete")
    theirs = other.sessions.start()
    running, _ = other.turns.begin(theirs, "Hello", "m")
    assert talk.memory.turns.recover() == []
    assert talk.row()[0] == "complete"
    assert other.turns.recover() == [running]


def test_partial_answer(talk: Talk) -> None:
    """What a model had said when it was interrupted is kept and marked."""
    partial = talk.memory.turns.add_partial(talk.session, talk.turn, 1, AssistantMessage("I was say"))
    assert (partial.text, partial.state) == ("I was say", "interrupted")
    assert talk.memory.turns.queue_of(talk.session)[-1] == partial


def test_window(talk: Talk, other: Memory) -> None:
    """A step's window is given back as it was sent, its parts stored once, and to its own agent alone."""
    window = ['{"content":"Be kind.","role":"system"}', "Rome 书\n"]
    for number in (1, 2):
        talk.memory.turns.add_step(
            talk.session, talk.turn, number, AssistantMessage("Yes."), window, 7, Usage(5, 2, 1, 1), "stop", "m"
        )
    assert talk.memory.turns.window(talk.turn, 2) == window
    with talk.memory.scope.database.read() as connection:
        assert len(connection.execute(sa.select(contents)).fetchall()) == 2
        figures = connection.execute(sa.select(steps.c.prompt_tokens, steps.c.completion_tokens, steps.c.cached_tokens))
        assert [tuple(row) for row in figures] == [(5, 2, 1)] * 2
    for memory, turn, number in ((talk.memory, talk.turn, 3), (talk.memory, "t-0", 1), (other, talk.turn, 1)):
        with pytest.raises(NotFound, match="has no step"):
            memory.turns.window(turn, number)


def test_evict(talk: Talk) -> None:
    """What is evicted leaves the queue and stays in recall; the newest summary stands in its place."""
    reply = talk.ask()
    [user, _] = talk.memory.turns.queue_of(talk.session)
    talk.memory.turns.evict(talk.session, talk.turn, [user], "They asked to note Rome.")
    assert talk.memory.turns.queue_of(talk.session) == [reply]
    talk.memory.turns.evict(talk.session, talk.turn, [reply], "Both spoke.")
    assert (talk.memory.turns.queue_of(talk.session), talk.memory.turns.summary_of(talk.session)) == ([], "Both spoke.")
    assert talk.memory.recall.of_turn(talk.turn) == [user, reply]


def test_sessions_do_not_share(talk: Talk) -> None:
    """Each session has its own queue and its own summary."""
    second = talk.memory.sessions.start()
    talk.memory.turns.evict(talk.session, None, [], "Nothing yet.")
    assert (talk.memory.turns.queue_of(second), talk.memory.turns.summary_of(second)) == ([], "")
    assert len(talk.memory.turns.queue_of(talk.session)) == 1


def test_unclean_model(talk: Talk) -> None:
    """Whatever characters a model or a server sends, a turn is stored and closed."""
    dirty = "a\x00\ud800"
    call = ToolCall(dirty, dirty, dirty)
    talk.ask(call)
    talk.memory.turns.settle(
        talk.session, talk.turn, 1, 0, call, "outside", lambda: ToolResult(dirty, dirty, dirty, ok=False)
    )
    talk.memory.turns.evict(talk.session, talk.turn, [], dirty)
    talk.memory.turns.end(talk.turn, "failed", dirty)
    clean = "a\ufffd"
    assert talk.results() == [(clean, clean, False)]
    assert (talk.row()[:2], talk.memory.turns.summary_of(talk.session)) == (("failed", clean), clean)
    with talk.memory.scope.database.read() as connection:
        columns = sa.select(tool_runs.c.call_id, tool_runs.c.name, tool_runs.c.arguments, tool_runs.c.state)
        assert tuple(connection.execute(columns).one()) == (clean, clean, clean, "refused")
