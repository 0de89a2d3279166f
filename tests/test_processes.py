"""Processes by their names: a number that is used again is another process."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from carrel.processes import find_others_with_open, is_running, temporary_folder, this_process

NAMED = """
import sys
from carrel.processes import this_process
print(this_process(), flush=True)
sys.stdin.read()
"""


def test_this_process_runs_and_its_number_alone_is_not_its_name() -> None:
    """A process that began at another moment under the same number is not this one, nor is a name without a moment."""
    pid = os.getpid()
    assert this_process() == this_process()
    assert this_process().startswith(f"{pid}:")
    assert is_running(this_process())
    assert not is_running(f"{pid}:1.00")
    assert not is_running(f"{pid}:")


@pytest.mark.process
def test_a_killed_process_runs_no_more() -> None:
    """Another process is known by the name that it gives itself, until it is killed: even before it is reaped."""
    command = [sys.executable, "-c", NAMED]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        name = child.stdout.readline().strip()
        assert name.startswith(f"{child.pid}:")
        assert is_running(name)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert not is_running(name)
    assert not is_running(name)


@pytest.mark.process
def test_a_forked_process_has_its_own_name() -> None:
    """A name is of the process that asks, also after a fork."""
    code = """
import os, sys
from carrel.processes import this_process
mine = this_process()
if os.fork() == 0:
    os._exit(0 if this_process().startswith(f"{os.getpid()}:") and this_process() != mine else 1)
sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.process
def test_who_has_a_file_open(tmp_path: Path) -> None:
    """Another process that has a file open is found, this one is not, and nobody is once it has ended."""
    path = tmp_path / "file"
    path.touch()
    code = "import sys; opened = open(sys.argv[1]); print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(path)]
    with path.open(), subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert find_others_with_open(path) == [child.pid]
        child.communicate()
        assert find_others_with_open(path) == []


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_a_child_ends_with_the_process_that_watches_it(number: signal.Signals) -> None:
    """Whatever ends the parent, its child is ended too."""
    code = """
import subprocess, sys
from carrel.processes import end_with_this_process
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True)
watcher = end_with_this_process(child)
print(child.pid, flush=True)
sys.stdin.read()
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(number)
        child.wait(timeout=20)


def test_a_temporary_folder_goes_with_its_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is removed at the end; one that a killed process left is removed by the next; those in use stay."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    abandoned, foreign = tmp_path / "branch-999999_1.00-abc", tmp_path / "branch-other"
    for folder in (abandoned, foreign):
        folder.mkdir()
        (folder / "file").touch()
    with temporary_folder("branch-") as first, temporary_folder("branch-") as second:
        assert sorted(tmp_path.iterdir()) == sorted([first, second, foreign])
        assert first.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [foreign]
