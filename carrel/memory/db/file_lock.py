"""Locks between processes, in files. The operating system releases a lock when its process ends, even by a crash."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from carrel.errors import StoreFailed

if TYPE_CHECKING:
    from filelock import BaseFileLock


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
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=-1 if wait else 0, mode=0o600, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    except OSError as error:
        raise StoreFailed(f"'{path}' cannot be written: {error.strerror}.", "Check its permissions.") from None
    return lock
