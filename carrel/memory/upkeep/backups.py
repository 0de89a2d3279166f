"""Back a home's database up, restore it from a backup, and upgrade it, when the user asks for it."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from carrel.errors import BadFile, Busy, CarrelError, NotFound, StoreFailed, UsageError
from carrel.memory.db.backup import backup, backup_name, backups_folder, write_copy
from carrel.memory.db.database import Database
from carrel.memory.db.file_lock import hold_file, lock_path
from carrel.memory.db.open import open_database, open_file
from carrel.memory.db.upgrade import LOCK, refuse_newer, revision, upgrade
from carrel.processes import find_others_with_open

BY_HAND, BEFORE_RESTORE, DAMAGED = "by-hand", "before-restore", "damaged"
_BESIDE = ("-journal", "-wal", "-shm")
"""What SQLite writes beside a database."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did; both revisions are the same where there was nothing to do."""

    before: str
    after: str
    backup: Path | None


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    revision: str
    """Of the backup; the database is upgraded when it is opened."""
    kept: Path | None
    """Where the database that was there is kept; None where there was none."""


def back_up(home: Path, target: Path | None = None) -> Path:
    """Write a consistent copy of a home's database to a new file, by default among the home's backups.

    Raises:
        NotFound: there is no database.
        UsageError: the file exists, or cannot be written.
        StoreFailed: the database is damaged, or there is no room.
    """
    with closing(_open_existing(home)) as database:
        revision(database)
        if target is None:
            return backup(database, BY_HAND)
        if target.exists() or target.is_symlink():
            raise UsageError(f"'{target}' exists already.", "Choose another name.")
        try:
            write_copy(database, target)
        except OSError as error:
            raise UsageError(f"'{target}' cannot be written: {error.strerror}.", "Check the path.") from None
        return target


def upgrade_home(home: Path) -> Upgrade:
    """Upgrade a home's database to the newest revision, after a backup. Raise NotFound, StoreFailed."""
    with closing(_open_existing(home)) as database:
        before = revision(database) or ""
        copy = upgrade(database)
        return Upgrade(before, revision(database) or "", copy)


def check_backup(source: Path) -> str:
    """Return the revision of a backup, after looking through the whole file.

    Raises:
        BadFile: it does not exist, is damaged, or is no database of Carrel.
        StoreFailed: a newer Carrel wrote it.
    """
    if not source.is_file():
        raise BadFile(f"'{source}' is not a file.", "See the directory backups in the home.")
    with closing(open_file(source)) as database:
        try:
            found = revision(database)
            if found is None:
                raise BadFile(f"'{source}' is empty.", "Choose another backup.")
            refuse_newer(source, found)
            with database.read() as connection:
                damage = database.dialect.find_damage(connection)
                dangling = database.dialect.count_dangling(connection)
        except StoreFailed as error:
            raise BadFile(error.message, "Choose another backup. Nothing was changed.") from error
    if damage or dangling:
        what = damage[0] if damage else f"{dangling} rows refer to nothing"
        raise BadFile(f"'{source}' is damaged: {what}.", "Choose another backup. Nothing was changed.")
    return found


def restore(home: Path, source: Path) -> Restored:
    """Put a backup in the place of a home's database, and keep the one that was there among the backups.

    The index is removed: it is built again from the vectors in the database.

    Raises:
        BadFile: the backup is damaged or none.
        Busy: another process has the database open.
        StoreFailed: a newer Carrel wrote the backup, or there is no room.
    """
    found = check_backup(source)
    path = (home / "carrel.db").resolve()
    with _alone(path):
        partial = path.with_name("carrel.db.restored")
        with closing(open_file(source)) as database:
            write_copy(database, partial)
        kept = _keep(path)
        for beside in _BESIDE:
            path.with_name(path.name + beside).unlink(missing_ok=True)
        partial.replace(path)
        shutil.rmtree(home / "index", ignore_errors=True)
    return Restored(found, kept)


def _open_existing(home: Path) -> Database:
    path = home / "carrel.db"
    if not path.exists() and not path.is_symlink():
        raise NotFound(f"Home '{home}' has no database.", "Set CARREL_HOME, or start a chat.")
    return open_database(home)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Make sure that nobody else has a database open, and keep others from upgrading it. Raise Busy."""
    with hold_file(lock_path(path, LOCK), wait=False) as held:
        others = find_others_with_open(path) if path.exists() else []
        if others or not held:
            who = f"process {', '.join(map(str, others))}" if others else "another process"
            raise Busy(f"Database '{path}' is open in {who}.", "Close it and try again.")
        yield


def _keep(path: Path) -> Path | None:
    """Copy the database that is in its place to the backups, as it is where it is damaged."""
    if not path.is_file() or not path.stat().st_size:
        return None
    try:
        with closing(open_file(path)) as database:
            if revision(database) is not None:
                return backup(database, BEFORE_RESTORE)
    except CarrelError:
        pass  # what cannot be read is kept as it is
    folder = backups_folder(path)
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / backup_name(folder, DAMAGED)
    for beside in ("", *_BESIDE):
        old = path.with_name(path.name + beside)
        if old.is_file():
            shutil.copy2(old, target.with_name(target.name + beside))
    return target
