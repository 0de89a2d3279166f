"""Run stories: one after the other or several at once, each in a home of its own, and say how each came out."""

import json
import logging
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

from carrel.agent.agent import Session
from carrel.errors import CarrelError, UsageError
from carrel.scenario.files.load import Source
from carrel.scenario.grade.grade import Grader, Verdict
from carrel.scenario.grade.scores import Scored, score_of
from carrel.scenario.play import trajectory
from carrel.scenario.play.play import Player, TurnFailed
from carrel.scenario.play.stage import Casting, Stage, open_stage
from carrel.scenario.record.state import Record


@dataclass(frozen=True, slots=True)
class Result:
    """How a story came out."""

    name: str
    file: str
    slug: str
    repetition: int = 1
    verdicts: tuple[Verdict, ...] = ()
    error: dict[str, Any] | None = None
    """What failed beside expectations: code, message, exit code."""
    turns: int = 0
    seconds: float = 0.0
    scores: tuple[Scored, ...] = ()
    home: str | None = None
    """Where the home is, if it was kept."""
    agent: str = "default"
    taken: int = 0
    """Turns on the side that were taken from an earlier run."""

    @property
    def failures(self) -> tuple[Verdict, ...]:
        """The expectations that failed."""
        return tuple(verdict for verdict in self.verdicts if verdict.outcome == "failed")

    @property
    def outcome(self) -> str:
        """One of passed, failed, error."""
        return "error" if self.error else "failed" if self.failures else "passed"

    def count(self, outcome: str) -> int:
        """Return how many expectations came out so."""
        return sum(verdict.outcome == outcome for verdict in self.verdicts)


@dataclass(frozen=True, slots=True)
class Plan:
    """How stories are run."""

    casting: Casting = field(default_factory=Casting)
    out: Path | None = None
    """Where trajectories are written; a run that was cut off goes on from there."""
    keep: Path | None = None
    """Where homes are left."""
    repeat: int = 1
    stop_at: tuple[str, int] | None = None


SUMMARY_SCHEMA = "carrel/run-summary@1"

MARK = ".carrel-run"
"""Stands in homes that a run has made, and may therefore remove."""

Watch = Callable[[str], None]
Drop = Callable[[Stage, Session], None]
"""Called where a story was stopped."""


def run(
    source: Source,
    plan: Plan,
    repetition: int = 1,
    watch: Watch = lambda where: None,
    drop: Drop = lambda stage, session: None,
) -> Result:
    """Play one story once and grade it; what fails in it is part of the result.

    Raises:
        UsageError: the recording would hold a key.
    """
    name = source.slug if plan.repeat == 1 else f"{source.slug}-{repetition}"
    started = time.perf_counter()
    base = Result(source.scenario.name, str(source.file), name, repetition, agent=source.scenario.agent.name)
    with _home(plan, name) as home:
        kept = str(home) if plan.keep else None
        try:
            stage = open_stage(source, plan.casting, home, repetition - 1)
        except CarrelError as error:
            return replace(base, error=_told(error), home=kept)
        try:
            played = _played(source, plan, stage, name, watch, drop)
        finally:
            stage.close()
    result = replace(
        base,
        verdicts=tuple(played.verdicts),
        error=played.error,
        turns=played.turns,
        seconds=time.perf_counter() - started,
        scores=tuple(played.scores),
        home=kept,
        taken=played.taken,
    )
    if plan.out:
        _save_summary(plan.out / name / trajectory.SUMMARY, result, played.turn_seconds)
    return result


def _save_summary(path: Path, result: Result, turn_seconds: dict[str, float] | None) -> None:
    """Write what a run came to, beside its trajectory: all that differs from run to run stands here."""
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


@dataclass(slots=True)
class _Played:
    verdicts: list[Verdict] = field(default_factory=list)
    scores: list[Scored] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    error: dict[str, Any] | None = None
    turns: int = 0
    taken: int = 0
    turn_seconds: dict[str, float] | None = None


def _played(source: Source, plan: Plan, stage: Stage, name: str, watch: Watch, drop: Drop) -> _Played:
    found = _Played()
    folder = plan.out / name if plan.out else None
    known = trajectory.Kept(folder / trajectory.ANSWERS) if folder else None
    player = Player(source, stage, watch, known if known is not None else {}, plan.stop_at)
    grader = Grader(source, stage.judges, None if stage.replayed else player.seconds)
    try:
        for record in player.play():
            found.verdicts += grader.take(record)
            found.records += [record] if folder else []
            found.turns += record["type"] == "turn"
            found.scores += score_of(source, record, stage.judges)
    except CarrelError as error:
        found.error = _told(error)
    found.turn_seconds = None if stage.replayed else player.seconds
    found.taken = known.taken if known is not None else 0
    if player.stopped:
        drop(stage, player.stopped)
    elif plan.stop_at and not found.error:
        said = f"'{source.file}' has no turn {plan.stop_at[0]}:{plan.stop_at[1]}."
        found.error = _told(UsageError(said, "Name a session and a turn of it, such as s1:2."))
    if stage.tape and not found.error:
        stage.tape.save(plan.casting.cassette(source))
    if folder:
        trajectory.write(folder / trajectory.NAME, found.records)
    return found


def run_all(
    sources: Sequence[Source], plan: Plan, jobs: int = 1, watch: Callable[[Source, str], None] = lambda s, w: None
) -> Iterator[Result]:
    """Run stories, each as often as planned, and yield how each came out, in the order in which they end."""
    cases = [(source, n) for source in sources for n in range(1, plan.repeat + 1)]
    if jobs <= 1 or len(cases) == 1:
        for source, n in cases:
            yield run(source, plan, n, lambda where, source=source: watch(source, where))  # type: ignore[misc]
        return
    with ProcessPoolExecutor(min(jobs, len(cases)), get_context("spawn"), _obey) as pool, ExitStack() as broken_off:
        broken_off.callback(_stop, pool)
        waiting: list[Future[Result]] = [pool.submit(run, source, plan, n) for source, n in cases]
        for done in as_completed(waiting):
            yield done.result()
        broken_off.pop_all()


def _obey() -> None:
    """Leave it to the parent to react to Ctrl-C; when it says so, stop and tidy up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)


def _leave(number: int, frame: object) -> None:
    """End in order, so that the home is removed; what breaks off on the way is nothing to tell."""
    logging.disable()
    sys.exit(1)


def _stop(pool: ProcessPoolExecutor) -> None:
    """Stop what runs, and begin nothing more."""
    pool.shutdown(wait=False, cancel_futures=True)
    for child in active_children():
        child.terminate()


def _told(error: CarrelError) -> dict[str, Any]:
    if isinstance(error, TurnFailed):
        return {"code": error.failure, "message": str(error), "exit_code": error.failure_exit}
    return {"code": error.code, "message": str(error), "exit_code": error.exit_code}


@contextmanager
def _home(plan: Plan, name: str) -> Iterator[Path]:
    """Open a home for one run: a new one, thrown away in the end, unless it is to be kept."""
    if plan.keep is None:
        with tempfile.TemporaryDirectory(prefix="carrel-run-") as folder:
            yield Path(folder)
        return
    home = plan.keep / name
    if home.exists():
        _clear(home)
    home.mkdir(parents=True)
    (home / MARK).touch()
    yield home


def _clear(home: Path) -> None:
    """Empty a home that an earlier run left; raise UsageError where somebody else's is there."""
    if not (home / MARK).is_file():
        raise UsageError(f"'{home}' is a home that no run has made.", "Give --keep another folder.")
    shutil.rmtree(home)
