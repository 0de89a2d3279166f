"""Turn what the command line names into stories: scenario files, folders of them, or files of public datasets."""

from collections.abc import Sequence
from pathlib import Path

from carrel.errors import NotFound, UsageError
from carrel.scenario.files.datasets import DATASETS, read_dataset
from carrel.scenario.files.load import Source, find, load
from carrel.scenario.files.select import selected


def gather(paths: Sequence[Path], form: str | None = None, expression: str | None = None) -> list[Source]:
    """Return the stories that are meant.

    Raises:
        BadFile: one of the files is not what it should be.
        UsageError: the format or the expression is not known.
        NotFound: the expression means none of them.
    """
    if form is None or form == "scenario":
        found = [load(path) for path in find(paths)]
    elif form in DATASETS:
        found = [source for path in paths for source in read_dataset(path, form)]
    else:
        raise UsageError(f"Format '{form}' is unknown.", f"It is one of scenario, {', '.join(DATASETS)}.")
    chosen = [source for source in found if not expression or selected(source, expression)]
    if not chosen:
        raise NotFound(f"-k '{expression}' means none of {len(found)} stories.", "See their names and tags.")
    _check_slugs(chosen)
    return chosen


def _check_slugs(sources: Sequence[Source]) -> None:
    """Raise UsageError where two stories would write to the same place."""
    seen: dict[str, Path] = {}
    for source in sources:
        if source.slug in seen:
            said = f"'{source.file}' and '{seen[source.slug]}' have the same name."
            raise UsageError(said, "Rename one of them, or run them apart.")
        seen[source.slug] = source.file
