"""A turn that failed, was interrupted or was cut short with the program goes on where it was left."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from carrel.agent.agent import Agent
from carrel.agent.events import Answer, Event, ToolReturned, TurnStarted
from carrel.bootstrap import Carrel
from carrel.errors import ModelUnreachable
from carrel.memory.turns.calls import UNKNOWN
from carrel.memory.upkeep.check import check
from carrel.messages import ToolResult
from carrel.models.chat.scripted import ScriptedModel, call, calls, say
from carrel.protocols import Request
from carrel.rendering import notices
from carrel.tools.tool import Tool, tool
from tests.agent.turn.kills import die_at
from tests.memory.damage import begin_call, leave_turns_running, lose_results

THREE = calls(call("archival_insert", text="Bees."), call("post", text="Hi"), call("archival_insert", text="Ants."))


class Program:
    """A home that is opened again and again, with a scripted model and a tool that acts on the outside."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.posted: list[str] = []
        self.homes: list[Carrel] = []

    def tool(self) -> Tool:
        """Return the tool."""

        @tool
        def post(text: str) -> str:
            """Post."""
            self.posted.append(text)
            return "Posted."

        return post

    def open(self, *script: Any) -> tuple[Agent, ScriptedModel]:
        """Open the home anew, as after a start of the program."""
        model = ScriptedModel(script)
        self.homes.append(Carrel.open(self.home, model, "none", tools=(self.tool(),)))
        return self.homes[-1].agent("ada"), model


@pytest.fixture
def program(home: Path) -> Iterator[Program]:
    """A home, closed at the end and found sound."""
    made = Program(home)
    yield made
    assert check(made.homes[-1].store).problems == []
    for opened in made.homes:
        opened.close()


def state(ada: Agent) -> list[str]:
    """Return the state of each turn."""
    return [turn.state for turn in ada.memory.turns.all()]


def answer_of(events: Iterator[Event]) -> Answer:
    """Return the answer at the end."""
    *_, last = events
    assert isinstance(last, Answer)
    return last


@pytest.mark.parametrize("done", [1, 2, 3])
def test_a_turn_that_was_cut_short_between_its_calls(program: Program, done: int) -> None:
    """At the next start the calls that are left are executed, each once, and the model goes on to its reply."""
    ada, _ = program.open(THREE)
    die_at(ada.session(), "Go", ToolReturned, done)
    assert state(ada) == ["running"]
    again, model = program.open(say("All is done."))
    assert again.interrupted_session is not None
    session = again.session(again.interrupted_session)
    assert session.unfinished
    events = list(session.resume())
    answer = answer_of(iter(events))
    assert (answer.text, answer.steps, program.posted) == ("All is done.", 2, ["Hi"])
    assert sum(isinstance(event, ToolReturned) for event in events) == 3 - done
    assert [event.after for event in answer.memory] == ["Bees.", "Ants."]
    assert [passage.text for passage in again.archival.latest(9)] == ["Bees.", "Ants."]
    assert [message.role for message in model.requests[0].messages] == "system user assistant tool tool tool".split()
    assert f"Note: {notices.RESUMED}" in model.requests[0].messages[-1].text
    assert state(again) == ["complete"]
    assert list(session.resume()) == []
    assert again.interrupted_session is None


@pytest.mark.parametrize(("edited", "after"), [(True, "Lives in Bergen."), (False, "Cat Tofu, from Oslo.")])
def test_what_was_changed_meanwhile_is_not_written_anew(program: Program, edited: bool, after: str) -> None:
    """A call that is left rests on core memory as it stood before the stop; what the user changed since then stays."""
    early, late = "Lives in Rome.", "Cat Tofu, from Oslo."
    add = call("core_memory_append", label="human", content="Cat Tofu.")
    anew = call("core_memory_rethink", label="human", value=late)
    ada, _ = program.open(say("Ah."), call("core_memory_rethink", label="human", value=early), calls(add, anew))
    session = ada.session()
    session.send("Hi")
    die_at(session, "Go", ToolReturned, 2)
    assert ada.core["human"].value == f"{early}\nCat Tofu."
    again, _ = program.open(say("Done."))
    if edited:
        again.core.rethink("human", "Lives in Bergen.")
    answer_of(again.session("last").resume())
    assert again.core["human"].value == after


