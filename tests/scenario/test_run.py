"""One run of a scenario: its result, and what it writes."""

import json
from pathlib import Path

from carrel.scenario.run import SUMMARY_FILE, RunOptions, run_scenario
from tests.scenario.builders import run, scenario, write_and_load

CAT = {"user": "I have a cat.", "expect": {"core.human": "cat"}}

ASIDE = {"user": "Do I have a cat?", "aside": True, "score": {"answer": "Yes", "kind": "pets"}}


def test_a_summary_is_written_beside_the_trajectory(tmp_path: Path) -> None:
    """It contains everything that differs from run to run: times, verdicts, scores."""
    result = run(tmp_path, scenario(CAT, ASIDE), out=tmp_path / "out", repeat=2)
    summary = json.loads((tmp_path / "out" / "test-1" / SUMMARY_FILE).read_text(encoding="utf-8"))
    assert (result.slug, result.turns, summary["outcome"], summary["error"]) == ("test-1", 2, "passed", None)
    assert summary["verdicts"] == [verdict.to_json() for verdict in result.verdicts]
    assert (summary["scores"][0]["kind"], summary["scores"][0]["answer"]) == ("pets", 1.0)
    assert set(summary["turn_seconds"]) == {"s1:1.1", "s1:2.1"}


def test_an_aside_is_not_asked_again(tmp_path: Path) -> None:
    """A second run reuses the records of asides, and asks them again if the conversation before them changed."""
    out = tmp_path / "out"
    assert [run(tmp_path, scenario(CAT, ASIDE), out=out).reused for _ in range(2)] == [0, 1]
    assert run(tmp_path, scenario("I have a dog.", ASIDE), out=out).reused == 0


def test_stopping_at_a_turn(tmp_path: Path) -> None:
    """The run ends after the turn, with the home still open; a turn that does not exist is an error."""
    source = write_and_load(tmp_path, scenario(CAT, "Bye.", CAT))
    counts: list[int] = []
    result = run_scenario(
        source,
        RunOptions(stop_at=("s1", 2)),
        on_stop=lambda runtime, session: counts.append(runtime.client.agent("default").counts.turns),
    )
    assert (result.outcome, result.turns, counts) == ("passed", 2, [2])
    missing = run_scenario(source, RunOptions(stop_at=("s1", 9)))
    assert missing.error is not None
    assert missing.error["message"].endswith("has no turn s1:9. Name a session and one of its turns, such as s1:2.")


def test_progress(tmp_path: Path) -> None:
    """The place of each turn is reported before it is played, with the repetition if there are several."""
    places: list[str] = []
    source = write_and_load(tmp_path, scenario("Hi.", {"user": "No. {{ i }}", "repeat": 2}, {"expect": {"steps": 1}}))
    run_scenario(source, RunOptions(), on_progress=places.append)
    assert places == ["s1:1", "s1:2 1/2", "s1:2 2/2"]


def test_a_model_that_is_not_connected(tmp_path: Path) -> None:
    """It is part of the result, with the error's own exit code."""
    result = run(tmp_path, scenario(CAT, agent={"model": "gpt-9", "embedder": "none"}))
    assert result.error is not None
    assert (result.outcome, result.error["code"], result.error["exit_code"]) == ("error", "not_configured", 3)
