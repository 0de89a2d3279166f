"""Locks between processes: one holder at a time, and none that outlives its process."""

import errno
import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from carrel.errors import StoreFailed
from carrel.memory.db.file_lock import hold_file, take_file

HOLDER = """
import sys
from pathlib import Path
from carrel.memory.db.file_lock import take_file
lock = take_file(Path(sys.argv[1]), wait=False)
print(lock is not None, flush=True)
sys.stdin.read()
"""


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    """While one holds the lock nobody else gets it, and afterwards the next one does."""
    path = tmp_path / "some-lock"
    with hold_file(path, wait=True) as first, hold_file(path, wait=False) as second:
        pass
    with hold_file(path, wait=False) as third:
        pass
    assert (first, second, third) == (True, False, True)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.process
@pytest.mark.process
def test_a_killed_process_frees_its_lock(tmp_path: Path) -> None:
    """A lock is held against this process while another has it, and is free once that one was killed."""
    path = tmp_path / "锁"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        held_elsewhere = take_file(path, wait=False)
        holder.kill()
    assert held_elsewhere is None
    lock = take_file(path, wait=True)
    assert lock is not None
    lock.release()


def test_a_path_that_cannot_be(tmp_path: Path) -> None:
    """A lock that cannot be written is a sentence with its path, not a traceback."""
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "some-lock"
    with pytest.raises(StoreFailed, match=f"'{path}' cannot be written: "), hold_file(path, wait=False):
        pass


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_where_the_file_system_has_no_flock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """A file stands for the lock: one holder at a time, and a holder that has crashed does not count."""

    def lack(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", lack)
    path = tmp_path / "lock"
    with hold_file(path, wait=False) as first:
        assert first
        with hold_file(path, wait=False) as second:
            assert not second
    with hold_file(path, wait=False) as third:
        assert third
    (tmp_path / "lock.held").write_text(f"999999999\n{socket.gethostname()}\n", encoding="utf-8")
    os.utime(tmp_path / "lock.held", (0, 0))
    with hold_file(path, wait=True) as after_a_crash:
        assert after_a_crash
