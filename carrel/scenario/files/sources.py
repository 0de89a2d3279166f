"""Load the scenarios that a command line names: scenario files, folders of them, or files of public datasets."""

from collections.abc import Sequence
from pathlib import Path

from carrel.errors import BadFile, NotFound, UsageError
from carrel.scenario.files.datasets import DATASETS
from carrel.scenario.files.expression import evaluate
from carrel.scenario.files.load import SUFFIXES, ScenarioSource, load


def load_sources(
    paths: Sequence[Path], format_name: str | None = None, expression: str | None = None
) -> list[ScenarioSource]:
    """Return the scenarios of files and folders, only those for which the expression is true if one is given.

    Raises:
        BadFile: a file is not of the format.
        UsageError: the format is unknown, the expression is not well-formed, or two scenarios share a name.
        NotFound: the expression is true of none.
    """
    if format_name is None or format_name == "scenario":
        loaded = [load(path) for path in find_files(paths)]
    elif format_name in DATASETS:
        loaded = [source for path in paths for source in DATASETS[format_name](path)]
    else:
        raise UsageError(f"Format '{format_name}' is unknown.", f"Known are scenario, {', '.join(DATASETS)}.")
    selected = [source for source in loaded if not expression or evaluate(expression, _names(source))]
    if not selected:
        raise NotFound(f"-k '{expression}' selects none of {len(loaded)} scenarios.", "Check their names and tags.")
    _check_slugs(selected)
    return selected


def find_files(paths: Sequence[Path]) -> list[Path]:
    """Return the files among the paths, and the scenario files below the folders among them.

    Raises:
        BadFile: a folder contains no scenario file.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(file for suffix in SUFFIXES for file in path.rglob(f"*{suffix}"))
        if not inside:
            raise BadFile(f"Folder '{path}' contains no file *{SUFFIXES[0]}.", "Name a file, or rename yours.")
        found += inside
    return list(dict.fromkeys(found))


def _names(source: ScenarioSource) -> list[str]:
    return [source.scenario.name, source.slug, *source.scenario.tags]


def _check_slugs(sources: Sequence[ScenarioSource]) -> None:
    """Raise UsageError if two scenarios would write to the same path."""
    seen: dict[str, Path] = {}
    for source in sources:
        if source.slug in seen:
            problem = f"'{source.file}' and '{seen[source.slug]}' have the same name."
            raise UsageError(problem, "Rename one of them, or run them separately.")
        seen[source.slug] = source.file
