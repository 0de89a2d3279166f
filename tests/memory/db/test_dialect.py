"""SQL that engines write in their own way, as SQLite executes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from carrel.memory.db.database import Database
from carrel.memory.db.dialect import begins_with, elements, list_literal, list_parameter, upsert, without_index
from carrel.memory.db.sqlite import SqliteFile

METADATA = sa.MetaData()
BOOKS = sa.Table(
    "books",
    METADATA,
    sa.Column("shelf", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("pages", sa.Integer, index=True),
    sa.Column("words", sa.JSON),
)
NAMES = sa.select(BOOKS.c.name).order_by(BOOKS.c.name)
ROWS = [
    {"shelf": 1, "name": "书", "pages": 10, "words": ["a", "字"]},
    {"shelf": 1, "name": "two", "pages": 20, "words": []},
    {"shelf": 2, "name": "it's", "pages": 30, "words": ["a"]},
]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    """A connection to a database with three rows."""
    database = Database(SqliteFile(tmp_path / "some.db"))
    with database.write() as made:
        METADATA.create_all(made)
        made.execute(BOOKS.insert(), ROWS)
        yield made
    database.close()


def test_upsert_changes_what_it_names(connection: sa.Connection) -> None:
    """A row whose keys are taken gets the new values of the named columns alone; another one is added."""
    statement = upsert(BOOKS, ("shelf", "name"), ("pages",))
    connection.execute(statement, [{**ROWS[0], "pages": 11, "words": ["b"]}, {**ROWS[0], "name": "new", "pages": 12}])
    chosen = sa.select(BOOKS.c.name, BOOKS.c.pages, BOOKS.c.words).where(BOOKS.c.shelf == 1).order_by(BOOKS.c.pages)
    assert connection.execute(chosen).fetchall() == [("书", 11, ["a", "字"]), ("new", 12, ["a", "字"]), ("two", 20, [])]


def test_upsert_that_changes_nothing(connection: sa.Connection) -> None:
    """With nothing to change, what is there stays as it is."""
    connection.execute(upsert(BOOKS), [{**ROWS[0], "pages": 11}, {**ROWS[0], "name": "new"}])
    pages = connection.execute(sa.select(BOOKS.c.pages).where(BOOKS.c.name == "书")).scalar()
    assert (pages, connection.execute(NAMES).scalars().all()) == (10, ["it's", "new", "two", "书"])


@pytest.mark.parametrize(
    ("wanted", "found"), [([], []), (["书", "it's", "'); --"], ["it's", "书"]), (["two"] * 9, ["two"])]
)
def test_lists(connection: sa.Connection, wanted: list[str], found: list[str]) -> None:
    """A list is one parameter, given with the statement or at each execution; its values mean nothing to SQL."""
    given = (
        connection.execute(NAMES.where(BOOKS.c.name.in_(list_parameter("names"))), {"names": wanted}).scalars().all()
    )
    literal = connection.execute(NAMES.where(BOOKS.c.name.in_(list_literal(wanted)))).scalars().all()
    others = connection.execute(NAMES.where(BOOKS.c.name.not_in(list_literal(wanted)))).scalars().all()
    assert (given, literal) == (found, found)
    assert others == [name for name in ("it's", "two", "书") if name not in found]


def test_long_lists(connection: sa.Connection) -> None:
    """No list is too long: neither an engine's limit on parameters nor on expressions is met."""
    numbers = connection.execute(
        sa.select(BOOKS.c.pages).where(BOOKS.c.pages.in_(list_parameter("pages"))), {"pages": list(range(15, 200_000))}
    )
    assert sorted(numbers.scalars()) == [20, 30]


def test_elements_of_json_lists(connection: sa.Connection) -> None:
    """The elements of all lists in a column come one a row."""
    assert sorted(connection.execute(elements(BOOKS.c.words)).scalars()) == ["a", "a", "字"]


def test_without_index(connection: sa.Connection) -> None:
    """A condition on such a column holds and uses no index, which it would otherwise."""
    plans = []
    for statement in (NAMES.where(BOOKS.c.pages == 20), NAMES.where(without_index(BOOKS.c.pages) == 20)):
        sql = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
        plans.append(str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").fetchall()))
    assert ["ix_books_pages" in plan for plan in plans] == [True, False]
    assert connection.execute(NAMES.where(without_index(BOOKS.c.pages) == 20)).scalars().all() == ["two"]


@pytest.mark.parametrize(
    ("beginning", "found"), [("t", ["two"]), ("it", ["it's"]), ("书", ["书"]), ("书s", []), ("%", []), ("T", [])]
)
def test_texts_that_begin_so(connection: sa.Connection, beginning: str, found: list[str]) -> None:
    """They are found by an index on the column, and no character stands for others."""
    statement = NAMES.where(begins_with(BOOKS.c.name, beginning), BOOKS.c.shelf.in_((1, 2)))
    assert connection.execute(statement).scalars().all() == found
    sql = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
    plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}").fetchall())
    assert "name>? AND name<?" in plan
