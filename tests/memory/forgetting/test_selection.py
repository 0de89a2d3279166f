"""What a user means: by id, words, session, time and speaker; what means nothing, or everything."""

from datetime import datetime

import pytest

from carrel.errors import NotFound, UsageError
from carrel.memory.forgetting.selection import Found, Selection, parse_selection, select
from carrel.memory.store import Memory
from carrel.memory.values import Cause
from tests.memory.conftest import Say


def chosen(memory: Memory, **conditions: object) -> Found:
    """Return what a selection means."""
    with memory.scope.read() as connection:
        return select(connection, memory.scope, Selection(**conditions))  # type: ignore[arg-type]


@pytest.fixture
def filled(memory: Memory, say: Say) -> Memory:
    """A memory with two letters, a chat, a line of core memory that it left, and a passage."""
    memory.recall.load([say("I sail.", day=1), say("We ski.", day=5)])
    session = memory.sessions.start("talk")
    turn, _ = memory.turns.begin(session, "I have a red bike.", "m")
    memory.core.append("human", "Has a red bike.", Cause("agent", turn))
    memory.archival.insert("Ada lives in Oslo.", session=session, cause=Cause("agent", turn))
    return memory


def texts(found: Found) -> list[str]:
    """Return what the found items say."""
    return [item.text for item in found.items]


def test_by_id(filled: Memory) -> None:
    """An id, a prefix of it, either without its letter, and a line of a block."""
    message, passage = filled.recall.latest(1)[0], filled.archival.latest(1)[0]
    found = chosen(filled, ids=(message.id, passage.id[2:], "human:1"))
    assert texts(found) == ["I have a red bike.", "Ada lives in Oslo.", "Has a red bike."]
    assert [item.to_json() for item in found.items] == [
        {"id": message.id, "tier": "recall", "kind": "message"},
        {"id": passage.id, "tier": "archival", "kind": "passage"},
        {"id": "human:1", "tier": "core", "kind": "line"},
    ]


def test_by_words(filled: Memory) -> None:
    """All words of the query, by their stems, in any order."""
    assert texts(chosen(filled, query="bikes red")) == ["Has a red bike.", "I have a red bike."]
    assert texts(chosen(filled, query="green bike")) == []


def test_by_session_time_and_speaker(filled: Memory) -> None:
    """All of a session, with what it left; a span of days; what somebody said; and several at once."""
    session = filled.sessions.find("talk")
    assert texts(chosen(filled, session=session)) == ["Has a red bike.", "I have a red bike.", "Ada lives in Oslo."]
    assert texts(chosen(filled, until=datetime.fromisoformat("2026-01-02T00:00:00+00:00"))) == ["I sail."]
    assert texts(chosen(filled, speaker="Ann")) == ["I sail.", "We ski."]
    assert texts(chosen(filled, speaker="Ann", query="sail")) == ["I sail."]


@pytest.mark.parametrize(
    ("text", "selection"),
    [
        ("", Selection(turn="t-1")),
        ("m-4f7 human:2", Selection(("m-4f7", "human:2"))),
        (" my password ", Selection(query="my password")),
        ("m-4f7 is mine", Selection(query="m-4f7 is mine")),
        ("我的密码", Selection(query="我的密码")),
    ],
)
def test_words_after_forget(text: str, selection: Selection) -> None:
    """They are ids, or words to look for, or nothing: what stands on the screen."""
    assert parse_selection(text, "t-1") == selection


@pytest.mark.parametrize("reference", ["nothing", "", "human:9", "nobody:1", "m-"])
def test_unknown_and_ambiguous_ids(filled: Memory, other: Memory, reference: str) -> None:
    """An id that is unknown, or begins several, is refused; so is that of another agent."""
    kind, problem = (UsageError, "begins the ids of") if reference == "m-" else (NotFound, "does not exist|has no line")
    with pytest.raises(kind, match=problem):
        chosen(filled, ids=(reference,))
    with pytest.raises(NotFound, match="of agent 'bob' does not exist"):
        chosen(other, ids=(filled.recall.latest(1)[0].id,))


def test_nothing_and_everything(filled: Memory) -> None:
    """A selection needs an id or a condition, and words that say something; that it means all is known."""
    for conditions in ({}, {"query": "the !"}):
        with pytest.raises(UsageError, match=r"not said what to forget|holds no word"):
            chosen(filled, **conditions)
    assert chosen(filled, since=datetime.fromisoformat("2001-01-01T00:00:00+00:00")).is_all is True
    assert chosen(filled, since=datetime.fromisoformat("2026-01-03T00:00:00+00:00")).is_all is False
