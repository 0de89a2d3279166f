"""Make small stories for tests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from carrel.scenario.files.load import Source, load
from carrel.scenario.play.stage import Casting
from carrel.scenario.suite import Plan, Result, run

HEAD = {"schema": "carrel/scenario@1", "name": "a story", "agent": {"embedder": "none"}}


def written(path: Path, story: Mapping[str, Any]) -> Path:
    """Write a story's file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(dict(story), allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def story(*turns: Mapping[str, Any] | str, **more: Any) -> dict[str, Any]:
    """Return a story of one session; a bare text is what the user says."""
    listed = [{"user": turn} if isinstance(turn, str) else dict(turn) for turn in turns]
    return {**HEAD, "sessions": [{"id": "s1", "turns": listed}], **more}


def loaded(folder: Path, given: Mapping[str, Any], name: str = "story") -> Source:
    """Write and load a story."""
    return load(written(folder / f"{name}.scenario.yaml", given))


def played(folder: Path, given: Mapping[str, Any], casting: Casting | None = None, **plan: Any) -> Result:
    """Write, load and play a story."""
    return run(loaded(folder, given), Plan(casting or Casting(), **plan))


def outcomes(result: Result) -> list[tuple[str, str]]:
    """Return kind and outcome of every verdict."""
    assert result.error is None, result.error
    return [(verdict.kind, verdict.outcome) for verdict in result.verdicts]
