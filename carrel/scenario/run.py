"""Run one scenario once: play it in a home of its own, grade it, and write what happened."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from carrel.agent.agent import Session
from carrel.errors import CarrelError, UsageError
from carrel.scenario.files.load import ScenarioSource
from carrel.scenario.grade.grader import Grader, Verdict
from carrel.scenario.grade.judge_models import JudgeModels
from carrel.scenario.grade.scores import AnswerScore, score_turn
from carrel.scenario.play.player import Player, TurnFailed
from carrel.scenario.play.runtime import ModelOptions, Runtime, open_runtime
from carrel.scenario.record import aside_cache, trajectory
from carrel.scenario.record.aside_cache import AsideCache
from carrel.scenario.record.trajectory import Record, write_trajectory
from carrel.scenario.run_home import open_run_home

SUMMARY_SCHEMA = "carrel/run-summary@1"
SUMMARY_FILE = "summary.json"

OnProgress = Callable[[str], None]
"""Called with the place of each turn, `s1:2`, before it is played."""
OnStop = Callable[[Runtime, Session], None]
"""Called when a scenario has stopped at the turn given by `stop_at`."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How scenarios are run."""

    models: ModelOptions = field(default_factory=ModelOptions)
    out: Path | None = None
    """The folder for trajectories; an interrupted run resumes from it."""
    keep: Path | None = None
    """The folder in which to keep homes."""
    repeat: int = 1
    stop_at: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class RunResult:
    """The result of one run of a scenario."""

    name: str
    file: str
    slug: str
    repetition: int = 1
    verdicts: tuple[Verdict, ...] = ()
    error: dict[str, Any] | None = None
    """What ended the run early: code, message, exit code."""
    turns: int = 0
    seconds: float = 0.0
    scores: tuple[AnswerScore, ...] = ()
    home: str | None = None
    """The path of the home, if it was kept."""
    agent: str = "default"
    reused: int = 0
    """Aside turns whose records come from an earlier run."""

    @property
    def failures(self) -> tuple[Verdict, ...]:
        """The verdicts on expectations that failed."""
        return tuple(verdict for verdict in self.verdicts if verdict.outcome == "failed")

    @property
    def outcome(self) -> str:
        """One of passed, failed, error."""
        return "error" if self.error else "failed" if self.failures else "passed"

    def count(self, outcome: str) -> int:
        """Return the number of verdicts with an outcome."""
        return sum(verdict.outcome == outcome for verdict in self.verdicts)


def run_scenario(
    source: ScenarioSource,
    options: RunOptions,
    repetition: int = 1,
    on_progress: OnProgress = lambda place: None,
    on_stop: OnStop = lambda runtime, session: None,
) -> RunResult:
    """Run a scenario once and return its result; an error while it is played is part of the result.

    Raises:
        UsageError: the home to keep was not created by a run, or the cassette would contain a key.
    """
    name = source.slug if options.repeat == 1 else f"{source.slug}-{repetition}"
    started = time.perf_counter()
    base = RunResult(source.scenario.name, str(source.file), name, repetition, agent=source.scenario.agent.name)
    with open_run_home(options.keep, name) as home:
        kept = str(home) if options.keep else None
        try:
            runtime = open_runtime(source, options.models, home, repetition - 1)
        except CarrelError as error:
            return replace(base, error=_error_json(error), home=kept)
        try:
            run = _Run(source, options, runtime, options.out / name if options.out else None)
            run.play(on_progress)
            run.finish(on_stop)
        finally:
            runtime.close()
    seconds = time.perf_counter() - started
    result = replace(base, seconds=seconds, home=kept, **run.result_fields())
    if options.out:
        _save_summary(options.out / name / SUMMARY_FILE, result, run.turn_seconds)
    return result


class _Run:
    """The playing and grading of one scenario."""

    def __init__(self, source: ScenarioSource, options: RunOptions, runtime: Runtime, folder: Path | None) -> None:
        self._source = source
        self._options = options
        self._runtime = runtime
        self._folder = folder
        self._asides = AsideCache(folder / aside_cache.FILE_NAME) if folder else None
        self._records: list[Record] = []
        self._verdicts: list[Verdict] = []
        self._scores: list[AnswerScore] = []
        self._turns = 0
        self._error: dict[str, Any] | None = None
        self._stopped: Session | None = None
        self.turn_seconds: dict[str, float] | None = None
        """How long each turn took; None in a replay."""

    def play(self, on_progress: OnProgress) -> None:
        """Play the scenario and grade each record as it comes; the first error ends it."""
        asides = self._asides if self._asides is not None else {}
        player = Player(self._source, self._runtime, on_progress, asides, self._options.stop_at)
        self.turn_seconds = None if self._runtime.cassette else player.seconds
        judges = JudgeModels(self._runtime.default_judge, self._runtime.writer, self._runtime.cassette)
        grader = Grader(self._source, judges, self.turn_seconds)
        try:
            for record in player.play():
                self._verdicts += grader.grade(record)
                self._records += [record] if self._folder else []
                self._turns += record["type"] == "turn"
                self._scores += score_turn(self._source, record, judges)
        except CarrelError as error:
            self._error = _error_json(error)
        finally:
            judges.close()
        self._stopped = player.stopped

    def finish(self, on_stop: OnStop) -> None:
        """Hand over at the turn where it stopped, and write the cassette and the trajectory."""
        stop_at = self._options.stop_at
        if self._stopped:
            on_stop(self._runtime, self._stopped)
        elif stop_at and not self._error:
            problem = f"'{self._source.file}' has no turn {stop_at[0]}:{stop_at[1]}."
            self._error = _error_json(UsageError(problem, "Name a session and one of its turns, such as s1:2."))
        if self._runtime.writer and not self._error:
            self._runtime.writer.save(self._options.models.cassette_path(self._source))
        if self._folder:
            write_trajectory(self._folder / trajectory.FILE_NAME, self._records)

    def result_fields(self) -> dict[str, Any]:
        """Return what the run adds to its result."""
        return {
            "verdicts": tuple(self._verdicts),
            "error": self._error,
            "turns": self._turns,
            "scores": tuple(self._scores),
            "reused": self._asides.reused if self._asides is not None else 0,
        }


def _save_summary(path: Path, result: RunResult, turn_seconds: dict[str, float] | None) -> None:
    """Write the summary beside the trajectory; it holds everything that differs from run to run."""
    data = {
        "schema": SUMMARY_SCHEMA,
        "name": result.name,
        "file": result.file,
        "repetition": result.repetition,
        "outcome": result.outcome,
        "error": result.error,
        "seconds": round(result.seconds, 3),
        "turn_seconds": turn_seconds,
        "verdicts": [verdict.to_json() for verdict in result.verdicts],
        "scores": [asdict(score) for score in result.scores],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _error_json(error: CarrelError) -> dict[str, Any]:
    if isinstance(error, TurnFailed):
        return {"code": error.failure, "message": str(error), "exit_code": error.failure_exit}
    return {"code": error.code, "message": str(error), "exit_code": error.exit_code}
