"""Upgrades: a copy first, all or nothing, and hands off what is not ours to change."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

import carrel.migrations
from carrel.clock import FrozenClock
from carrel.errors import StoreFailed
from carrel.memory.db import upgrade as upgrading
from carrel.memory.db.database import Database
from carrel.memory.db.schema import HEAD
from carrel.memory.db.sqlite import SqliteFile
from carrel.memory.db.upgrade import upgrade
from carrel.memory.store import Store
from carrel.memory.tiers.core import NewBlock

NEXT = "0099"

SCRIPT = f"""
from alembic import op

revision = "{NEXT}"
down_revision = "{HEAD}"

def upgrade():
    op.execute("CREATE TABLE later (id INTEGER PRIMARY KEY)")
    op.execute("UPDATE blocks SET value = 'upgraded'")
"""

BROKEN = SCRIPT + '    op.execute("INSERT INTO nowhere VALUES (1)")\n'

ORPHANS = SCRIPT + "    op.execute(\"INSERT INTO outbox (agent_id, tier, row, tries) VALUES (9, 'recall', 1, 0)\")\n"


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


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Carrel to come, with one revision more; its script stands in the file that is returned."""
    folder = tmp_path / "later"
    shutil.copytree(Path(carrel.migrations.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    script = folder / "versions" / f"{NEXT}_later.py"
    script.write_text(SCRIPT, encoding="utf-8")
    monkeypatch.setattr(upgrading, "SCRIPTS", str(folder))
    monkeypatch.setattr(upgrading, "HEAD", NEXT)
    return script


def tables(path: Path) -> set[str]:
    """Return the names of a database's tables."""
    with closing(sqlite3.connect(path)) as raw:
        return {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def value(path: Path) -> str:
    """Return what the only block holds."""
    with closing(sqlite3.connect(path)) as raw:
        return str(raw.execute("SELECT value FROM blocks").fetchone()[0])


def run(path: Path) -> None:
    """Open a database and upgrade it, as a start of the program does."""
    database = Database(SqliteFile(path))
    try:
        upgrade(database)
    finally:
        database.close()


def test_new(tmp_path: Path) -> None:
    """A new database comes to the head without a copy of nothing; a second start changes no byte."""
    run(tmp_path / "carrel.db")
    before = (tmp_path / "carrel.db").read_bytes()
    run(tmp_path / "carrel.db")
    assert (tmp_path / "carrel.db").read_bytes() == before
    assert not (tmp_path / "backups").exists()


def test_older(path: Path, later: Path) -> None:
    """A populated database is upgraded once; a private copy beside it holds all that was there before."""
    run(path)
    run(path)
    [copy] = (path.parent / "backups").iterdir()
    assert (value(path), value(copy)) == ("upgraded", "Ann\nof Rome")
    assert tables(path) - tables(copy) == {"later"}
    assert (copy.stat().st_mode & 0o777, copy.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert copy.name.startswith(f"carrel-before-{NEXT}-")
    with closing(sqlite3.connect(copy)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize(
    ("script", "said"), [(BROKEN, "no such table: nowhere"), (ORPHANS, "1 rows without their parents")]
)
def test_all_or_nothing(path: Path, later: Path, script: str, said: str) -> None:
    """A revision that fails in its middle leaves no trace of itself, and the next start may try again."""
    later.write_text(script, encoding="utf-8")
    before = (tables(path), value(path))
    with pytest.raises(StoreFailed, match=said):
        run(path)
    assert (tables(path), value(path)) == before
    later.write_text(SCRIPT, encoding="utf-8")
    run(path)
    assert (value(path), "later" in tables(path)) == ("upgraded", True)


def test_no_copy_no_upgrade(path: Path, later: Path) -> None:
    """Where the copy cannot be written nothing is upgraded."""
    (path.parent / "backups").write_text("not a directory", encoding="utf-8")
    with pytest.raises(StoreFailed, match=r"Backup .* failed.*Nothing was changed"):
        run(path)
    assert value(path) == "Ann\nof Rome"


@pytest.mark.parametrize("mode", ["delete", "wal"])
@pytest.mark.parametrize("found", ["0100", "9999"])
def test_newer(path: Path, mode: str, found: str) -> None:
    """A database of a newer Carrel is refused in a plain sentence and left as it is, byte for byte."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA journal_mode = {mode}")
        raw.execute("UPDATE alembic_version SET version_num = ?", (found,))
        raw.commit()
    before = path.read_bytes()
    with pytest.raises(StoreFailed) as raised:
        run(path)
    assert str(raised.value) == (
        f"Database '{path}' has revision {found}, but this Carrel knows revisions up to {HEAD}. "
        "Install a newer Carrel. The file was not touched."
    )
    assert path.read_bytes() == before
    assert not (path.parent / "backups").exists()


@pytest.mark.parametrize(
    "statements",
    [
        "CREATE TABLE songs (title TEXT)",
        "CREATE TABLE agents (name TEXT)",
        "CREATE TABLE alembic_version (version_num TEXT)",
        f"CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('{HEAD}')",
        "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('ae1027a6acf')",
    ],
)
@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_another_program(tmp_path: Path, statements: str, mode: str) -> None:
    """A database of another program, even one that numbers its revisions as we do, is refused and left as it is."""
    path = tmp_path / "carrel.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA journal_mode = {mode}")
        raw.executescript(statements)
    before = path.read_bytes()
    with pytest.raises(StoreFailed, match="is a database of another program"):
        run(path)
    assert path.read_bytes() == before


def test_unknown_revision(path: Path) -> None:
    """A revision that sorts below ours but is none of ours is refused in a sentence, not in Alembic's words alone."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0000zzz'")
        raw.commit()
    with pytest.raises(StoreFailed, match="cannot be upgraded"):
        run(path)
    assert value(path) == "Ann\nof Rome"


def test_not_a_database(tmp_path: Path) -> None:
    """A file that is no database is called damaged and left as it is."""
    path = tmp_path / "carrel.db"
    path.write_bytes(b"My letters.\n" * 500)
    with pytest.raises(StoreFailed, match="is damaged"):
        run(path)
    assert path.read_bytes() == b"My letters.\n" * 500


def test_two_threads(path: Path, later: Path) -> None:
    """Two upgrades at once in one process: one does it, the other finds it done; there is one copy."""
    failures: list[BaseException] = []

    def work() -> None:
        try:
            run(path)
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (value(path), len(list((path.parent / "backups").iterdir()))) == ("upgraded", 1)


@pytest.mark.process
def test_two_processes(tmp_path: Path) -> None:
    """Two programs that start at once on an empty home both find a whole database."""
    code = (
        "import sys; from pathlib import Path; from carrel.memory.db.open import open_database; "
        "from carrel.memory.db.upgrade import revision, upgrade; "
        "d = open_database(Path(sys.argv[1])); upgrade(d); print(revision(d))"
    )
    arguments = [sys.executable, "-c", code, str(tmp_path)]
    children = [
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert [child.communicate() for child in children] == [(f"{HEAD}\n", "")] * 2
