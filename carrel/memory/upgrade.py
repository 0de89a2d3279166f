"""Bring a database to the newest revision, with a copy aside first; refuse one that is newer than the program."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from carrel.errors import StoreFailed
from carrel.memory.database import Database
from carrel.memory.schema import HEAD

BACKUPS_KEPT = 5


def upgrade(database: Database) -> None:
    """Upgrade the database if it is behind.

    Raises:
        StoreFailed: it was written by a newer Carrel, or it is not a Carrel database.
    """
    if revision(database) == HEAD:
        return
    with _locked(database.path.with_suffix(".upgrade-lock")):
        found = revision(database)
        if found == HEAD:
            return
        if found is not None:
            refuse_newer(database.path, found)
            backup(database, f"before-{HEAD}")
        _run(database)


def revision(database: Database) -> str | None:
    """Return the database's revision; None where it is new and empty."""
    with database.read() as connection:
        tables = set(sa.inspect(connection).get_table_names())
        if "alembic_version" in tables:
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        if tables:
            raise StoreFailed(f"'{database.path}' is a database of another program.", "Set CARREL_HOME elsewhere.")
        return None


def refuse_newer(path: Path, found: str) -> None:
    """Raise StoreFailed where the revision is newer than this program."""
    if found > HEAD:
        raise StoreFailed(
            f"Database '{path}' has revision {found}, but this Carrel knows revisions up to {HEAD}.",
            "Install a newer Carrel. The file was not touched.",
        )


def backup(database: Database, label: str) -> Path:
    """Write a consistent copy beside the database, for its owner alone, and keep the newest few."""
    folder = database.path.parent / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    target = folder / f"carrel-{label}-{stamp}.db"
    partial = target.with_suffix(".partial")
    os.close(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
    raw = database.engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM INTO ?", (str(partial),))
    finally:
        raw.close()
    partial.replace(target)
    for old in sorted(folder.glob(f"carrel-{label}-*.db"))[:-BACKUPS_KEPT]:
        old.unlink()
    return target


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a file lock: two programs that start at once must not both upgrade (Alembic has no lock)."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(database: Database) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "carrel:migrations")
    connection = database.engine.connect()
    try:
        _driver(connection).execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _check_foreign_keys(connection)
    finally:
        connection.invalidate()
        connection.close()


def _driver(connection: sa.Connection) -> sqlite3.Connection:
    """Return the driver's connection: SQLite ignores this pragma inside a transaction."""
    raw = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def _check_foreign_keys(connection: sa.Connection) -> None:
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        raise StoreFailed(f"The upgrade would leave {len(broken)} rows without their parents.", "Report this, please.")
