"""Copies of a database beside it: before each upgrade, and when somebody asks for one."""

from datetime import UTC
from pathlib import Path

from carrel.clock import SystemClock
from carrel.errors import StoreFailed
from carrel.memory.db.database import Database

BACKUPS_KEPT = 5


def backup(database: Database, label: str) -> Path:
    """Write a consistent copy beside the database, for its owner alone, and keep the newest few of this label.

    Raises:
        StoreFailed: it cannot be written, or the copy is damaged; nothing is left of it.
    """
    folder = database.path.parent / "backups"
    stamp = SystemClock().now().astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
    target = folder / f"carrel-{label}-{stamp}.db"
    partial = target.with_suffix(".partial")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        copy_database(database, partial)
        partial.replace(target)
    except (OSError, StoreFailed) as error:
        if partial.is_file():
            partial.unlink()
        raise StoreFailed(f"Backup '{target}' failed: {error}. Nothing was changed.", "Make room for it.") from error
    for old in sorted(folder.glob(f"carrel-{label}-*.db"))[:-BACKUPS_KEPT]:
        old.unlink()
    return target


def copy_database(database: Database, target: Path) -> None:
    """Copy the database into a new file, check the copy and see it onto the disk. Raise StoreFailed."""
    database.dialect.copy(database.engine, target)
