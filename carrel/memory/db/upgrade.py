"""Bring a database to the newest revision, with a copy aside first; refuse one that is newer than the program."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import StatementError

from carrel.clock import SystemClock
from carrel.errors import StoreFailed
from carrel.memory.db.database import BUSY_MS, Database, driver_of, explained
from carrel.memory.db.schema import HEAD

BACKUPS_KEPT = 5
SCRIPTS = "carrel:migrations"
OURS = {"agents", "blocks", "messages"}
"""Tables that every revision has; other programs number their revisions 0001 too."""


def upgrade(database: Database) -> None:
    """Upgrade the database if it is behind.

    Raises:
        StoreFailed: it was written by a newer Carrel, or it is not a Carrel database.
    """
    if revision(database) == HEAD:
        return
    with database.lock("upgrade", wait=True):  # two programs that start at once must not both upgrade
        found = revision(database)
        if found == HEAD:
            return
        if found is not None:
            refuse_newer(database.path, found)
            backup(database, f"before-{HEAD}")
        _run(database)


def revision(database: Database) -> str | None:
    """Return the database's revision; None where it is new and empty.

    Asked on a plain connection: one that is set up for writing may change the journal mode, and with it the file of
    a newer Carrel or of another program.
    """
    try:
        with closing(sqlite3.connect(database.path, timeout=BUSY_MS / 1000)) as raw:
            tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables:
                return None
            row = raw.execute("SELECT version_num FROM alembic_version").fetchone() if tables >= OURS else None
    except sqlite3.Error as error:
        raise explained(error, database.path) from error
    if row is None:
        raise StoreFailed(f"'{database.path}' is a database of another program.", "Set CARREL_HOME elsewhere.")
    return str(row[0])


def refuse_newer(path: Path, found: str) -> None:
    """Raise StoreFailed where the revision is newer than this program."""
    if found > HEAD:
        raise StoreFailed(
            f"Database '{path}' has revision {found}, but this Carrel knows revisions up to {HEAD}.",
            "Install a newer Carrel. The file was not touched.",
        )


def backup(database: Database, label: str) -> Path:
    """Write a consistent copy beside the database, for its owner alone, and keep the newest few.

    Raises:
        StoreFailed: it cannot be written, or the copy is damaged; nothing is left of it.
    """
    folder = database.path.parent / "backups"
    stamp = SystemClock().now().astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
    target = folder / f"carrel-{label}-{stamp}.db"
    partial = target.with_suffix(".partial")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        copy_database(database, partial)
        partial.replace(target)
    except (OSError, sqlite3.Error, StatementError) as error:
        if partial.is_file():
            partial.unlink()
        raise StoreFailed(f"Backup '{target}' failed: {error}. Nothing was changed.", "Make room for it.") from error
    for old in sorted(folder.glob(f"carrel-{label}-*.db"))[:-BACKUPS_KEPT]:
        old.unlink()
    return target


def copy_database(database: Database, target: Path) -> None:
    """Copy the database into a new file, look whether the copy is sound and see it onto the disk."""
    file = os.open(target, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600)
    try:
        with closing(database.engine.raw_connection()) as raw:
            raw.cursor().execute("VACUUM INTO ?", (str(target),))
        with closing(sqlite3.connect(target)) as copy:
            state = copy.execute("PRAGMA quick_check").fetchone()[0]
        if state != "ok":
            raise sqlite3.DatabaseError(state)
        os.fsync(file)
    finally:
        os.close(file)


def _run(database: Database) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    connection = database.engine.connect()
    try:
        driver_of(connection).execute("PRAGMA foreign_keys = OFF")  # SQLite ignores it inside a transaction
        with connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _check_foreign_keys(connection)
    except CommandError as error:
        raise StoreFailed(f"Database '{database.path}' cannot be upgraded: {error}.", "It was not touched.") from error
    except StatementError as error:
        raise explained(error.orig or error, database.path) from error
    finally:
        connection.invalidate()
        connection.close()


def _check_foreign_keys(connection: sa.Connection) -> None:
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        raise StoreFailed(f"The upgrade would leave {len(broken)} rows without their parents.", "Report this, please.")
