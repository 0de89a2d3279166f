"""`carrel run`: scripted multi-session conversations, with expectations."""

import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AsJson, Model
from carrel.cli.terminal.output import print_json, print_line, print_note
from carrel.errors import UsageError
from carrel.text import terminal_text

if TYPE_CHECKING:  # for types only: pydantic and SQLAlchemy take time
    from carrel.agent.agent import Session
    from carrel.scenario.files.load import ScenarioSource
    from carrel.scenario.play.runtime import ModelOptions, Runtime
    from carrel.scenario.run import RunOptions, RunResult

FAILED = 5
"""The exit code where an expectation failed."""


def run(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE...", help="Scenario files, or folders.")] = None,
    expression: Annotated[
        str, typer.Option("-k", metavar="EXPR", help="Run only these, such as: recall and not slow.")
    ] = "",
    format_name: Annotated[str | None, typer.Option("--format", help="scenario, locomo or beam.")] = None,
    model: Model = None,
    live: Annotated[bool, typer.Option("--live", help="Use the configured model.")] = False,
    judge: Annotated[str | None, typer.Option("--judge", help="The model that judges.")] = None,
    record: Annotated[bool, typer.Option("--record", help="Store the model's answers beside the file.")] = False,
    replay: Annotated[bool, typer.Option("--replay", help="Answer from the recorded answers.")] = False,
    cassettes: Annotated[Path | None, typer.Option("--cassettes", help="The folder of the recordings.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="How many scenarios run at once.")] = 1,
    repeat: Annotated[int, typer.Option("--repeat", min=1, help="Run each this many times; print the pass rate.")] = 1,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write trajectories here; resumes what was stopped.")
    ] = None,
    keep: Annotated[Path | None, typer.Option("--keep", help="Keep the homes in this folder.")] = None,
    stop_at: Annotated[str | None, typer.Option("--stop-at", metavar="S:N", help="Stop after this turn.")] = None,
    interactive: Annotated[bool, typer.Option("--interactive", help="Chat on where it stopped.")] = False,
    score: Annotated[Path | None, typer.Option("--score", metavar="OUT", help="Grade saved runs again.")] = None,
    junit: Annotated[Path | None, typer.Option("--junit", metavar="XML", help="Write a JUnit report.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of scenario files.")] = False,
    as_json: AsJson = False,
) -> None:
    """Play scenarios: weeks of sessions in seconds, with expectations."""
    if schema:
        return _print_schema()
    paths = files or []
    _refuse_conflicts(
        (not paths and score is None, "No scenario is named.", "Give a file or folder: carrel run examples/scenarios"),
        (bool(paths) and score is not None, "--score grades saved runs; it takes no files.", "Leave them out."),
        (record and replay, "--record and --replay exclude each other.", "Give one of them."),
        (record and repeat > 1, "--record takes one run of each scenario.", "Leave --repeat out."),
        (bool(replay and (live or model)), "--replay needs no model.", "Leave --live and --model out."),
        (interactive and stop_at is None, "--interactive needs a place to stop.", "Add --stop-at, such as s2:3."),
        (interactive and len(paths) > 1, "--interactive takes one scenario.", "Name one file."),
    )
    from carrel.scenario.files.sources import load_sources
    from carrel.scenario.play.runtime import ModelOptions
    from carrel.scenario.run import RunOptions

    models = ModelOptions(model, live, judge, record, replay, cassettes)
    if score is not None:
        results = [_report(result, as_json) for result in _regrade(score, models)]
    else:
        options = RunOptions(models, out, keep, repeat, _parse_stop(stop_at))
        sources = load_sources(paths, format_name, expression)
        results = _chat_at_stop(sources, options, as_json) if interactive else _run(sources, options, jobs, as_json)
    return _finish(results, junit, as_json)


def _refuse_conflicts(*conflicts: tuple[bool, str, str]) -> None:
    """Raise UsageError for the first condition that holds, with its message and remedy."""
    for holds, message, remedy in conflicts:
        if holds:
            raise UsageError(message, remedy)


def _parse_stop(text: str | None) -> tuple[str, int] | None:
    """Return the session and the number of its turn at which to stop."""
    if text is None:
        return None
    session, colon, number = text.rpartition(":")
    if not colon or not number.isdigit():
        raise UsageError(f"--stop-at '{text}' is not understood.", "Name a session and a turn of it, such as s2:3.")
    return session, int(number)


def _print_schema() -> None:
    from carrel.scenario.files.schema import json_schema

    print_line(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _regrade(out: Path, models: "ModelOptions") -> "list[RunResult]":
    from carrel.scenario.grade.judge_models import JudgeModels
    from carrel.scenario.regrade import regrade

    with closing(JudgeModels(models.judge or "")) as judges:
        return list(regrade(out, judges))


def _report(result: "RunResult", as_json: bool) -> "RunResult":
    """Print the report of a run, unless the output is JSON."""
    from carrel.scenario.report import format_result

    for text in () if as_json else format_result(result):
        print_line(terminal_text(text))
    return result


def _chat_at_stop(sources: "Sequence[ScenarioSource]", options: "RunOptions", as_json: bool) -> "list[RunResult]":
    """Run one scenario up to its stop, and chat from there."""
    from carrel.scenario.run import run_scenario

    if len(sources) > 1:
        raise UsageError(f"--interactive takes one scenario, and {len(sources)} are named.", "Name one file.")
    return [_report(run_scenario(sources[0], options, on_stop=_chat), as_json)]


def _run(sources: "Sequence[ScenarioSource]", options: "RunOptions", jobs: int, as_json: bool) -> "list[RunResult]":
    """Run the scenarios, and print the report of each when it ends."""
    from carrel.scenario.suite import run_all

    progress = _Progress(len(sources) * options.repeat)
    results = []
    for result in run_all(sources, options, jobs, progress.show):
        progress.clear()
        results.append(_report(result, as_json))
    return results


class _Progress:
    """The progress of a run, in one line at a terminal."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._ended = 0
        self._watched = sys.stderr.isatty()

    def show(self, source: "ScenarioSource", where: str) -> None:
        """Redraw the line."""
        if self._watched:
            text = f"[{self._ended + 1}/{self._count}] {source.scenario.name}  {where}"
            sys.stderr.write(f"\r\x1b[K{terminal_text(text)[:100]}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Count a scenario that ended, and remove the line."""
        self._ended += 1
        if self._watched:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _chat(runtime: "Runtime", session: "Session") -> None:
    """Chat on where a scenario was stopped: with its model, or the offline one if the scenario gave its replies."""
    from carrel.cli.chat import converse, open_chat

    if runtime.replies:
        runtime.replies.switch_to_offline()
    print_note(f"Stopped on {runtime.clock.now():%A %Y-%m-%d %H:%M}; the clock stands still. Memory is the scenario's.")
    converse(open_chat(runtime.client, lambda: session))


def _finish(results: "Sequence[RunResult]", junit: Path | None, as_json: bool) -> None:
    """Print the summary, write the JUnit report, and exit with the matching code."""
    from carrel.scenario import report

    if junit:
        report.write_junit(junit, results)
    if as_json:
        print_json("run", report.to_json(results))
    else:
        for text in report.format_summary(results):
            print_line(terminal_text(text))
    if any(result.outcome == "failed" for result in results):
        raise typer.Exit(FAILED)
    errors = [result.error for result in results if result.error]
    if errors:
        raise typer.Exit(int(errors[0]["exit_code"]))
