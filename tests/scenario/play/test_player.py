"""Playing a scenario: errors that are expected or not, replies that are used up, repetitions, closed sessions."""

from pathlib import Path

import pytest

from carrel.messages import ToolResult
from carrel.models.chat.scripted import ScriptedAnswer, call, say
from carrel.protocols import Request
from carrel.scenario.report import format_result
from carrel.testing.fake_server import FakeServer
from tests.scenario.builders import outcomes, run, scenario


def test_an_expected_error_passes(tmp_path: Path) -> None:
    """A turn that must fail passes if it fails with the message, and not if it fails otherwise or not at all."""
    broken = {"user": "Hi.", "replies": [{"fail": "The server is asleep."}]}
    assert outcomes(run(tmp_path, scenario({**broken, "expect": {"error": "asleep"}}))) == [("error", "passed")]
    assert outcomes(run(tmp_path, scenario({**broken, "expect": {"error": "awake"}}))) == [("error", "failed")]
    result = run(tmp_path, scenario({"user": "Hi.", "expect": {"error": "asleep"}}))
    assert result.failures[0].actual == "the turn did not fail"


def test_an_unexpected_error_ends_the_run(tmp_path: Path) -> None:
    """Any other failure is reported with its turn, and nothing after it is played or graded."""
    broken = {"user": "Hi.", "replies": [{"fail": "The server is asleep."}], "expect": {"reply": "x"}}
    result = run(tmp_path, scenario("Hello.", broken, {"user": "Bye.", "expect": {"reply": "x"}}))
    assert (result.outcome, result.verdicts, result.turns) == ("error", (), 2)
    assert result.error == {
        "code": "model_failed",
        "message": "Turn s1:2 failed: The server is asleep.",
        "exit_code": 1,
    }
    assert "  Turn s1:2 failed: The server is asleep." in list(format_result(result))


def test_every_reply_is_used_and_there_are_enough(tmp_path: Path) -> None:
    """A reply too many is a failed expectation of the turn, one too few an error that says what to add."""
    many = run(tmp_path, scenario({"user": "Hi.", "replies": ["Hello.", "Hello again."]}))
    assert [verdict.kind for verdict in many.failures] == ["replies"]
    assert many.failures[0].actual == "1 of the turn's 2 replies were not used"
    few = run(tmp_path, scenario({"user": "Hi.", "replies": [{"call": {"archival_search": {"query": "x"}}}]}))
    assert few.error is not None
    assert "more model calls than its 1 replies answer. Add a reply, such as say: Noted." in few.error["message"]


def test_repetitions(tmp_path: Path) -> None:
    """{{ i }} is filled in everywhere, each repetition is checked, and a failure says which one it was."""
    turn = {
        "user": "Number {{ i }}.",
        "repeat": 3,
        "replies": [{"call": {"archival_insert": {"text": "Fact {{ i }}."}}}, "So {{ i }}."],
        "expect": [{"reply": "So {{ i }}."}, {"archival": {"contains": "Fact {{i}}.", "count": 1}}, {"reply": "So 2."}],
    }
    result = run(tmp_path, scenario(turn))
    assert [verdict.where for verdict in result.failures] == ["s1:1 (repetition 1)", "s1:1 (repetition 3)"]
    assert result.count("passed") == 7


@pytest.mark.network
def test_a_closed_session_shows_what_consolidation_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the agent consolidates after a session, the session's expectations see the result."""

    def answer(request: Request) -> ScriptedAnswer:
        if len(request.messages) == 2 and request.messages[-1].text.startswith("I keep bees."):
            return say("How nice.")
        done = any(isinstance(message, ToolResult) for message in request.messages)
        return say("Done.") if done else call("archival_insert", text="Ada keeps bees.")

    given = scenario("I keep bees.", agent={"model": "m", "embedder": "none", "settings": {"consolidate": True}})
    given["sessions"][0]["expect"] = [{"archival": {"contains": "keeps bees", "count": 1}}]
    with FakeServer(answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert outcomes(run(tmp_path, given)) == [("archival", "passed")]


def test_messages_from_elsewhere_are_recalled(tmp_path: Path) -> None:
    """Messages of a session go into recall memory at their dates, in the clock's zone, and the model is not asked."""
    given = scenario(
        {"user": "What is my cat called?", "expect": {"retrieved": {"from": "recall", "contains": "Tofu"}}},
        clock={"start": "2026-01-05T09:00:00+08:00"},
    )
    past = {"id": "past", "messages": [{"text": "My cat is called Tofu.", "at": "2026-01-04T20:00"}]}
    given["sessions"].insert(0, {**past, "expect": {"recall": {"count": 1, "source": "past"}}})
    given["sessions"][1]["at"] = "2026-01-06"
    assert outcomes(run(tmp_path, given)) == [("recall", "passed"), ("retrieved", "passed")]


def test_sessions_must_be_in_order_of_time(tmp_path: Path) -> None:
    """A session that begins before the clock's time ends the run with its name and what to do."""
    given = scenario("Hi.")
    given["sessions"].append({"id": "back", "at": "2020-01-01", "turns": [{"user": "Hi."}]})
    result = run(tmp_path, given)
    assert result.error is not None
    assert result.error["message"].startswith("Session 'back': ")
    assert result.error["message"].endswith("Order the sessions by time.")