def test_a_call_that_was_begun_is_called_unknown(program: Program) -> None:
    """What acts on the outside and may have taken effect is not repeated."""
    ada, _ = program.open(THREE)
    die_at(ada.session(), "Go", ToolReturned, 1)
    begin_call(ada.memory, ada.memory.turns.all()[-1].id, 1, "post")
    again, model = program.open(say("I do not know."))
    assert answer_of(again.session("last").resume()).text == "I do not know."
    assert program.posted == []
    results = [message.text for message in model.requests[0].messages if isinstance(message, ToolResult)]
    assert results[1] == UNKNOWN


def test_a_turn_whose_end_alone_is_missing(program: Program) -> None:
    """A reply that is on disk is the answer; the model is not asked again."""
    ada, _ = program.open(say("Hello."))
    ada.session().send("Hi")
    leave_turns_running(ada.memory)
    again, model = program.open()
    answer = answer_of(again.session("last").resume())
    assert (answer.text, model.requests, state(again)) == ("Hello.", [], ["complete"])


def test_a_turn_that_failed_is_asked_again(program: Program) -> None:
    """Once the server is back the same message is answered, and stored once."""
    ada, _ = program.open(ModelUnreachable("Nobody.", "Start it."), say("Here."))
    session = ada.session()
    with pytest.raises(ModelUnreachable):
        session.send("Hello?")
    assert session.unfinished
    started, *_, answer = session.resume()
    assert isinstance(started, TurnStarted)
    assert isinstance(answer, Answer)
    assert (answer.text, answer.turn) == ("Here.", started.turn)
    assert [message.text for message in ada.recall.latest(9)] == ["Hello?", "Here."]
    assert not session.unfinished


def test_a_turn_that_fails_again_can_be_resumed_again(program: Program) -> None:
    """Each attempt leaves the turn as it found it; what was executed stays executed."""
    nobody = ModelUnreachable("Nobody.", "Start it.")
    ada, model = program.open(call("post", text="Hi"), nobody, nobody, say("At last."))
    session = ada.session()
    with pytest.raises(ModelUnreachable):
        session.send("Go")
    with pytest.raises(ModelUnreachable):
        list(session.resume())
    assert state(ada) == ["failed"]
    assert answer_of(session.resume()).text == "At last."
    assert program.posted == ["Hi"]
    assert [message.role for message in model.requests[3].messages] == "system user assistant tool".split()


def test_nothing_is_to_be_resumed_in_a_new_session(program: Program) -> None:
    """A session without a message has no last turn."""
    ada, _ = program.open()
    assert list(ada.session().resume()) == []
    assert not ada.session().unfinished


def test_a_message_instead_closes_what_was_cut_short(program: Program) -> None:
    """Whoever says something new gets an answer to that; the open calls are answered as not executed."""
    ada, _ = program.open(THREE)
    die_at(ada.session(), "Go", ToolReturned, 1)
    again, model = program.open(say("Yes?"))
    again.session("last").send("Never mind.")
    assert (state(again), program.posted) == (["interrupted", "complete"], [])
    assert [message.role for message in model.requests[0].messages][-4:] == "tool tool tool user".split()


def test_a_late_repair_keeps_the_order(program: Program) -> None:
    """A result that was lost long ago is replaced, and sent where it belongs."""
    ada, _ = program.open(call("recall_search", query="a"), say("One."), say("Two."))
    session = ada.session()
    session.send("First")
    session.send("Second")
    lose_results(ada.memory)
    again, model = program.open(say("Three."))

    def roles(request: Request) -> list[str]:
        return [message.role for message in request.messages]

    again.session("last").send("Third")
    assert roles(model.requests[0]) == "system user assistant tool assistant user assistant user".split()
