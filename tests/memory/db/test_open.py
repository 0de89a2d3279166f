"""The database of a home is opened in one place."""

from pathlib import Path

import pytest

from carrel.errors import StoreFailed
from carrel.memory.db.open import open_database


def test_the_database_of_a_home(tmp_path: Path) -> None:
    """Its file is carrel.db, made where it is missing, with ids as they are asked for."""
    database = open_database(tmp_path, lambda prefix: f"{prefix}-1")
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE songs (title TEXT)")
    database.close()
    assert (database.path, database.path.exists(), database.new_id("m")) == (tmp_path / "carrel.db", True, "m-1")


def test_a_home_that_is_missing(tmp_path: Path) -> None:
    """A database is not made in a folder that is not there."""
    with pytest.raises(StoreFailed), open_database(tmp_path / "nowhere").write():
        pass
