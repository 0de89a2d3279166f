"""Every command in every trouble of the environment: a sentence and a documented exit code, never a fault of ours.

The suite runs a part of the matrix, `make environment` all of it.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from carrel.bootstrap import Carrel
from carrel.cli import app
from tests.cli.harness import LIMIT, Ran, carrel, environment, process
from tests.cli.troubles import MOUNTED, TROUBLES, UNSHARED, Trouble, may_mount

CODES = {0, 1, 2, 3, 4, 5, 75, 76, 77, 78, 130}
"""The exit codes of shared/interface.md."""
SECRET = "hunter2"

SCENARIO = "name: tea\nsessions:\n  - turns:\n      - user: I drink tea.\n"
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "agent new": ("ada",),
    "agent rm": ("default", "--yes"),
    "ask": ("What do I drink?",),
    "import": ("{folder}/notes.txt",),
    "memory add": ("Ada keeps bees.",),
    "memory search": ("tea",),
    "memory show": ("human",),
    "run": ("{folder}/tea.yaml",),
    "doctor": ("--live",),
    "fake-server": ("--faults",),
    "session export": ("--scenario",),
    "ui": ("--static", "{folder}/page.html"),
    "db check": ("--repair",),
}
"""What a command needs to do its work; others run without arguments, and may say that they need some."""
SLOW = {"models optimize"}
"""Commands that take long whatever the trouble."""
READING = (
    "agent ls",
    "agent show",
    "context show",
    "memory ls",
    "memory search",
    "memory show",
    "session ls",
    "session show",
)
"""What must work in a home that can only be read."""
WRITING = ("ask", "import", "memory add", "agent new")
"""What must say that it cannot."""
WHOLE = bool(os.environ.get("CARREL_MATRIX"))


def commands() -> Iterator[str]:
    """Yield every command of the program, from its own tree."""

    def walk(command: Any, words: tuple[str, ...]) -> Iterator[str]:
        below = getattr(command, "commands", None)
        if not below:
            yield " ".join(words)
            return
        for name, item in below.items():
            yield from walk(item, (*words, name))

    yield from (name for name in walk(get_command(app), ()) if name not in SLOW)


COMMANDS = sorted(commands())


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which something was said and stored."""
    place = tmp_path_factory.mktemp("pattern") / "home"
    with Carrel.open(place, "offline", "none") as opened:
        agent = opened.agent("default")
        with agent.session() as chat:
            chat.send("I drink tea. 我喜欢喝茶。")
        agent.archival.insert("Tea is in the cupboard.")
    return place


def _set_up(trouble: Trouble, pattern: Path, folder: Path) -> dict[str, str]:
    """Make the trouble in a copy of the home, and return the variables."""
    home = folder / "home"
    shutil.copytree(pattern, home)
    (folder / "notes.txt").write_text("Bob sails.\n", encoding="utf-8")
    (folder / "tea.yaml").write_text(SCENARIO, encoding="utf-8")
    trouble.prepare(home)
    places = {"home": str(home), "folder": str(folder)}
    named = {name: value.format_map(places) for name, value in trouble.variables.items()}
    return {"CARREL_HOME": str(home), "CARREL_MODEL": "offline", **named}


def _line(command: str, folder: Path) -> list[str]:
    given = (part.format(folder=folder) for part in ARGUMENTS.get(command, ()))
    return [*command.split(), *given]


