"""What users told of themselves in the past is kept as it held last, and nothing that they did not tell."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from carrel.agent.agent import Agent
from carrel.agent.capture.past import CAUSE
from carrel.agent.capture.rules import MAX_MESSAGE
from carrel.bootstrap import Carrel
from carrel.memory.values import NewMessage
from carrel.messages import Role


@pytest.fixture
def ada(home: Path) -> Iterator[Agent]:
    """Open an agent that the built-in model answers for."""
    with Carrel.open(home, "offline", "none") as carrel:
        yield carrel.agent("ada")


def said(agent: Agent, year: int, text: str, role: Role = "user", speaker: str | None = None) -> list[str]:
    """Import a message of a year, consolidate, and return the names of the changes."""
    at = datetime(year, 5, 1, tzinfo=UTC)
    agent.recall.load([NewMessage(role, text, at, speaker, "letters")])
    return [name for item in agent.consolidate() for name, _ in item.calls]


def facts(agent: Agent) -> list[str]:
    """Return what archival holds."""
    return [passage.text for passage in agent.archival.latest(99)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("I moved to Bonn.", "I moved to Paris."),
        ("I live in Bonn.", "I moved to Paris."),
        ("我住在波恩。", "我搬到了巴黎。"),
        ("Ich wohne in Bonn.", "Ich wohne jetzt in Paris."),
    ],
)
def test_a_later_value_supersedes_an_earlier_one(ada: Agent, old: str, new: str) -> None:
    """With the date and the message as its source, and the earlier one in history."""
    assert said(ada, 2024, old) == ["archival_insert"]
    (before,) = ada.archival.latest(9)
    assert said(ada, 2025, new) == ["archival_update"]
    (after,) = ada.archival.latest(9)
    assert (after.text, after.at.year, ada.archival.get(before.id).successor) == (new, 2025, after.id)
    assert ada.recall.get(after.source or "").text == new
    events = [(e.op, e.actor, e.reason) for e in ada.memory.history("archival", before.id)]
    assert events == [("insert", "system", CAUSE.reason), ("update", "system", CAUSE.reason)]


def test_what_was_said_earlier_changes_nothing(ada: Agent) -> None:
    """An older import does not replace what memory holds of a later time."""
    said(ada, 2025, "I moved to Paris.")
    assert said(ada, 2024, "I moved to Bonn.") == []
    assert facts(ada) == ["I moved to Paris."]


@pytest.mark.parametrize(
    ("text", "role", "speaker"),
    [
        ("I live in Rome.", "assistant", None),
        ("I live in Rome.", "user", "Bob"),
        ("I live in Rome. " + "walnut " * MAX_MESSAGE, "user", None),
        ("name,city\nAda,Rome\nBob,Oslo", "user", None),
        ('{"home": "I live in Rome."}', "user", None),
        ("Where do I live?", "user", None),
        ("My password is swordfish7.", "user", None),
        ("The capital of Italy is Rome.", "user", None),
    ],
)
def test_what_the_user_did_not_tell_is_not_kept(ada: Agent, text: str, role: Role, speaker: str | None) -> None:
    """Replies, what others said, pastes, data, questions, secrets and the rest of the world."""
    assert said(ada, 2024, text, role, speaker) == []
    assert (facts(ada), ada.core["human"].value) == ([], "")


def test_what_is_known_is_not_stored_again(ada: Agent) -> None:
    """In core memory or in archival, in the same words or as the same fact."""
    ada.core.append("human", "Lives in Bonn.")
    ada.archival.insert("My dog is called Rex.")
    assert said(ada, 2024, "I live in Bonn.") == []
    assert said(ada, 2025, "My dog is called Rex!") == []
    assert facts(ada) == ["My dog is called Rex."]


def test_core_memory_gives_way_only_to_what_is_later(ada: Agent) -> None:
    """A line that is newer than the message stays, and an older one is superseded, its text in history."""
    ada.core.append("human", "Likes tea.\nI live in Bonn.")
    assert said(ada, 2024, "I moved to Paris.") == []
    assert said(ada, 2199, "I moved to Rome.") == ["archival_insert", "core_memory_replace"]
    assert (ada.core["human"].value, facts(ada)) == ("Likes tea.", ["I moved to Rome."])
    assert "I live in Bonn." in (ada.memory.history("core", "human")[-1].before or "")


def test_what_a_turn_has_kept_is_not_reviewed_into_something_else(ada: Agent) -> None:
    """What was captured in conversation, and corrected or edited since, stays as it is."""
    with ada.session() as chat:
        for text in ["I live in Bonn.", "I moved to Paris.", "My dog is called Rex."]:
            chat.send(text)
    ada.core.rethink("human", "I moved to Paris.")
    assert [item.calls for item in ada.consolidate()] == [()]
    assert (ada.core["human"].value, facts(ada)) == ("I moved to Paris.", [])


@pytest.mark.parametrize("hard", [True, False])
def test_what_was_forgotten_does_not_come_back(ada: Agent, hard: bool) -> None:
    """Not from a message that says it beside something else."""
    said(ada, 2024, "I live in Bonn.")
    ada.forget(ada.archival.latest(1)[0].id, hard=hard)
    assert said(ada, 2025, "My dog is called Rex and I live in Bonn.") == ["archival_insert"]
    assert facts(ada) == ["My dog is called Rex"]


def test_a_request_to_forget_is_heard_in_its_session(ada: Agent) -> None:
    """What the user told there before is deleted."""
    said(ada, 2024, "My dog is called Rex.")
    said(ada, 2024, "I live in Bonn.")
    assert said(ada, 2025, "Please forget where I live: Bonn.") == ["archival_delete"]
    assert facts(ada) == ["My dog is called Rex."]
