"""The context of a turn is what was sent, part by part, with what changed since the turn before."""

from carrel.agent.context.breakdown import count_parts
from carrel.inspector.subject import Subject
from tests.inspector.conftest import Ask


def test_turns_are_listed_newest_first(ask: Ask) -> None:
    """A page holds so many turns; the next one begins where it ended."""
    first = ask("turns", limit="5")
    rest = ask("turns", before=str(first["older"]))
    assert [turn["message"].split()[2] for turn in first["turns"]] == ["11", "10", "9", "8", "7"]
    assert (len(first["turns"]), len(rest["turns"]), rest["older"], first["window"]) == (5, 7, None, 3000)
    assert {turn["state"] for turn in first["turns"]} == {"complete"}


def test_the_last_context_is_what_was_sent(ask: Ask, subject: Subject) -> None:
    """The account, the budget and the parts are those of `carrel context tokens` and `show`."""
    memory = subject.agent("default").memory
    sent = memory.request_log.find()
    found = ask("context")
    assert (found["turn"], found["step"], found["steps"]) == (sent.turn, 2, [1, 2])
    assert found["account"] == count_parts(sent, memory.counter)
    budget = subject.carrel.budget
    assert (found["window"], found["reserve"], found["warn"]) == (budget.window, budget.reserve, budget.warn)
    assert found["counted"] == sent.counted
    assert found["parts"]["instructions"]
    assert "[core memory: human" in found["parts"]["core"]
    assert found["parts"]["queue"][-1]["role"] == "tool"
    assert "core_memory_append" in {tool["name"] for tool in found["parts"]["tools"]}


def test_a_turn_is_compared_with_the_one_before(ask: Ask) -> None:
    """The user's new message entered; the first turn of a session has none before it."""
    turns = [turn["id"] for turn in ask("turns")["turns"]]
    found = ask("context", turn=turns[0])
    assert (found["compared_with"], found["previous"], found["next"]) == (turns[1], turns[1], None)
    assert any(entry["text"].startswith("On day 11 ") and entry["role"] == "user" for entry in found["entered"])
    assert found["left"]
    first = ask("context", turn=turns[-1], step="1")
    assert (first["compared_with"], first["previous"], first["next"], first["left"]) == (None, None, turns[-2], [])


def test_a_turn_tells_what_it_called_and_wrote(ask: Ask) -> None:
    """The calls with their results, and each change of memory, are those of the turn."""
    turn = next(turn for turn in ask("turns")["turns"] if turn["message"].startswith("On day 9 "))
    found = ask("context", turn=turn["id"])
    assert [message["role"] for message in found["messages"]] == ["user", "assistant", "tool", "tool", "assistant"]
    assert [call["name"] for call in found["messages"][1]["calls"]] == ["core_memory_append", "archival_insert"]
    assert [(event["tier"], event["op"], event["actor"]) for event in found["writes"]] == [
        ("core", "append", "agent"),
        ("archival", "insert", "agent"),
    ]
