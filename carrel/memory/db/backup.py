"""Backups of a database: one before each upgrade, and one whenever somebody asks for it."""

from datetime import UTC
from pathlib import Path

from carrel.clock import SystemClock
from carrel.errors import StoreFailed
from carrel.memory.db.database import Database

BACKUPS_KEPT = 5


def backup(database: Database, label: str) -> Path:
    """Write a consistent copy next to the database, readable by its owner only, and keep the newest five of this label.

    Raises:
        StoreFailed: the copy cannot be written or is damaged. Nothing is left of it.
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
    """Copy the database to a new file, check the copy and flush it to disk. Raise StoreFailed."""
    database.dialect.copy(database.engine, target)
