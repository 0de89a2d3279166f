"""A prepared statement writes and reads what SQLAlchemy would, in every type that the tables have."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from carrel.errors import StoreFailed
from carrel.memory.db.database import Database
from carrel.memory.db.prepared import Prepared
from carrel.memory.db.utc import UtcTime

METADATA = sa.MetaData()
THINGS = sa.Table(
    "things",
    METADATA,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("at", UtcTime),
    sa.Column("facts", sa.JSON),
    sa.Column("sure", sa.Boolean, nullable=False, default=True),
    sa.Column("blob", sa.LargeBinary),
    sa.Column("share", sa.Float),
)
ADD = Prepared(THINGS.insert())
ALL = Prepared(sa.select(THINGS).order_by(THINGS.c.n))
NAMED = Prepared(sa.select(THINGS.c.n, THINGS.c.at).where(THINGS.c.name == sa.bindparam("wanted")))
RENAME = Prepared(sa.update(THINGS).where(THINGS.c.n == sa.bindparam("number")).values(name=sa.bindparam("to")))
MOMENT = datetime(2026, 3, 1, 9, 30, 0, 5, timezone(timedelta(hours=8)))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with one empty table."""
    made = Database(tmp_path / "some.db")
    with made.write() as connection:
        METADATA.create_all(connection)
    yield made
    made.close()


def test_types(database: Database) -> None:
    """What is written is read as SQLAlchemy reads it, in every type; what is not given is the default."""
    whole = {"name": "书", "at": MOMENT, "facts": {"页": [1, None]}, "sure": False, "blob": b"\0\xff", "share": 0.25}
    with database.write() as connection:
        assert ADD.write(connection, whole) == 1
        assert ADD.write(connection, {"name": "bare"}) == 2
        rows = ALL.rows(connection)
        assert rows == [
            (1, "书", MOMENT.astimezone(UTC), {"页": [1, None]}, False, b"\0\xff", 0.25),
            (2, "bare", None, None, True, None, None),
        ]
        assert rows == [tuple(row) for row in connection.execute(sa.select(THINGS).order_by(THINGS.c.n))]
        assert connection.exec_driver_sql("SELECT facts FROM things WHERE n = 2").scalar() is None


def test_ways_of_reading(database: Database) -> None:
    """One row, one value and one column are those of the rows; where there is none, None and nothing."""
    with database.write() as connection:
        ADD.write_all(connection, [{"name": "one", "at": MOMENT}, {"name": "two"}])
        assert NAMED.first(connection, wanted="one") == (1, MOMENT.astimezone(UTC))
        assert NAMED.first(connection, wanted="three") is None
        assert (NAMED.value(connection, wanted="two"), NAMED.value(connection, wanted="three")) == (2, None)
        assert ALL.column(connection) == [1, 2]
        RENAME.write(connection, {"number": 2, "to": "three"})
        assert NAMED.column(connection, wanted="three") == [2]


def test_a_value_that_was_forgotten(database: Database) -> None:
    """What a statement asks for has to be given: it is not taken for NULL."""
    with database.write() as connection, pytest.raises(AssertionError, match=r"No value for .*wanted"):
        NAMED.rows(connection)


def test_filter_with_a_moment(database: Database) -> None:
    """A moment in the statement itself is compared as the database keeps it."""
    later = Prepared(sa.select(THINGS.c.name).where(THINGS.c.at > MOMENT))
    with database.write() as connection:
        ADD.write_all(connection, [{"name": "then", "at": MOMENT}, {"name": "after", "at": MOMENT + timedelta(1)}])
        assert later.column(connection) == ["after"]


def test_rolled_back_and_explained(database: Database) -> None:
    """What the driver refuses is said in a sentence, and nothing of the transaction stays."""
    with pytest.raises(StoreFailed, match="UNIQUE constraint failed"), database.write() as connection:
        ADD.write_all(connection, [{"name": "once"}, {"name": "twice"}, {"name": "twice"}])
    with database.read() as connection:
        assert ALL.rows(connection) == []


@given(st.dictionaries(st.text(), st.none() | st.text() | st.integers(-(2**53), 2**53) | st.booleans()))
def test_any_json(facts: dict[str, Any]) -> None:
    """Any JSON comes back as it was given."""
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        METADATA.create_all(connection)
        ADD.write(connection, {"name": "any", "facts": facts})
        assert ALL.rows(connection)[0][3] == facts
    engine.dispose()
