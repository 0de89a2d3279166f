"""Backups by hand: whole, checked before they take the place of a database, and that one is kept."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from carrel.clock import FrozenClock
from carrel.errors import BadFile, Busy, NotFound, StoreFailed, UsageError
from carrel.memory.db.schema import HEAD
from carrel.memory.store import Store
from carrel.memory.upkeep.backups import back_up, check_backup, restore, upgrade_home
from tests.memory.conftest import BLOCKS, Letters


@pytest.fixture
def place(tmp_path: Path, clock: FrozenClock) -> Path:
    """A home with an agent whose block says `first`."""
    home = tmp_path / "place"
    home.mkdir()
    say(home, "first", clock)
    return home


def say(home: Path, text: str, clock: FrozenClock) -> None:
    """Put a text into the block of the agent of a home."""
    store = Store(home, clock, Letters(), None)
    store.memory("ada", BLOCKS).core.rethink("human", text)
    store.close()


def said(path: Path) -> str:
    """Return the text in the block of a database."""
    with closing(sqlite3.connect(path)) as raw:
        return str(raw.execute("SELECT value FROM blocks WHERE label = 'human'").fetchone()[0])


def test_there_and_back(place: Path, tmp_path: Path, clock: FrozenClock) -> None:
    """A backup says what the database said; restored, the home says it again, and what was there meanwhile is kept."""
    copy = back_up(place, tmp_path / "copy.db")
    say(place, "second", clock)
    (place / "index").mkdir()
    done = restore(place, copy)
    assert (said(place / "carrel.db"), said(copy), done.revision) == ("first", "first", HEAD)
    assert done.kept is not None
    assert (done.kept.parent, said(done.kept)) == (place / "backups", "second")
    assert not (place / "index").exists()
    assert (copy.stat().st_mode & 0o777, (place / "carrel.db").stat().st_mode & 0o777) == (0o600, 0o600)
    say(place, "third", clock)


def test_default_place(place: Path) -> None:
    """Without a file the backup is among those of the home."""
    copy = back_up(place)
    assert (copy.parent, said(copy)) == (place / "backups", "first")
    assert copy.name.startswith("carrel-by-hand-n0001-")


def test_backup_refused(place: Path, tmp_path: Path) -> None:
    """Nothing is overwritten, nothing is left of what failed, and there must be a database."""
    (tmp_path / "there").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="exists already"):
        back_up(place, tmp_path / "there")
    with pytest.raises((UsageError, StoreFailed)):
        back_up(place, tmp_path / "nowhere" / "copy.db")
    with pytest.raises(NotFound, match="has no database"):
        back_up(tmp_path / "empty")
    assert (tmp_path / "there").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "empty").exists()


def cut(path: Path) -> None:
    """Cut a file in half."""
    os.truncate(path, path.stat().st_size // 2)


def newer(path: Path) -> None:
    """Give a database a revision to come."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()


def foreign(path: Path) -> None:
    """Put the database of another program in a file."""
    path.unlink()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE songs (title TEXT)")


def orphan(path: Path) -> None:
    """Add a row that refers to nothing."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("INSERT INTO outbox (agent_id, tier, row, tries) VALUES (99, 'recall', 1, 0)")
        raw.commit()


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (cut, "is damaged"),
        (newer, "has revision 9999"),
        (foreign, "another program"),
        (orphan, "1 rows refer to nothing"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"My letters." * 100), "is damaged"),
        (lambda path: path.unlink(), "is not a file"),
    ],
)
def test_bad_backup(place: Path, tmp_path: Path, damage: Callable[[Path], object], why: str) -> None:
    """A backup that is cut, newer, foreign or none is refused, and the database stays as it is."""
    copy = back_up(place, tmp_path / "copy.db")
    before = (place / "carrel.db").read_bytes()
    damage(copy)
    with pytest.raises(BadFile, match=why):
        restore(place, copy)
    assert (place / "carrel.db").read_bytes() == before
    assert not (place / "backups").exists()


@pytest.mark.parametrize("rubbish", [b"", b"x", b"rubbish" * 1000])
def test_over_a_damaged_database(place: Path, tmp_path: Path, rubbish: bytes) -> None:
    """A database that is damaged is replaced too, and kept as it is where it holds anything."""
    copy = back_up(place, tmp_path / "copy.db")
    (place / "carrel.db").write_bytes(rubbish)
    done = restore(place, copy)
    assert said(place / "carrel.db") == "first"
    assert (done.kept.read_bytes() if done.kept else b"") == rubbish


def test_into_a_new_home(place: Path, tmp_path: Path) -> None:
    """A home without a database gets one."""
    home = tmp_path / "new"
    home.mkdir()
    assert restore(home, place / "carrel.db").kept is None
    assert said(home / "carrel.db") == "first"


@pytest.mark.process
def test_open_elsewhere(place: Path, tmp_path: Path) -> None:
    """While another process has the database open, nothing is restored."""
    copy = back_up(place, tmp_path / "copy.db")
    code = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM agents'); print(); input()"
    command = [sys.executable, "-c", code, str(place / "carrel.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(Busy, match=f"is open in process {child.pid}"):
            restore(place, copy)
        child.communicate(b"\n")
    assert restore(place, copy).kept is not None


def test_upgrade(place: Path) -> None:
    """A database at the head has nothing to upgrade; what an old one needs is in test_upgrade."""
    done = upgrade_home(place)
    assert (done.before, done.after, done.backup) == (HEAD, HEAD, None)
    assert check_backup(place / "carrel.db") == HEAD
