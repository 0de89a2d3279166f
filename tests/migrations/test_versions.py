"""The scripts: from nothing to what the tables say, in one step each, and never half."""

import ast
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import carrel.migrations
from carrel.clock import FrozenClock
from carrel.errors import Conflict
from carrel.memory.db.counting import count_triggers
from carrel.memory.db.database import Database
from carrel.memory.db.schema import HEAD, metadata
from carrel.memory.db.sqlite import SqliteFile, create_trigger
from carrel.memory.db.upgrade import revision, upgrade
from carrel.memory.indexing.fts5 import create_statements
from carrel.memory.store import Store
from carrel.memory.upkeep.check import check
from carrel.memory.upkeep.reindex import enqueue_missing
from carrel.memory.upkeep.verify import verify
from tests.memory.conftest import Letters
from tests.memory.toy import ToyEmbedder

FOLDER = Path(carrel.migrations.__file__).parent
SCRIPTS = sorted((FOLDER / "versions").glob("[0-9]*.py"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database that the scripts brought from nothing to the head."""
    made = Database(SqliteFile(tmp_path / "carrel.db"))
    upgrade(made)
    yield made
    made.close()


def shape(connection: sa.Connection) -> dict[str, object]:
    """Return every table with its columns, keys, checks and indexes, as SQLite tells them."""
    inspector = sa.inspect(connection)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"], str(c["default"])) for c in inspector.get_columns(table)],
            inspector.get_pk_constraint(table)["constrained_columns"],
            sorted(
                (*k["constrained_columns"], k["referred_table"], str(k["options"]))
                for k in inspector.get_foreign_keys(table)
            ),
            sorted(str(c["sqltext"]) for c in inspector.get_check_constraints(table)),
            sorted((str(u["name"]), str(u["column_names"])) for u in inspector.get_unique_constraints(table)),
            sorted((str(i["name"]), str(i["column_names"]), i["unique"]) for i in inspector.get_indexes(table)),
        )
        for table in metadata.tables
    }


def test_no_difference(database: Database) -> None:
    """Alembic sees no difference between what the scripts made and what the tables say."""

    def ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or not str(name).startswith((*create_statements(), "alembic_version"))

    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_same_as_create_all(database: Database, tmp_path: Path) -> None:
    """The scripts make what metadata.create_all makes: checks, keys and what follows a deletion included."""
    plain = Database(SqliteFile(tmp_path / "plain.db"))
    with plain.write() as connection:
        metadata.create_all(connection)
        expected = shape(connection)
    plain.close()
    with database.read() as connection:
        assert shape(connection) == expected


def test_numbers_grow(database: Database) -> None:
    """The scripts make the same tables AUTOINCREMENT as the schema, so that no number is ever used again."""
    wanted = {table.name for table in metadata.sorted_tables if table.dialect_options["sqlite"]["autoincrement"]}
    with database.read() as connection:
        rows = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")
        assert set(rows.scalars()) == wanted


def test_word_tables(database: Database) -> None:
    """The full-text tables are made as the schema says."""
    with database.read() as connection:
        query = "SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%' ORDER BY name"
        made = {str(name): str(sql) for name, sql in connection.exec_driver_sql(query)}
    assert made == create_statements()


def test_triggers(database: Database) -> None:
    """The triggers that count are made as the program says."""
    with database.read() as connection:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        made = {str(name): str(sql) for name, sql in connection.exec_driver_sql(query)}
    assert made == {trigger.name: create_trigger(trigger) for trigger in count_triggers()}


def test_head() -> None:
    """HEAD is the script directory's only head, and the scripts are one line of numbers that sort as they follow."""
    config = Config()
    config.set_main_option("script_location", "carrel:migrations")
    scripts = ScriptDirectory.from_config(config)
    line = [script.revision for script in scripts.walk_revisions()]
    assert (scripts.get_heads(), line) == ([HEAD], sorted(line, reverse=True))
    assert [path.name.split("_")[0] for path in SCRIPTS] == sorted(line)


def test_revision(database: Database) -> None:
    """An upgraded database says that it is at the head."""
    assert revision(database) == HEAD


@pytest.mark.parametrize("path", [*SCRIPTS, FOLDER / "env.py"], ids=lambda path: path.name)
def test_scripts_stand_alone(path: Path) -> None:
    """A script imports nothing of carrel: what it does must not change when the program does."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    from_there = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = [*plain, *(str(node.module) for node in from_there)]
    assert names
    assert {name.split(".")[0] for name in names} <= {"alembic", "sqlalchemy"}
    assert [node.level for node in from_there if node.level] == []


def test_foreign_keys_hold(database: Database) -> None:
    """After an upgrade foreign keys are enforced again."""
    with database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        with pytest.raises(sa.exc.IntegrityError, match="FOREIGN KEY"):
            connection.exec_driver_sql("INSERT INTO outbox (agent_id, tier, row, tries) VALUES (9, 'recall', 1, 0)")


def database_of(path: Path, revision: str, statements: Sequence[str]) -> Database:
    """Make a database of an old revision, with what the statements write."""
    old = Database(SqliteFile(path))
    config = Config()
    config.set_main_option("script_location", "carrel:migrations")
    with old.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for statement in statements:
            connection.exec_driver_sql(statement)
    return old


def test_counts_of_an_old_database(tmp_path: Path) -> None:
    """What stood in a database of revision 0001 is counted when it is upgraded."""
    old = database_of(tmp_path / "old.db", "0001", OLD)
    upgrade(old)
    with old.read() as connection:
        counts = "SELECT recall_count, archival_count, session_count, turn_count FROM agents ORDER BY id"
        assert connection.exec_driver_sql(counts).fetchall() == [(2, 1, 1, 1), (0, 0, 0, 0)]
    old.close()


def test_marks_of_an_old_index(tmp_path: Path) -> None:
    """What lay after the marks of the newest generation is what the index lacks, as far as each agent was marked."""
    old = database_of(tmp_path / "old.db", "0003", [*OLD, *MARKED])
    upgrade(old)
    with old.read() as connection:
        missing = connection.exec_driver_sql("SELECT vector_n, agent_id, tier FROM unindexed ORDER BY vector_n")
        assert missing.fetchall() == [(2, 1, "archival"), (4, 1, "recall"), (5, 2, "recall")]
        names = connection.exec_driver_sql("SELECT name FROM index_generation")
        assert names.fetchall() == [("g10-ab-toy",)]
    old.close()


def test_changes_of_an_old_database(tmp_path: Path, clock: FrozenClock) -> None:
    """What old events tell is enough to know what memory said then; a turn of old is not undone by halves."""
    database_of(tmp_path / "carrel.db", "0006", [*OLD, *WORDS, *CHANGED]).close()
    store = Store(tmp_path, clock, Letters(), None)
    memory = store.memory("ada")
    past = memory.at(datetime.fromisoformat(AT) + timedelta(hours=1))
    assert past.blocks == {"human": "Ann"}
    assert [passage.id for passage in past.passages] == ["p0", "p1", "p2"]
    assert memory.at(clock.now() + timedelta(days=1)).blocks == {"human": "Eve"}
    assert [event.op for event in memory.history("archival", "p1")] == ["update"]
    with pytest.raises(Conflict, match="'t' cannot be undone: an older version made it"):
        memory.undo()
    assert check(store).problems == []
    store.close()


@pytest.mark.parametrize("old", [path.name.split("_")[0] for path in SCRIPTS])
def test_a_database_of_any_revision_opens_and_works(tmp_path: Path, clock: FrozenClock, old: str) -> None:
    """Whatever Carrel wrote a home, what it holds is found by words and by meaning, and it takes more."""
    database_of(tmp_path / "carrel.db", old, [*OLD, *WORDS]).close()
    store = Store(tmp_path, clock, Letters(), ToyEmbedder())
    memory = store.memory("ada")
    assert {hit.id for hit in memory.recall.search("hi", mode="words").hits} == {"m0", "m2"}
    assert verify(memory, None).sound
    enqueue_missing(memory, store.engines.vectors.store) if store.engines.vectors else None
    memory.turns.begin(memory.sessions.start(), "书在哪里", "m")
    assert store.embed_now() == 5
    assert [hit.text for hit in memory.recall.search("书在哪里", mode="meaning", limit=1).hits] == ["书在哪里"]
    assert memory.counts().recall == 3
    store.close()


AT = "2026-01-05T08:00:00.000000+00:00"
OLD = (
    f"INSERT INTO agents (id, name, created_at) VALUES (1, 'ada', '{AT}'), (2, 'bob', '{AT}')",
    f"INSERT INTO sessions (id, agent_id, origin, started_at, last_at) VALUES ('s', 1, 'chat', '{AT}', '{AT}')",
    "INSERT INTO turns (id, agent_id, session_id, state, model, started_at)"
    f" VALUES ('t', 1, 's', 'complete', 'm', '{AT}')",
    *(
        "INSERT INTO messages (id, agent_id, session_id, role, text, at, tokens, asks, first_person, time_words, state,"
        f" position) VALUES ('m{n}', 1, 's', '{role}', 'Hi', '{AT}', 1, 0, 0, 0, 'complete', {position})"
        for n, (role, position) in enumerate([("user", 1), ("tool", "NULL"), ("assistant", 2)])
    ),
    *(
        "INSERT INTO passages (id, agent_id, text, tags, origin, state, version, hash, at, updated_at, tokens)"
        f" VALUES ('p{n}', 1, 'Fact', '[]', 'api', '{state}', 1, 'h{n}', '{AT}', '{AT}', 1)"
        for n, state in enumerate(["live", "superseded", "deleted"])
    ),
)
LATER = "2026-01-05T12:00:00.000000+00:00"
CHANGED = (
    'INSERT INTO blocks (agent_id, label, description, value, "limit", read_only, position, version, updated_at)'
    f" VALUES (1, 'human', '', 'Eve', 50, 0, 0, 2, '{LATER}')",
    "UPDATE passages SET successor = 'p0' WHERE id = 'p1'",
    *(
        "INSERT INTO memory_events (id, agent_id, tier, ref, op, before, after, actor, turn_id, at)"
        f" VALUES ('e{n}', 1, '{tier}', '{ref}', '{op}', {before}, {after}, 'agent', 't', '{LATER}')"
        for n, (tier, ref, op, before, after) in enumerate(
            [
                ("core", "human", "replace", "'Ann'", "'Eve'"),
                ("archival", "p1", "update", "'Fact'", "'Fact'"),
                ("archival", "p2", "delete", "'Fact'", "NULL"),
            ]
        )
    ),
)
WORDS = (
    "INSERT INTO message_words (rowid, agent, text) VALUES (1, 'agent1', 'Hi'), (3, 'agent1', 'Hi')",
    "INSERT INTO passage_words (rowid, agent, text) VALUES (1, 'agent1', 'Fact'), (2, 'agent1', 'Fact')",
)
MARKED = (
    "INSERT INTO embedders (id, fingerprint, dimension) VALUES (1, 'toy', 2)",
    *(
        "INSERT INTO vectors (agent_id, tier, row, part, embedder_id, vector)"
        f" VALUES ({agent}, '{tier}', {row}, 0, 1, 'x')"
        for row, (agent, tier) in enumerate(
            [(1, "recall"), (1, "archival"), (1, "recall"), (1, "recall"), (2, "recall")]
        )
    ),
    "INSERT INTO index_marks (agent_id, tier, generation, upto) VALUES"
    " (1, 'recall', 'g9-cd-toy', 4), (1, 'recall', 'g10-ab-toy', 3), (1, 'archival', 'g9-cd-toy', 2)",
)
