"""Backups of a database: one before each upgrade, and one whenever somebody asks for it.

They are ordered by a number in their names, not by time: a clock may go back.
"""

import re
from datetime import UTC
from pathlib import Path

from carrel.clock import SystemClock
from carrel.errors import StoreFailed
from carrel.memory.db.database import Database

BACKUPS_KEPT = 5

_NUMBERED = re.compile(r".*-n(\d{4,})-\d{8}T\d+\.db")


def backup(database: Database, label: str) -> Path:
    """Write a consistent copy next to the database, readable by its owner only, and keep the newest five of this label.

    Raises:
        StoreFailed: the copy cannot be written or is damaged. Nothing is left of it.
    """
    folder = backups_folder(database.path)
    target = folder / backup_name(folder, label)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        write_copy(database, target)
    except (OSError, StoreFailed) as error:
        raise StoreFailed(f"Backup '{target}' failed: {error}. Nothing was changed.", "Make room for it.") from error
    for old in list_backups(folder, label)[:-BACKUPS_KEPT]:
        old.unlink()
    return target


def write_copy(database: Database, target: Path) -> None:
    """Write a consistent copy under another name, and move it to its place when it is whole.

    Raises:
        OSError, StoreFailed: it cannot be written or is damaged. Nothing is left of it.
    """
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        copy_database(database, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def copy_database(database: Database, target: Path) -> None:
    """Copy the database to a new file, check the copy and flush it to disk. Raise StoreFailed."""
    database.dialect.copy(database.engine, target)


def backups_folder(database: Path) -> Path:
    """Return the directory of the backups of a database file."""
    return database.parent / "backups"


def list_backups(folder: Path, label: str = "") -> list[Path]:
    """Return the backups in a directory, of one label or of all, the oldest first."""
    found = folder.glob(f"carrel-{label}-*.db" if label else "carrel-*.db")
    return sorted(found, key=lambda path: (_number(path), path.name))


def backup_name(folder: Path, label: str) -> str:
    """Return the name of the next backup: label, number and time."""
    number = max((_number(path) for path in list_backups(folder)), default=0) + 1
    return f"carrel-{label}-n{number:04}-{SystemClock().now().astimezone(UTC).strftime('%Y%m%dT%H%M%S')}.db"


def _number(path: Path) -> int:
    """Return the number of a backup; 0 for one of an earlier Carrel, which wrote the time alone."""
    found = _NUMBERED.fullmatch(path.name)
    return int(found[1]) if found else 0
