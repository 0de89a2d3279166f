"""The processes of this machine: a name for each, whether it still runs, and what ends with this one."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psutil

_OWNER = re.compile(r"(\d+)_(-?[\d.]+)-")
"""The process that a temporary folder belongs to, behind the prefix of its name."""


def this_process() -> str:
    """Return a name for this process that no other process of this machine has until the next boot."""
    return _name(os.getpid())


def is_running(name: str) -> bool:
    """Return whether the process of this name still runs; one that took over its number does not count."""
    pid, _, started = name.partition(":")
    return started != "" and _start_time(int(pid)) == started


def end_with_this_process(child: "subprocess.Popen[bytes]") -> "subprocess.Popen[bytes]":
    """Start a process that terminates a child as soon as this process ends, even by SIGKILL, and return it.

    It waits for the end of a pipe that only this process holds. Kill it before the child is waited for: the child's
    number may be used again then.
    """
    script = 'read -r line; kill "$1" 2>/dev/null'
    return subprocess.Popen(
        ["/bin/sh", "-c", script, "sh", str(child.pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """Give a new folder, for this user alone, that is removed at the end of the block.

    Those with the same prefix that processes left behind when they were killed are removed first.
    """
    _remove_abandoned(prefix)
    with tempfile.TemporaryDirectory(prefix=f"{prefix}{this_process().replace(':', '_')}-") as folder:
        yield Path(folder)


def _remove_abandoned(prefix: str) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        owner = _OWNER.match(folder.name.removeprefix(prefix))
        if owner and not is_running(f"{owner[1]}:{owner[2]}"):
            shutil.rmtree(folder, ignore_errors=True)


def find_others_with_open(path: Path) -> list[int]:
    """Return the numbers of the other processes that have a file open, as far as this user may see them."""
    wanted = str(path.resolve())
    others = (process for process in psutil.process_iter() if process.pid != os.getpid())
    return sorted(process.pid for process in others if wanted in _open_files(process))


def _open_files(process: psutil.Process) -> set[str]:
    try:
        return {opened.path for opened in process.open_files()}
    except (psutil.Error, OSError):
        return set()


@cache
def _name(pid: int) -> str:
    return f"{pid}:{_start_time(pid)}"


def _start_time(pid: int) -> str:
    """Return when a process started, in seconds since boot; empty where there is none or it is a zombie.

    Not in seconds since the epoch: those change for a running process whenever the system's clock is set.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        return f"{process.create_time() - psutil.boot_time():.2f}"
    except psutil.NoSuchProcess:
        return ""
