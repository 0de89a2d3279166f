"""What a scenario sets up stands in memory, with the times, sources and causes that it should have."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from carrel.agent.agent import Agent
from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.errors import BadFile
from carrel.scenario.files.scenario import AgentSpec, SessionSpec, SetupSpec
from carrel.scenario.play.setup import SETUP, fill_memory, load_messages, write_persona


@pytest.fixture
def ada(home: Path, clock: FrozenClock) -> Agent:
    """An agent with an empty memory."""
    return Carrel.open(home, "offline", "none", clock).agent("ada")


def test_core_memory_and_passages(ada: Agent, tmp_path: Path) -> None:
    """Are there as they are given; a time without an offset is in the clock's zone."""
    write_persona(ada, AgentSpec(persona="Kind.", human=None))
    setup = SetupSpec.model_validate(
        {
            "core": {"human": "Ada."},
            "archival": [{"text": "小明喜欢喝茶。", "tags": "tea", "at": "2025-05-01T12:00:00"}, "Bees."],
        }
    )
    record = fill_memory(ada, setup, tmp_path, UTC)
    assert {label: ada.core[label].value for label in ("persona", "human")} == {"persona": "Kind.", "human": "Ada."}
    assert record["core"]["human"] == "Ada."
    passages = ada.archival.latest(9)
    assert [(item.text, item.tags) for item in passages] == [("小明喜欢喝茶。", ("tea",)), ("Bees.", ())]
    assert passages[0].at == datetime(2025, 5, 1, 12, tzinfo=UTC)
    assert [item["text"] for item in record["passages"]] == ["小明喜欢喝茶。", "Bees."]
    assert {event.reason for event in ada.memory.history("core", "human")} == {SETUP.reason}


def test_files_are_imported_by_their_kind(ada: Agent, tmp_path: Path) -> None:
    """Conversations into recall, documents into archival, by paths beside the scenario."""
    (tmp_path / "talk.jsonl").write_text('{"role": "user", "text": "Hello.", "source": "d1"}\n', encoding="utf-8")
    (tmp_path / "notes.md").write_text("The boat is moored in Porto.\n", encoding="utf-8")
    record = fill_memory(ada, SetupSpec.model_validate({"import": ["talk.jsonl", "notes.md"]}), tmp_path, UTC)
    assert [(message["text"], message["source"]) for message in record["messages"]] == [("Hello.", "d1")]
    assert [item["source"] for item in record["passages"]] == ["notes.md"]
    assert ([m.text for m in ada.recall.latest(9)], ada.archival.count()) == (["Hello."], 1)
    with pytest.raises(BadFile):
        fill_memory(ada, SetupSpec.model_validate({"import": "none.md"}), tmp_path, UTC)


def test_messages_from_elsewhere(ada: Agent, clock: FrozenClock) -> None:
    """Stand in the session's name, at their times or now, and the model is not asked."""
    spec = SessionSpec.model_validate(
        {
            "id": "may",
            "messages": [{"text": "Hi.", "at": "2025-05-01T09:00:00"}, {"role": "assistant", "text": "Hello."}],
        }
    )
    records = load_messages(ada, spec, clock.now())
    first, second = ada.recall.latest(9)
    assert (first.at, second.at) == (datetime(2025, 5, 1, 9, tzinfo=clock.now().tzinfo), clock.now())
    assert [info.name for info in ada.sessions.all()] == ["may"]
    assert [(record["role"], record["text"], record["session"]) for record in records] == [
        ("user", "Hi.", "may"),
        ("assistant", "Hello.", "may"),
    ]
