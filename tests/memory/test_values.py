"""The values that memory hands out, as programs get them."""

from datetime import UTC, datetime

from carrel.memory.values import Hit, MemoryEvent, Scores, SessionInfo, TurnCall
from carrel.messages import ToolCall

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_a_hit_as_json() -> None:
    """Scores have four digits, the time an offset; the state is told only where it is not live."""
    hit = Hit(
        "m-1", "recall", "你好", AT, 0.123456, Scores(words=0.00004, meaning=1 / 3), "user", "Ada", "s", "D1", ("a",)
    )
    data = hit.to_json()
    assert datetime.fromisoformat(data.pop("at")) == AT
    assert data == {
        "id": "m-1",
        "tier": "recall",
        "text": "你好",
        "role": "user",
        "speaker": "Ada",
        "session": "s",
        "source": "D1",
        "tags": ["a"],
        "score": 0.1235,
        "scores": {"words": 0.0, "meaning": 0.3333, "neighbours": 0.0},
    }
    assert Hit("p-1", "archival", "", AT, 1.0, Scores(), state="superseded").to_json()["state"] == "superseded"


def test_an_event_as_json() -> None:
    """Every field by its name, the time with an offset."""
    data = MemoryEvent("e-1", "core", "human", "append", "a", "ab", "agent", AT, "t-1", "asked").to_json()
    assert datetime.fromisoformat(data.pop("at")) == AT
    assert data == {
        "id": "e-1",
        "tier": "core",
        "ref": "human",
        "op": "append",
        "before": "a",
        "after": "ab",
        "actor": "agent",
        "turn": "t-1",
        "reason": "asked",
    }


def test_names_by_which_things_are_known() -> None:
    """A session goes by its name, else by its id; a call by turn, step and position."""
    assert SessionInfo("s-1", None, "chat", AT, AT, 0).label == "s-1"
    assert SessionInfo("s-1", "茶", "chat", AT, AT, 0).label == "茶"
    assert TurnCall("s-1", "t-1", 2, 0, ToolCall("c", "n", "{}")).key == ("t-1", 2, 0)