def _in_a_shell(trouble: Trouble, command: str, variables: dict[str, str], folder: Path) -> Ran:
    shell = UNSHARED if trouble in MOUNTED.values() else ["sh", "-c"]
    line = [*shell, trouble.shell or '"$@"', "sh", sys.executable, "-m", "carrel", *_line(command, folder)]
    done = subprocess.run(
        line, input=b"Hello\n", capture_output=True, timeout=2 * LIMIT, env=environment(**variables), cwd=folder
    )
    return Ran(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


def _judge(ran: Ran, what: tuple[str, str]) -> None:
    told = ran.out + ran.err
    assert ran.code in CODES, (what, ran)
    assert "fault in Carrel" not in told, (what, ran)
    assert "Traceback" not in told, (what, ran)
    assert SECRET not in told, (what, ran)
    if ran.code in {3, 77}:
        assert re.search(r"^Error: .+\.$", ran.err, re.MULTILINE), (what, ran)


@pytest.mark.network
@pytest.mark.parametrize("name", [name for name, trouble in TROUBLES.items() if not trouble.shell])
def test_a_trouble_of_variables_and_files(name: str, pattern: Path, tmp_path: Path) -> None:
    """A few commands, in this process; all of them in the whole matrix."""
    for command in COMMANDS if WHOLE else ("agent ls", "ask", "doctor", "memory search"):
        folder = tmp_path / command.replace(" ", "-")
        folder.mkdir()
        variables = _set_up(TROUBLES[name], pattern, folder)
        _judge(carrel(*_line(command, folder), stdin="Hello\n", **variables), (name, command))


@pytest.mark.process
@pytest.mark.parametrize("name", [name for name, trouble in TROUBLES.items() if trouble.shell])
def test_a_trouble_of_a_process(name: str, pattern: Path, tmp_path: Path) -> None:
    """One command, which reads and writes; all of them in the whole matrix."""
    for command in COMMANDS if WHOLE else ("ask",):
        folder = tmp_path / command.replace(" ", "-")
        folder.mkdir()
        variables = _set_up(TROUBLES[name], pattern, folder)
        _judge(_in_a_shell(TROUBLES[name], command, variables, folder), (name, command))


@pytest.mark.process
@pytest.mark.skipif(not may_mount(), reason="mounting is not allowed here")
@pytest.mark.parametrize("name", MOUNTED)
def test_a_trouble_of_a_file_system(name: str, pattern: Path, tmp_path: Path) -> None:
    """What only reads works; what writes says which file could not be written."""
    for command in (*READING, *WRITING, *COMMANDS) if WHOLE else (*READING[:3], *WRITING[:2]):
        folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        variables = _set_up(MOUNTED[name], pattern, folder)
        ran = _in_a_shell(MOUNTED[name], command, variables, folder)
        _judge(ran, (name, command))
        if command in READING:
            assert (ran.code, ran.err) == (0, ""), (name, command, ran)
            assert ran.out
        elif command in WRITING or (command == "memory verify" and "read" in name):
            assert ran.code == (3 if "read" in name else 1), (name, command, ran)
            assert "cannot be written" in ran.err or "is full" in ran.err, (name, command, ran)


LOCKS = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
int flock(int fd, int operation) { errno = ENOLCK; return -1; }
int fcntl64(int fd, int command, ...) {
    va_list list; va_start(list, command); void *argument = va_arg(list, void *); va_end(list);
    if (getenv("NO_LOCKS") && (command == F_SETLK || command == F_SETLKW || command == F_GETLK)) {
        errno = ENOLCK; return -1;
    }
    int (*real)(int, int, ...) = dlsym(RTLD_NEXT, "fcntl64");
    return real(fd, command, argument);
}
int fcntl(int fd, int command, ...) {
    va_list list; va_start(list, command); void *argument = va_arg(list, void *); va_end(list);
    return fcntl64(fd, command, argument);
}
"""
"""A library that stands before the system's: no flock, and with NO_LOCKS no locks of any kind, as on some NFS."""


@pytest.fixture(scope="module")
def lockless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That library, compiled."""
    folder = tmp_path_factory.mktemp("locks")
    (folder / "locks.c").write_text(LOCKS, encoding="utf-8")
    command = ["cc", "-shared", "-fPIC", "-o", str(folder / "locks.so"), str(folder / "locks.c"), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "locks.so"


@pytest.mark.process
@pytest.mark.skipif(sys.platform != "linux" or shutil.which("cc") is None, reason="needs a C compiler on Linux")
def test_a_file_system_without_flock(lockless: Path, pattern: Path, tmp_path: Path) -> None:
    """Everything works, from the first start on; without locks of any kind SQLite cannot, and it is said why."""
    variables = {"LD_PRELOAD": str(lockless), "CARREL_MODEL": "offline", "CARREL_HOME": str(tmp_path / "home")}
    assert process("ask", "I keep bees.", **variables).code == 0
    found = process("memory", "search", "bees", "--json", **variables)
    assert (found.code, found.err, found.data["total"]) == (0, "", 1)
    shutil.copytree(pattern, tmp_path / "other")
    ran = process("agent", "ls", **{**variables, "CARREL_HOME": str(tmp_path / "other")}, NO_LOCKS="1")
    told = f"Error: The file system of '{tmp_path / 'other'}' has no locks. Move CARREL_HOME to a local disk.\n"
    assert (ran.code, ran.err) == (3, told)
