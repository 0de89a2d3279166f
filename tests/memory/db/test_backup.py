"""Copies of a database: whole, private, and only the newest few."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from carrel.clock import FrozenClock
from carrel.memory.db.backup import backup, list_backups
from carrel.memory.db.database import Database
from carrel.memory.db.schema import HEAD
from carrel.memory.db.sqlite import SqliteFile
from carrel.memory.db.upgrade import revision
from carrel.memory.store import Store
from carrel.memory.tiers.core import NewBlock


@pytest.fixture
def path(tmp_path: Path, clock: FrozenClock) -> Path:
    """A database of this Carrel with an agent in it, closed."""

    class One:
        exact = True

        def count(self, text: str) -> int:
            return 1

    store = Store(tmp_path, clock, One(), None)
    store.memory("ada", [NewBlock("human", "Ann", 50)]).core.append("human", "of Rome")
    store.close()
    return tmp_path / "carrel.db"


def value(path: Path) -> str:
    """Return what the only block holds."""
    with closing(sqlite3.connect(path)) as raw:
        return str(raw.execute("SELECT value FROM blocks").fetchone()[0])


def test_newest_copies_stay(path: Path) -> None:
    """Of each kind of copy the newest five stay, in a form that opens."""
    database = Database(SqliteFile(path))
    made = [backup(database, "before-0002") for _ in range(7)]
    other = backup(database, "by-hand")
    database.close()
    assert sorted((path.parent / "backups").iterdir()) == sorted([*made[2:], other])
    assert value(made[-1]) == "Ann\nof Rome"


def test_copy_of_what_is_committed(path: Path) -> None:
    """A copy holds what is committed and nothing of a transaction that is going on elsewhere."""
    database = Database(SqliteFile(path))
    with database.read() as connection:
        connection.execute(sa.text("SELECT value FROM blocks")).fetchall()
        copy = backup(database, "by-hand")
    assert (value(copy), revision(database)) == ("Ann\nof Rome", HEAD)
    database.close()


def test_ordered_by_number(path: Path) -> None:
    """With the clock set back, and beside copies of an earlier Carrel, the newest is still the one made last."""
    folder = path.parent / "backups"
    folder.mkdir()
    later = [folder / f"carrel-before-0002-2099010{day}T000000000000.db" for day in range(1, 6)]
    for old in later:
        old.touch()
    database = Database(SqliteFile(path))
    made = [backup(database, "before-0002") for _ in range(3)]
    database.close()
    assert list_backups(folder) == [*later[3:], *made]
    assert [copy.name[:24] for copy in made] == [f"carrel-before-0002-n000{number}" for number in (1, 2, 3)]
    assert value(made[-1]) == "Ann\nof Rome"
