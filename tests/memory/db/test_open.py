"""The database of a home is opened in one place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from carrel.errors import StoreFailed
from carrel.memory.db.open import open_database


def test_the_database_of_a_home(tmp_path: Path) -> None:
    """Its file is carrel.db, made where it is missing, with ids as they are asked for."""
    database = open_database(tmp_path, lambda prefix: f"{prefix}-1")
    database.close()
    assert (database.path, database.path.exists(), database.new_id("m")) == (tmp_path / "carrel.db", True, "m-1")


def test_a_home_that_is_missing(tmp_path: Path) -> None:
    """A database is not made in a folder that is not there."""
    with pytest.raises(StoreFailed), open_database(tmp_path / "nowhere").write():
        pass


TRACES: dict[str, Callable[[Path], object]] = {
    "index": lambda home: (home / "index").mkdir(),
    "history": lambda home: (home / "history").write_text("+hello", encoding="utf-8"),
    "backups": lambda home: _backup_of(home),
    "carrel.upgrade-lock": lambda home: (home / "carrel.upgrade-lock").touch(),
}
LOST: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "holds 0 bytes"),
    "one byte": (lambda path: path.write_bytes(b"S"), "holds 1 bytes"),
    "link to nothing": (lambda path: path.symlink_to("/nowhere/carrel.db"), "is a link to '/nowhere/carrel.db'"),
}


def _backup_of(home: Path) -> None:
    (home / "backups").mkdir()
    for number in (9, 10):
        (home / "backups" / f"carrel-before-0005-n{number:04}-2026010{10 - number}T000000.db").touch()


@pytest.mark.parametrize("trace", TRACES)
@pytest.mark.parametrize("lost", LOST)
def test_a_database_that_was_lost(tmp_path: Path, lost: str, trace: str) -> None:
    """What was a database is no new home where anything tells of it: it is refused with the way back."""
    path = tmp_path / "carrel.db"
    make, state = LOST[lost]
    TRACES[trace](tmp_path)
    make(path)
    with pytest.raises(StoreFailed, match=state) as raised:
        open_database(tmp_path)
    assert f"but one was there: {trace} tells so." in str(raised.value)
    newest = tmp_path / "backups" / "carrel-before-0005-n0010-20260100T000000.db"
    assert (f"Run carrel db restore '{newest}'." in str(raised.value)) == (trace == "backups")
    assert path.is_symlink() or path.stat().st_size < 2


def test_a_new_home(tmp_path: Path) -> None:
    """A home without a database is new, whatever else is in it; the database is whole from its first moment."""
    (tmp_path / "history").touch()
    (tmp_path / "carrel.db.new").write_bytes(b"left over by a start that was killed")
    open_database(tmp_path).close()
    assert (tmp_path / "carrel.db").read_bytes()[:15] == b"SQLite format 3"
    assert not (tmp_path / "carrel.db.new").exists()
    assert (tmp_path / "carrel.db").stat().st_mode & 0o777 == 0o600


def test_a_link(tmp_path: Path) -> None:
    """A home whose database is a link to another disk gets its database there."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "carrel.db").symlink_to(tmp_path / "disk" / "mine.db")
    open_database(tmp_path).close()
    assert (tmp_path / "carrel.db").is_symlink()
    assert (tmp_path / "disk" / "mine.db").stat().st_size > 0
