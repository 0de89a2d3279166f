"""The home directory of a run: temporary, or kept for the user to look at."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from carrel.errors import UsageError

MARKER = ".carrel-run"
"""A file in each home that a run has created, so that a later run may delete it."""


@contextmanager
def open_run_home(keep: Path | None, name: str) -> Iterator[Path]:
    """Yield an empty home: a temporary one that is deleted at the end, or `name` below the folder `keep`.

    Raises:
        UsageError: the folder exists and was not created by a run.
    """
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="carrel-run-") as folder:
            yield Path(folder)
        return
    home = keep / name
    if home.exists():
        _delete(home)
    home.mkdir(parents=True)
    (home / MARKER).touch()
    yield home


def _delete(home: Path) -> None:
    if not (home / MARKER).is_file():
        raise UsageError(f"Folder '{home}' exists and was not created by carrel run.", "Give --keep another folder.")
    shutil.rmtree(home)
