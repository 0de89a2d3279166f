"""Upgrade a database to the newest revision, after a backup. A database that is newer than the program is refused."""

from pathlib import Path

from carrel.errors import StoreFailed
from carrel.memory.db.backup import backup
from carrel.memory.db.database import Database
from carrel.memory.db.schema import HEAD
from carrel.memory.db.views import create_views, drop_views

SCRIPTS = "carrel:migrations"
LOCK = "upgrade"
"""The lock that is held while the database is created, upgraded or replaced."""
OUR_TABLES = frozenset({"agents", "blocks", "messages"})
"""Tables that every revision has; other programs number their revisions 0001 too."""


def upgrade(database: Database) -> Path | None:
    """Upgrade the database if its revision is old, and return the backup; None where none was needed.

    Raises:
        StoreFailed: a newer Carrel or another program wrote the database.
    """
    if revision(database) == HEAD:
        return None
    with database.lock(LOCK, wait=True):  # of two programs that start together, only one upgrades
        found = revision(database)
        if found == HEAD:
            return None
        copy = None
        if found is not None:
            refuse_newer(database.path, found)
            copy = backup(database, f"before-{HEAD}")
        _run(database)
        return copy


def revision(database: Database) -> str | None:
    """Return the revision of a database; None if it is empty. Raise StoreFailed if another program wrote it."""
    contents = database.dialect.inspect()
    if not contents.tables:
        return None
    if contents.revision is None or not contents.tables >= OUR_TABLES:
        raise StoreFailed(f"'{database.path}' is a database of another program.", "Set CARREL_HOME elsewhere.")
    return contents.revision


def refuse_newer(path: Path, found: str) -> None:
    """Raise StoreFailed if the revision is newer than this program."""
    if found > HEAD:
        raise StoreFailed(
            f"Database '{path}' has revision {found}, but this Carrel knows revisions up to {HEAD}.",
            "Install a newer Carrel. The file was not touched.",
        )


def _run(database: Database) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    try:
        with database.dialect.migration(database.engine) as connection:
            config.attributes["connection"] = connection
            for statement in drop_views():  # a view would keep a revision from rebuilding its tables
                connection.exec_driver_sql(statement)
            command.upgrade(config, "head")
            for statement in create_views():
                connection.exec_driver_sql(statement)
    except CommandError as error:
        raise StoreFailed(f"Database '{database.path}' cannot be upgraded: {error}.", "It was not touched.") from error
