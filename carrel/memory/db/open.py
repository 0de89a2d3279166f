"""Open the database of a home. This is the only place that names the SQL engine."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from carrel.errors import StoreFailed
from carrel.memory.db.backup import backups_folder, list_backups
from carrel.memory.db.database import Database, random_id
from carrel.memory.db.file_lock import hold_file, lock_path
from carrel.memory.db.sqlite import SqliteFile
from carrel.memory.db.upgrade import LOCK, upgrade

SMALLEST = 100
"""Bytes of SQLite's header: a smaller file contains no database."""
TRACES = ("index", "history")
"""What is beside a database that was used, apart from its backups and the lock of its upgrades."""


def open_database(home: Path, new_id: Callable[[str], str] = random_id) -> Database:
    """Open the database of a home; create it if it does not exist. One that may not be written can be read.

    Raises:
        StoreFailed: it cannot be opened, or the home shows that a database was there and is lost.
    """
    path = home / "carrel.db"
    _refuse_lost(path)
    if not path.exists():
        _create(path.resolve())
    writable = os.access(home, os.W_OK) and os.access(path, os.W_OK)
    return Database(SqliteFile(path, read_only=not writable), new_id)


def open_file(path: Path) -> Database:
    """Open a database by its path, such as a backup. Raise StoreFailed."""
    return Database(SqliteFile(path))


def _create(path: Path) -> None:
    """Create the database under another name first: an empty file is one that was lost, never one that is new."""
    if not path.parent.is_dir():
        raise StoreFailed(f"Database '{path}' cannot be opened: its directory is missing.", "Check the path.")
    with hold_file(lock_path(path, LOCK), wait=True):  # of two programs that start together, only one creates it
        if path.exists():
            return
        partial = path.with_name("carrel.db.new")
        for left in (partial, *(partial.with_name(partial.name + end) for end in ("-journal", "-wal", "-shm"))):
            left.unlink(missing_ok=True)
        with closing(open_file(partial)) as database:
            upgrade(database)
        partial.replace(path)
        _flush(path.parent)


def _flush(folder: Path) -> None:
    """Write the names in a directory to disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _refuse_lost(path: Path) -> None:
    """Raise StoreFailed if a database has become an empty file, or a link to nothing, where one was used."""
    if path.is_file():
        state = f"holds {path.stat().st_size} bytes"
        if path.stat().st_size >= SMALLEST:
            return
    elif path.is_symlink() and not path.exists():
        state = f"is a link to '{path.readlink()}', which does not exist"
    else:
        return
    backups = list_backups(backups_folder(path))
    traces = [name for name in TRACES if (path.parent / name).exists()]
    traces += ["backups"] if backups else []
    traces += [lock_path(path, LOCK).name] if lock_path(path, LOCK).exists() else []
    if not traces:
        return
    way_back = f"Run carrel db restore '{backups[-1]}'" if backups else "Put a copy of it back"
    raise StoreFailed(
        f"Database '{path}' {state}, but one was there: {', '.join(traces)} tells so.",
        f"{way_back}. If you want to begin anew, remove '{path}'.",
    )
