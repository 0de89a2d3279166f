"""Grade saved trajectories again, by the present scenario file or with another judge, without running anything."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from carrel.errors import BadFile, CarrelError
from carrel.scenario.files.load import ScenarioSource, load
from carrel.scenario.files.scenario import Scenario
from carrel.scenario.files.yaml_file import YamlDocument
from carrel.scenario.grade.grader import Grader, Verdict
from carrel.scenario.grade.judge import JudgeOf
from carrel.scenario.grade.scores import AnswerScore, score_turn
from carrel.scenario.record import trajectory
from carrel.scenario.record.trajectory import read_trajectory
from carrel.scenario.run import SUMMARY_FILE, RunResult


def regrade(out: Path, judge_of: JudgeOf) -> Iterator[RunResult]:
    """Yield the results of the trajectories below a folder.

    The expectations are those of the scenario file if it still exists at its path, else those saved in the trajectory.

    Raises:
        BadFile: there is no trajectory, or one cannot be read.
    """
    paths = sorted(out.rglob(trajectory.FILE_NAME))
    if not paths:
        raise BadFile(f"'{out}' contains no trajectory.", "Write some: carrel run FILE --out DIR")
    for path in paths:
        yield _regrade(path, judge_of)


def _regrade(path: Path, judge_of: JudgeOf) -> RunResult:
    records = read_trajectory(path)
    summary = _read_summary(path.with_name(SUMMARY_FILE))
    source = _source(records[0]["scenario"], summary, path)
    grader = Grader(source, judge_of, summary.get("turn_seconds"))
    verdicts: list[Verdict] = []
    scores: list[AnswerScore] = []
    try:
        for record in records:
            verdicts += grader.grade(record)
            scores += score_turn(source, record, judge_of)
    except (IndexError, KeyError) as error:
        problem = f"'{path}' does not fit '{source.file}': {type(error).__name__} {error}."
        raise BadFile(problem, "The scenario's turns have changed: run it again.") from None
    return RunResult(
        name=source.scenario.name,
        file=str(source.file),
        slug=path.parent.name,
        repetition=int(summary.get("repetition", 1)),
        verdicts=tuple(verdicts),
        error=summary.get("error"),
        turns=sum(record["type"] == "turn" for record in records),
        seconds=float(summary.get("seconds", 0.0)),
        scores=tuple(scores),
        agent=source.scenario.agent.name,
    )


def _source(saved: dict[str, Any], summary: dict[str, Any], path: Path) -> ScenarioSource:
    """Return the scenario of the file as it is now, or the saved one if there is no such scenario file."""
    file = Path(str(summary.get("file", "")))
    if file.is_file() and file.suffix in {".yaml", ".yml"}:
        try:
            return load(file)
        except CarrelError as error:
            raise BadFile(f"{error.message} Nothing was graded.", error.hint) from None
    return ScenarioSource(Scenario.model_validate(saved), path, path.parent.name, YamlDocument(None))


def _read_summary(path: Path) -> dict[str, Any]:
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return summary if isinstance(summary, dict) else {}
