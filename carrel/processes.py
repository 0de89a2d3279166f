"""The processes of this machine: a name for each, and whether it still runs."""

import os
from functools import cache

import psutil


def this_process() -> str:
    """Return a name for this process that no other process of this machine has until the next boot."""
    return _name(os.getpid())


def is_running(name: str) -> bool:
    """Return whether the process of this name still runs; one that took over its number does not count."""
    pid, _, started = name.partition(":")
    return started != "" and _start_time(int(pid)) == started


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
