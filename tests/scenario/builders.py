"""Build small scenarios for tests, and run them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from carrel.scenario.files.load import ScenarioSource, load
from carrel.scenario.play.runtime import ModelOptions
from carrel.scenario.run import RunOptions, RunResult, run_scenario

HEAD = {"schema": "carrel/scenario@1", "name": "a scenario", "agent": {"embedder": "none"}}

EXAMPLE = """\
schema: carrel/scenario@1
name: peanuts
agent: {model: "${WHICH:-offline}", window: 4096, embedder: none}
clock: {start: 2026-01-05T09:00:00+01:00, per_turn: 30s}
sessions:
  - turns:
      - user: yes
        expect:
          - core.human: {contains: peanut}
  - id: s2
    advance: 21d
    turns:
      - user: Can I eat satay?
        repeat: 40
        expect:
          - reply: {matches: "(?i)peanut"}
"""
"""The text of a scenario's file."""


def scenario(*turns: Mapping[str, Any] | str, **more: Any) -> dict[str, Any]:
    """Return a scenario of one session; a bare text is a message of the user."""
    listed = [{"user": turn} if isinstance(turn, str) else dict(turn) for turn in turns]
    return {**HEAD, "sessions": [{"id": "s1", "turns": listed}], **more}


def write(path: Path, given: Mapping[str, Any]) -> Path:
    """Write a scenario's file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(dict(given), allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def write_and_load(folder: Path, given: Mapping[str, Any], name: str = "test") -> ScenarioSource:
    """Write a scenario's file and load it."""
    return load(write(folder / f"{name}.scenario.yaml", given))


def run(folder: Path, given: Mapping[str, Any], models: ModelOptions | None = None, **options: Any) -> RunResult:
    """Write a scenario's file, load it and run it."""
    return run_scenario(write_and_load(folder, given), RunOptions(models or ModelOptions(), **options))


def outcomes(result: RunResult) -> list[tuple[str, str]]:
    """Return the kind and the outcome of every verdict of a run that ended without an error."""
    assert result.error is None, result.error
    return [(verdict.kind, verdict.outcome) for verdict in result.verdicts]
