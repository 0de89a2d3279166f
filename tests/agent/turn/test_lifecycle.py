"""How often a turn commits, and what is on disk between its commits."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from carrel.agent.agent import Agent
from carrel.agent.events import Answer, ToolReturned
from carrel.errors import Busy, ModelUnreachable, NotFound
from carrel.memory.store import Memory
from carrel.memory.values import MemoryEvent
from carrel.models.chat.scripted import ScriptedModel, call, say
from tests.memory.damage import lease_of

Open = Callable[..., Agent]


@contextmanager
def written(ada: Agent) -> Iterator[list[str]]:
    """Note each transaction that may write."""
    found: list[str] = []

    def note(statement: str) -> None:
        found.extend([statement] if statement == "BEGIN IMMEDIATE" else [])

    def listen(driver: sqlite3.Connection, *_: object) -> None:
        driver.set_trace_callback(note)

    engine = ada.memory.scope.database.engine
    sa.event.listen(engine, "checkout", listen)
    yield found
    sa.event.remove(engine, "checkout", listen)


def state(ada: Agent) -> tuple[str, str | None]:
    """Return the state of the newest turn and who holds the agent."""
    return ada.memory.turns.all()[-1].state, lease_of(ada.memory)


def test_a_plain_turn_commits_twice(opened: Open) -> None:
    """The message and the running turn are one transaction; the reply, what was paged in and the end are the other."""
    ada = opened(ScriptedModel([say("One."), say("Two.")]))
    chat = ada.session()
    chat.send("I keep bees in the garden.")  # the first turn also writes the head
    with written(ada) as transactions:
        answer = chat.send("Where do I keep bees?")
    assert len(transactions) == 2
    [retrieval] = ada.memory.retrievals.of_turn(answer.turn)
    assert (retrieval.kind, retrieval.query) == ("page_in", "Where do I keep bees?")
    assert state(ada) == ("complete", None)


@contextmanager
def executed(ada: Agent) -> Iterator[list[str]]:
    """Note each statement that this thread executes; one that writes many rows is one."""
    found: list[str] = []
    here = threading.get_ident()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if threading.get_ident() == here and not statement.startswith("BEGIN"):
            found.append(statement)

    engine = ada.memory.scope.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(engine, "before_cursor_execute", note)


def test_a_plain_turn_asks_the_database_little(opened: Open) -> None:
    """With page-in from both tiers, a turn of one step takes at most 25 statements, however long the message is."""
    ada = opened(ScriptedModel(lambda request: "Yes."))
    chat = ada.session()
    ada.archival.insert("The bees stand in the garden behind the house.")
    chat.send("I keep bees in the garden.")
    counts = []
    for text in ("Where do I keep bees?", "Tell me all about the bees, the garden, and what stands behind the house."):
        with executed(ada) as statements:
            answer = chat.send(text)
        counts.append(len(statements))
        [retrieval] = ada.memory.retrievals.of_turn(answer.turn)
        assert {hit.tier for hit in retrieval.hits} == {"recall", "archival"}
    assert max(counts) <= 25, counts


def test_each_call_is_a_transaction_of_its_own(opened: Open) -> None:
    """Beside the two of a plain turn: the step that asked, and each call with its result."""
    ada = opened(ScriptedModel([say("Hi."), call("recall_search", query="bees"), say("Done.")]))
    chat = ada.session()
    chat.send("Hello there")
    with written(ada) as transactions:
        chat.send("Search for bees")
    assert len(transactions) == 4


def test_the_message_is_on_disk_before_the_model_is_asked(opened: Open) -> None:
    """While the model thinks, the message stands in recall, its turn runs and the agent is held."""
    seen: list[tuple[str, tuple[str, str | None]]] = []

    def reply(_request: object) -> str:
        seen.append((ada.recall.latest(1)[0].text, state(ada)))
        return "Noted."

    ada = opened(ScriptedModel(reply))
    ada.session().send("I keep bees.")
    [(text, (running, lease))] = seen
    assert (text, running) == ("I keep bees.", "running")
    assert lease is not None


def test_the_agent_is_free_once_the_answer_is_given(opened: Open) -> None:
    """Whoever has the answer may go on at once: the turn is closed and nobody holds the agent."""
    ada = opened(ScriptedModel([say("One."), say("Two.")]))
    for event in ada.session().stream("Hello"):
        if isinstance(event, Answer):
            assert state(ada) == ("complete", None)
            assert ada.session().send("And another").text == "Two."
    assert state(ada) == ("complete", None)


@pytest.mark.parametrize("failure", [ModelUnreachable("No server.", "Start it."), KeyboardInterrupt()])
def test_a_step_that_fails_can_be_looked_at(opened: Open, failure: BaseException) -> None:
    """What was asked and what was offered for it is kept where no reply came; it is replaced once one comes."""

    def fail(_request: object) -> str:
        raise failure

    script: list[Any] = [fail, "In the garden."]
    ada = opened(ScriptedModel(lambda request: script[0](request) if len(script) == 2 else script[0]))
    chat = ada.session()
    with pytest.raises(type(failure)):
        chat.send("Where do I keep bees?")
    turn = ada.memory.request_log.last_turn(chat.id)
    sent = ada.memory.request_log.find(turn)
    assert (sent.step, "Where do I keep bees?" in sent.parts[1], sent.reported) == (1, True, None)
    [retrieval] = ada.memory.retrievals.of_turn(turn)
    assert (retrieval.kind, retrieval.query) == ("page_in", "Where do I keep bees?")
    assert chat.id is not None
    assert ada.memory.steps.session_tokens(chat.id) == 0
    del script[0]
    *_, answer = chat.resume()
    assert isinstance(answer, Answer)
    assert (answer.text, answer.turn, answer.steps) == ("In the garden.", turn, 1)
    assert ada.memory.steps.session_tokens(chat.id) > 0


def test_a_reply_that_could_not_be_stored_is_not_lost(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted in the transaction that stores the last reply: what the user saw stands in recall."""
    ada = opened(ScriptedModel([say("Bergen, of course.")]))

    def interrupted(memory: Memory, turn: str, changes: Sequence[MemoryEvent]) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Memory, "complete", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ada.session().send("Where do I live?")
    said = [(message.text, message.state) for message in ada.recall.latest(9)]
    assert said == [("Where do I live?", "complete"), ("Bergen, of course.", "interrupted")]
    turn = ada.memory.request_log.find("last").turn
    assert [retrieval.kind for retrieval in ada.memory.retrievals.of_turn(turn)] == ["page_in"]


