"""The record of a turn has everything that expectations ask about, and where it came from."""

from pathlib import Path

import pytest

from carrel.agent.agent import Agent
from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.memory.values import NewMessage
from carrel.models.chat.scripted import ScriptedModel, call, say
from carrel.scenario.record.turn_record import TurnRecorder, imported_message_record, read_passages


@pytest.fixture
def model() -> ScriptedModel:
    """A model that stores a fact, looks for another, and answers."""
    return ScriptedModel(
        [
            call("archival_insert", text="小明喜欢喝茶。", tags=["tea"]),
            call("archival_search", query="bees"),
            call("core_memory_append", label="humen", content="x"),
            say("Noted."),
        ]
    )


@pytest.fixture
def ada(home: Path, clock: FrozenClock, model: ScriptedModel) -> Agent:
    """An agent that knows of bees from a document and from a talk."""
    agent = Carrel.open(home, model, "none", clock).agent("ada")
    agent.archival.insert("Bees like clover.", source="garden.md")
    return agent


def test_a_turn_is_recorded_whole(ada: Agent) -> None:
    """Calls with their results, changes, what was retrieved by whom, the messages in their session."""
    recorder = TurnRecorder()
    for event in ada.session().stream("What of bees and tea?"):
        recorder.add(event)
    record = recorder.build(ada, "may", {})
    assert (record["reply"], record["steps"], record["evicted"]) == ("Noted.", 4, 0)
    assert [(made["name"], made["ok"]) for made in record["calls"]] == [
        ("archival_insert", True),
        ("archival_search", True),
        ("core_memory_append", False),
    ]
    assert record["calls"][0]["arguments"] == {"text": "小明喜欢喝茶。", "tags": ["tea"]}
    assert "does not exist" in record["calls"][2]["result"]
    assert [(change["tier"], change["op"], change["after"]) for change in record["memory"]] == [
        ("archival", "insert", "小明喜欢喝茶。")
    ]
    assert [(item["text"], item["tags"], item["state"]) for item in record["passages"]] == [
        ("小明喜欢喝茶。", ["tea"], "live")
    ]
    assert [(hit["source"], hit["by"], hit["place"]) for hit in record["retrieved"]] == [("garden.md", "page_in", None)]
    message = record["messages"][0]
    assert (message["role"], message["text"], message["session"]) == ("user", "What of bees and tea?", "may")


def test_a_memory_says_in_which_turn_it_was_said(ada: Agent, home: Path) -> None:
    """By the place of that turn in the scenario."""
    session = ada.session()
    first = session.send("What of bees and tea?")
    with Carrel.open(home, ScriptedModel([say("Tea.")]), "none") as carrel:
        later = carrel.agent("ada")
        recorder = TurnRecorder()
        for event in later.session().stream("Who likes to drink 喝茶?"):
            recorder.add(event)
        record = recorder.build(later, "june", {first.turn: "s1:1"})
    assert {hit["text"]: hit["place"] for hit in record["retrieved"]}["小明喜欢喝茶。"] == "s1:1"


def test_a_turn_that_failed_before_it_began(ada: Agent) -> None:
    """Has an empty record, with core memory as it stands."""
    record = TurnRecorder().build(ada, "may", {})
    assert (record["turn"], record["reply"], record["calls"], record["messages"]) == ("", "", [], [])
    assert set(record["core"]) == {"persona", "human"}


def test_passages_with_what_took_their_place(ada: Agent) -> None:
    """In the order in which they were written, each once, as they are now."""
    old = ada.archival.insert("Ada lives in Oslo.").passage
    new = ada.archival.update(old.id, "Ada lives in Rome.")
    assert [(item["text"], item["state"]) for item in read_passages(ada, [new.id, old.id, old.id])] == [
        ("Ada lives in Oslo.", "superseded"),
        ("Ada lives in Rome.", "live"),
    ]


def test_an_imported_message() -> None:
    """Has no id and no turn of its own."""
    assert imported_message_record(NewMessage("user", "Hi.", None, "Ada", "may", "d1")) == {
        "id": None,
        "role": "user",
        "speaker": "Ada",
        "text": "Hi.",
        "at": None,
        "session": "may",
        "source": "d1",
        "turn": None,
    }
