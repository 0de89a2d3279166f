"""Locks between processes, in files. The operating system releases a lock when its process ends, even by a crash.

Some file systems, such as NFS without its lock service, have no locks. There a second file that exists while the lock
is held stands for it; it names the process, so that one whose process has crashed does not count.
"""

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from carrel.errors import StoreFailed

if TYPE_CHECKING:
    from filelock import BaseFileLock

NO_LOCKS = frozenset({errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL})
"""What the system says where a file system has no locks."""


def lock_path(database: Path, name: str) -> Path:
    """Return the file of the lock with this name of a database."""
    return database.with_suffix(f".{name}-lock")


@contextmanager
def hold_file(path: Path, *, wait: bool) -> Iterator[bool]:
    """Hold the lock of a file and yield whether it is held: False if somebody else holds it and `wait` is false.

    Raises:
        StoreFailed: the file cannot be written.
    """
    lock = take_file(path, wait=wait)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            lock.release()


def take_file(path: Path, *, wait: bool) -> "BaseFileLock | None":
    """Take the lock of a file until its `release` is called; None if somebody else holds it and `wait` is false.

    Raises:
        StoreFailed: the file cannot be written.
    """
    from filelock import FileLock, SoftFileLock, Timeout

    timeout = -1 if wait else 0
    try:
        try:
            lock: BaseFileLock = FileLock(path, timeout, 0o600, thread_local=False, fallback_to_soft=False)
            lock.acquire()
        except (NotImplementedError, OSError) as error:
            if isinstance(error, OSError) and error.errno not in NO_LOCKS:
                raise
            lock = SoftFileLock(path.with_name(f"{path.name}.held"), timeout, 0o600, thread_local=False)
            lock.acquire()
    except Timeout:
        return None
    except OSError as error:
        raise StoreFailed(f"'{path}' cannot be written: {error.strerror}.", "Check its permissions.") from None
    return lock


def has_locks(folder: Path) -> bool:
    """Return whether the file system of a folder has the locks that databases use (POSIX record locks)."""
    import fcntl

    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in NO_LOCKS
    return True
