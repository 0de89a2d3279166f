"""Grade saved trajectories again, with the story's file as it is now or a new rubric; nothing is run."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from carrel.errors import BadFile, CarrelError
from carrel.scenario.files.load import Source, load
from carrel.scenario.files.story import Scenario
from carrel.scenario.files.yaml_file import Document
from carrel.scenario.grade.grade import Grader, Verdict
from carrel.scenario.grade.scores import Scored, score_of
from carrel.scenario.play import trajectory
from carrel.scenario.play.stage import Judges
from carrel.scenario.suite import Result


def regrade(out: Path, judges: Judges) -> Iterator[Result]:
    """Yield how the trajectories below a folder come out now.

    The expectations are those of the story's file where it still stands where it stood, else those that were saved.

    Raises:
        BadFile: there is no trajectory, or one cannot be read.
    """
    paths = sorted(out.rglob(trajectory.NAME))
    if not paths:
        raise BadFile(f"'{out}' holds no trajectory.", "Make some: carrel run FILE --out DIR")
    for path in paths:
        yield _result(path, judges)


def _result(path: Path, judges: Judges) -> Result:
    records = trajectory.read(path)
    about = _summary(path.with_name(trajectory.SUMMARY))
    source = _source(records[0]["scenario"], about, path)
    grader = Grader(source, judges, about.get("turn_seconds"))
    verdicts: list[Verdict] = []
    scores: list[Scored] = []
    try:
        for record in records:
            verdicts += grader.take(record)
            scores += score_of(source, record, judges)
    except (IndexError, KeyError) as error:
        said = f"'{path}' does not fit '{source.file}': {type(error).__name__} {error}."
        raise BadFile(said, "The story's turns have changed: run it again.") from None
    return Result(
        source.scenario.name,
        str(source.file),
        path.parent.name,
        int(about.get("repetition", 1)),
        tuple(verdicts),
        about.get("error"),
        sum(record["type"] == "turn" for record in records),
        float(about.get("seconds", 0.0)),
        tuple(scores),
        None,
        source.scenario.agent.name,
    )


def _source(saved: dict[str, Any], about: dict[str, Any], path: Path) -> Source:
    """Return the story as its file has it now; as it was saved where the file is gone or is none of ours."""
    file = Path(str(about.get("file", "")))
    if file.is_file() and file.suffix in {".yaml", ".yml"}:
        try:
            return load(file)
        except CarrelError as error:
            raise BadFile(f"{error.message} Nothing was graded.", error.hint) from None
    return Source(Scenario.model_validate(saved), path, path.parent.name, Document(None))


def _summary(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
