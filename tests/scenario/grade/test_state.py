"""The state that expectations are checked against."""

from typing import Any

from carrel.scenario.grade.state import State


def turn(number: int, **more: Any) -> dict[str, Any]:
    """Return the record of a turn."""
    base = {"type": "turn", "session": "s1", "number": number, "turn": f"t-{number}", "evicted": 2, "summary": "S."}
    return {**base, "memory": [], "core": {"human": f"No. {number}"}, **more}


def test_records_accumulate() -> None:
    """Core memory, messages and passages are those after the last record; evicted messages add up in a session."""
    state = State()
    state.apply({"type": "setup", "core": {"persona": "Kind."}, "passages": [{"id": "p-1", "state": "live"}]})
    edit = {"tier": "core", "ref": "human", "op": "append", "before": "", "after": "No. 1"}
    state.apply(turn(1, memory=[edit], messages=[{"text": "Hi."}]))
    state.apply(turn(2, passages=[{"id": "p-1", "state": "deleted"}, {"id": "p-2", "state": "live"}]))
    assert (state.core, state.evicted, state.summary) == ({"persona": "Kind.", "human": "No. 2"}, 4, "S.")
    assert [passage["id"] for passage in state.live_passages] == ["p-2"]
    assert (state.places, state.core_edits) == ({"t-1": "s1:1", "t-2": "s1:2"}, [("human", "No. 1", "s1:1")])
    state.apply({"type": "session", "session": "s2"})
    assert (state.evicted, state.summary, len(state.messages)) == (0, "", 1)


def test_an_aside_changes_nothing_but_the_turn() -> None:
    """Its reply can be checked; memory remains as it was."""
    state = State()
    state.apply(turn(1))
    state.apply(turn(2, aside=True, reply="A cat.", messages=[{"text": "x"}]))
    assert (state.turn["reply"], state.core, state.messages, state.evicted) == ("A cat.", {"human": "No. 1"}, [], 2)
    assert "t-2" not in state.places


def test_the_last_step_counts() -> None:
    """Prompt and tokens are those of the last step, not of a later request for a summary."""
    asked = [
        {"step": True, "tokens": {"queue": 1}, "messages": [{"content": "one"}]},
        {"step": True, "tokens": {"queue": 2}, "messages": [{"content": "two"}, {"content": "三"}]},
        {"step": False, "tokens": None, "messages": [{"content": "summarise"}]},
    ]
    state = State()
    assert (state.prompt, state.tokens) == ("", {})
    state.apply(turn(1, asked=asked))
    assert (state.prompt, state.tokens) == ("two\n三", {"queue": 2})