def test_why_speaks_of_the_session(opened: Open) -> None:
    """The last turn of a session is that session's, whatever was said in another meanwhile."""
    ada = opened(ScriptedModel(lambda request: "Yes."))
    one, other = ada.session(), ada.session()
    first = one.send("Where are my bees?").turn
    second = other.send("Where is my violin?").turn
    log = ada.memory.request_log
    assert (log.last_turn(one.id), log.last_turn(other.id)) == (first, second)
    with pytest.raises(NotFound):
        log.last_turn(ada.session().id)


def test_a_search_within_the_turn_sees_what_the_turn_has_said(opened: Open) -> None:
    """The queue that was read at the beginning is not what later steps see: they have the call and its result."""
    model = ScriptedModel([call("archival_insert", text="Bees."), call("archival_search", query="bees"), say("Yes.")])
    ada = opened(model)
    events = list(ada.session().stream("Note that I keep bees"))
    results = [event.text for event in events if isinstance(event, ToolReturned)]
    roles = [[message.role for message in request.messages] for request in model.requests]
    asked = ["system", "user"]
    assert roles == [asked, [*asked, "assistant", "tool"], [*asked, *["assistant", "tool"] * 2]]
    assert len(results) == 2
    assert results[1] in model.requests[2].messages[-1].text


def test_a_turn_may_end_in_another_thread(opened: Open) -> None:
    """Who begins a stream need not be who reads it: the agent is free once it is read to its end."""
    ada = opened(ScriptedModel([say("One."), say("Two.")]))
    stream = ada.session().stream("Hello")
    next(stream)
    reader = threading.Thread(target=lambda: list(stream))
    reader.start()
    reader.join()
    assert state(ada) == ("complete", None)
    assert ada.session().send("Again").text == "Two."


def test_turns_of_one_thread_do_not_interleave(opened: Open) -> None:
    """A second message while a turn is under way is refused, and the first turn goes on unharmed."""
    ada = opened(ScriptedModel([call("archival_insert", text="Bees."), say("Stored.")]))
    stream = ada.session().stream("I keep bees")
    assert any(isinstance(event, ToolReturned) for event in stream)
    with pytest.raises(Busy):
        ada.session().send("Are you there?")
    *_, last = stream
    assert isinstance(last, Answer)
    assert (last.text, state(ada)) == ("Stored.", ("complete", None))
