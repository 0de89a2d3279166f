"""Reports of runs: as text, as JSON, as JUnit XML."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from carrel.scenario.grade.grader import Verdict
from carrel.scenario.grade.scores import AnswerScore
from carrel.scenario.report import (
    count_outcomes,
    count_passes,
    format_result,
    format_summary,
    inspect_command,
    to_json,
    write_junit,
)
from carrel.scenario.run import RunResult

PASSED = Verdict("reply", "passed", 'contains "cat"', '"A cat."', "s1:1", 7)
FAILED = Verdict("reply", "failed", 'contains "狗"', '"A \x1bcat."', "s1:1 (repetition 2)", 7)
SKIPPED = Verdict("judge", "skipped", 'at least 0.7 for "kind"', "no judge", "s1:2", 9)
RESULT = RunResult("A cat", "a.scenario.yaml", "a", turns=2, seconds=0.25, verdicts=(PASSED, SKIPPED))
ERROR = {"code": "model_failed", "message": "Turn s1:1 failed: Asleep.\nTry later.", "exit_code": 1}


def test_a_run_that_passed() -> None:
    """One line with the counts, and one for each skipped expectation."""
    assert list(format_result(RESULT)) == [
        "PASS  A cat  (2 turns, 1 passed, 1 skipped, 0.2 s)",
        "  skipped  a.scenario.yaml:9  s1:2  judge: no judge",
    ]
    again = replace(RESULT, turns=1, repetition=3, verdicts=(), reused=4)
    assert list(format_result(again)) == ["PASS  A cat #3  (1 turn, 0 passed, 4 from an earlier run, 0.2 s)"]


def test_a_run_that_failed() -> None:
    """Each failure has its place, what was expected, what was found, and what to run; ten are shown."""
    lines = list(format_result(replace(RESULT, verdicts=(FAILED,) * 12, home="/h")))
    assert lines[:5] == [
        "FAIL  A cat  (2 turns, 0 passed, 12 failed, 0.2 s)",
        "  a.scenario.yaml:7  s1:1 (repetition 2)  reply",
        '    expected  contains "狗"',
        '    actual    "A \x1bcat."',
        "    inspect   CARREL_HOME=/h carrel session show s1 -a default",
    ]
    assert lines[-2:] == ["  … and 2 more failures", "  home kept in /h"]
    assert len(lines) == 1 + 10 * 4 + 2


def test_a_run_that_ended_early() -> None:
    """The error's message and the file are shown."""
    assert list(format_result(replace(RESULT, verdicts=(), error=ERROR)))[1:] == [
        "  Turn s1:1 failed: Asleep.",
        "  Try later.",
        "  a.scenario.yaml",
    ]


def test_what_to_run() -> None:
    """The home if it was kept; else the turn, to talk on there; else the scenario with its home kept."""
    end = replace(FAILED, where="end")
    assert inspect_command(RESULT, FAILED) == "carrel run a.scenario.yaml --stop-at s1:1 --interactive"
    assert inspect_command(RESULT, end) == "carrel run a.scenario.yaml --keep DIR"
    assert inspect_command(replace(RESULT, home="/h", agent="ada"), end) == "CARREL_HOME=/h carrel memory ls -a ada"


def test_counts() -> None:
    """Runs are counted by outcome; an error is neither passed nor failed; repetitions are counted by file."""
    results = [RESULT, replace(RESULT, repetition=2, verdicts=(FAILED,)), replace(RESULT, file="b", error=ERROR)]
    assert count_outcomes(results) == {
        "runs": 3,
        "passed": 1,
        "failed": 1,
        "errors": 1,
        "skipped": 2,
        "pass_rate": 0.3333,
    }
    assert count_outcomes([])["pass_rate"] is None
    assert count_passes(results) == [("A cat", 1, 2), ("A cat", 0, 1)]


def test_summary() -> None:
    """Pass rates if a scenario ran several times, a table of scores if there are any, and the counts."""
    score = AnswerScore("q:1", "temporal", 1.0, 0.5, None)
    results = [replace(RESULT, scores=(score,)), replace(RESULT, repetition=2, error=ERROR)]
    assert list(format_summary(results)) == [
        "A cat: 1 of 2 runs passed (50 %)",
        "kind      questions  evidence retrieved %  answer F1 %  ROUGE-L %  judged %",
        "temporal          1                 100.0         50.0          –         –",
        "1 of 2 passed, 1 ended with an error, 2 expectations skipped.",
    ]
    assert list(format_summary([replace(RESULT, verdicts=(PASSED,))])) == ["1 of 1 passed."]


def test_json() -> None:
    """Programs get every run, and tables of scores if there are any."""
    plain = to_json([RESULT])
    assert plain["scenarios"][0] == {
        "name": "A cat",
        "file": "a.scenario.yaml",
        "repetition": 1,
        "outcome": "passed",
        "turns": 2,
        "seconds": 0.25,
        "held": 1,
        "failed": [],
        "skipped": [SKIPPED.to_json()],
        "error": None,
        "home": None,
    }
    assert "scores" not in plain
    score = AnswerScore("q:1", "temporal", 1.0, 0.5, None, said="May", gold="In May")
    scored = to_json([replace(RESULT, scores=(score,), reused=1)])
    assert [row["kind"] for row in scored["scores"]] == ["temporal"]
    assert (scored["scenarios"][0]["taken"], scored["scenarios"][0]["answers"][0]["gold"]) == (1, "In May")


def test_junit(tmp_path: Path) -> None:
    """A test case for each run, in XML that any reader accepts whatever the texts contain."""
    path = tmp_path / "reports" / "junit.xml"
    write_junit(path, [RESULT, replace(RESULT, repetition=2, verdicts=(FAILED,)), replace(RESULT, error=ERROR)])
    root = ElementTree.parse(path).getroot()
    assert root.attrib == {"tests": "3", "failures": "1", "errors": "1"}
    passed, failed, broken = root.iter("testcase")
    assert (passed.get("name"), list(passed)) == ("A cat", [])
    assert (failed.get("name"), [child.tag for child in failed]) == ("A cat #2", ["failure"])
    assert 'actual    "A cat."' in str(failed[0].text)
    assert (broken[0].tag, broken[0].get("message"), broken[0].text) == ("error", "model_failed", ERROR["message"])
