"""Grading: which expectations belong to which record, and what is skipped."""

from pathlib import Path

import pytest

from carrel.scenario.report import format_result
from carrel.testing.fake_server import FakeServer
from tests.scenario.builders import outcomes, run, scenario


def test_sessions_and_scenarios_have_expectations_too(tmp_path: Path) -> None:
    """Expectations of a session are checked at its end, those of the scenario at the very end."""
    given = scenario("I have a cat.", expect=[{"core.human": "cat"}, {"core.human": "dog"}])
    given["sessions"][0]["expect"] = {"recall": {"count": 1}}
    result = run(tmp_path, given)
    assert [(verdict.where, verdict.outcome) for verdict in result.verdicts] == [
        ("s1", "failed"),
        ("end", "passed"),
        ("end", "failed"),
    ]
    assert [line for line in format_result(result) if "inspect" in line][-1].endswith("--keep DIR")


def test_a_rubric_is_skipped_without_a_judge(tmp_path: Path) -> None:
    """Without a judging model a rubric is reported as skipped: neither passed nor failed."""
    result = run(tmp_path, scenario({"user": "Hi.", "expect": [{"judge": "is polite"}]}))
    assert outcomes(result) == [("judge", "skipped")]
    assert (result.outcome, result.count("passed")) == ("passed", 0)
    assert "skipped" in list(format_result(result))[-1]


@pytest.mark.network
def test_a_judge_decides_by_its_score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A score from the minimum on passes, a lower one fails with the reason, and a reply without a score fails."""
    replies = iter(['{"score": 0.7, "reason": "Good."}', 'Well: {"score": 0.69, "reason": "Weak."}', "Very polite!"])
    rubric = {"judge": {"rubric": "is polite", "model": "judge"}}
    with FakeServer(lambda request: next(replies)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        result = run(tmp_path, scenario({"user": "Hi.", "expect": [rubric, rubric, rubric]}))
    assert outcomes(result) == [("judge", "passed"), ("judge", "failed"), ("judge", "failed")]
    assert result.failures[0].expected == 'at least 0.7 for "is polite"'
    assert result.failures[0].actual.startswith("0.69: Weak. (the reply was ")
    assert "Judge 'judge' replied without a score: 'Very polite!'" in result.failures[1].actual
