"""Open the database of a home. This is the only place that names the SQL engine."""

from collections.abc import Callable
from pathlib import Path

from carrel.memory.db.database import Database, random_id
from carrel.memory.db.sqlite import SqliteFile


def open_database(home: Path, new_id: Callable[[str], str] = random_id) -> Database:
    """Open the database of a home; create it if it does not exist. Raise StoreFailed."""
    return Database(SqliteFile(home / "carrel.db"), new_id)
