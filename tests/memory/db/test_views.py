"""The views for other tools: they are in every database that was upgraded, and the documentation of them is true."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from carrel.clock import FrozenClock
from carrel.memory.db.database import Database
from carrel.memory.db.sqlite import SqliteFile
from carrel.memory.db.upgrade import upgrade
from carrel.memory.db.views import VIEWS, create_views
from carrel.memory.store import Memory
from tests.memory.agent_file.filling import fill_memory
from tests.migrations.test_versions import OLD, database_of

PAGE = (Path(__file__).parents[3] / "docs" / "sql.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SECTIONS = dict(re.findall(r"^## `(v_\w+)`\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture
def raw(memory: Memory) -> Iterator[sqlite3.Connection]:
    """A plain connection that only reads, as that of another tool, to a database with an agent in it."""
    fill_memory(memory)
    with memory.scope.database.write() as connection:
        connection.exec_driver_sql("UPDATE agents SET name = 'default'")
    uri = f"{memory.scope.database.path.as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        yield connection


@pytest.mark.parametrize("query", QUERIES)
def test_queries(raw: sqlite3.Connection, query: str) -> None:
    """Each query of the documentation finds something."""
    assert len(QUERIES) > 6
    assert raw.execute(query).fetchall()


@pytest.mark.parametrize("view", VIEWS)
def test_columns(raw: sqlite3.Connection, view: str) -> None:
    """The documentation of a view names all its columns."""
    columns = {column[0] for column in raw.execute(f"SELECT * FROM {view}").description}
    assert columns - set(re.findall(r"`(\w+)`", PAGE.split("## `v_turns`")[0] + SECTIONS[view])) == set()
    assert list(SECTIONS) == list(VIEWS)


@pytest.mark.parametrize("revision", ["0001", "0004"])
def test_old_database(tmp_path: Path, revision: str) -> None:
    """In a database of an old revision that was upgraded, each query of the documentation works."""
    old = database_of(tmp_path / "old.db", revision, OLD)
    upgrade(old)
    old.close()
    with closing(sqlite3.connect(tmp_path / "old.db")) as raw:
        for query in QUERIES:
            raw.execute(query).fetchall()
        assert raw.execute("SELECT agent, turn, state FROM v_turns").fetchall() == [("ada", "t", "complete")]
        tiers = "SELECT tier, count(*) FROM v_memories GROUP BY tier ORDER BY tier"
        assert raw.execute(tiers).fetchall() == [("archival", 3), ("recall", 3)]


def test_what_they_say(raw: sqlite3.Connection) -> None:
    """What the views tell of a turn is what happened in it."""
    [turn] = raw.execute("SELECT turn FROM v_turns WHERE user_text LIKE '%fact 2%'").fetchone()
    told = raw.execute("SELECT state, model, reply, steps, prompt_tokens FROM v_turns WHERE turn = ?", [turn])
    assert told.fetchall() == [("complete", "offline", "I see.", 1, 12)]
    sent = raw.execute("SELECT position, role, text FROM v_context WHERE turn = ? ORDER BY position", [turn])
    assert sent.fetchall()[0] == (1, "system", "shared")
    found = raw.execute("SELECT rank, words, meaning, shown, reason FROM v_retrievals WHERE turn = ?", [turn])
    assert found.fetchall() == [(1, 1.0, 0.5, 1, None), (2, 1.0, 0.5, 0, "no room")]
    changed = raw.execute("SELECT tier, op, actor FROM v_history WHERE turn = ? AND tier = 'core'", [turn])
    assert changed.fetchall()[0] == ("core", "append", "agent")


def test_same_as_the_program_says(tmp_path: Path, clock: FrozenClock) -> None:
    """A new database has the views as this program defines them."""
    database = Database(SqliteFile(tmp_path / "new.db"))
    upgrade(database)
    with database.read() as connection:
        made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'view' ORDER BY rowid")
        assert list(made.scalars()) == create_views()
    database.close()
