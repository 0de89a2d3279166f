"""What the system refuses is one sentence with a remedy, and not a fault of ours."""

import errno
import os

import pytest

from carrel.cli.terminal.system_errors import explain
from carrel.errors import CarrelError, NotConfigured, StoreFailed


def _refused(number: int, path: str | None = None) -> OSError:
    return OSError(number, os.strerror(number), path)


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (_refused(errno.ENOSPC, "/a"), StoreFailed, "'/a' cannot be written: No space left on device. Free some space"),
        (_refused(errno.EDQUOT), StoreFailed, "A file cannot be written: Disk quota exceeded."),
        (_refused(errno.EFBIG, "/a"), StoreFailed, "'/a' cannot be written: File too large."),
        (_refused(errno.EROFS, "/a"), NotConfigured, "'/a' cannot be used: Read-only file system. Check the path"),
        (_refused(errno.EACCES, "/a"), NotConfigured, "'/a' cannot be used: Permission denied."),
        (_refused(errno.EMFILE, "/a"), CarrelError, "'/a' cannot be opened: Too many open files. Raise the limit"),
        (_refused(errno.EIO), CarrelError, "The system refused to go on: Input/output error."),
        (OSError("odd"), CarrelError, "The system refused to go on: odd."),
        (MemoryError(), CarrelError, "This machine has no memory left."),
        (ImportError("libgomp.so.1: cannot open"), NotConfigured, "cannot be imported: libgomp.so.1: cannot open."),
        (RuntimeError("can't start new thread"), CarrelError, "The system starts no more threads."),
    ],
)
def test_what_the_system_refused(error: BaseException, kind: type[CarrelError], told: str) -> None:
    """The subject, its state and the remedy."""
    found = explain(error)
    assert type(found) is kind
    assert told in str(found)
    assert found.hint.endswith(".")


@pytest.mark.parametrize("error", [RuntimeError("odd"), ValueError("odd"), TypeError("odd"), KeyError("odd")])
def test_a_fault_of_ours_is_none_of_the_systems(error: BaseException) -> None:
    """Whatever else is raised stays what it is."""
    assert explain(error) is None
