"""Open the database of a home. This is the only place that names the SQL engine."""

import os
from collections.abc import Callable
from pathlib import Path

from carrel.memory.db.database import Database, random_id
from carrel.memory.db.sqlite import SqliteFile


def open_database(home: Path, new_id: Callable[[str], str] = random_id) -> Database:
    """Open the database of a home; create it if it does not exist. One that may not be written can be read.

    Raises:
        StoreFailed: it cannot be opened.
    """
    path = home / "carrel.db"
    writable = not path.exists() or (os.access(home, os.W_OK) and os.access(path, os.W_OK))
    return Database(SqliteFile(path, read_only=not writable), new_id)
