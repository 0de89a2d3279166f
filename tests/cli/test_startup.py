"""Help comes at once: nothing heavy is imported before a command needs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from carrel.cli import app
from carrel.models.chat.scripted import say
from carrel.testing.fake_server import FakeServer
from tests.cli.harness import LIMIT, carrel, environment

HEAVY = "openai sqlalchemy chromadb torch sentence_transformers alembic numpy onnxruntime tiktoken".split()
"""Not pydantic: typer itself takes it, for 0.1 s, to read the options of a command that has any."""

PROBE = """
import json, sys
from carrel.cli import main
for arguments in json.loads(sys.argv.pop()):
    sys.argv[1:] = arguments
    try:
        main()
    except SystemExit as left:
        assert not left.code, (arguments, left.code)
    for name in json.loads('%s'):
        if name in sys.modules:
            print("HEAVY", arguments, name)
"""


def commands() -> list[tuple[str, ...]]:
    """Return every command and group of commands, the program itself first."""
    found: list[tuple[str, ...]] = [()]
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        found.append((name,))
        found.extend((name, below) for below in getattr(command, "commands", {}))
    return found


@pytest.mark.process
def test_no_help_loads_anything_heavy() -> None:
    """`carrel --help`, the version and the help of each command leave all heavy packages out of the process."""
    lines = [["--version"], *([*command, "--help"] for command in commands())]
    probe = PROBE % json.dumps(HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", probe, json.dumps(lines)],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        env=environment(),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "HEAVY" not in done.stdout
    assert done.stdout.count("Usage: ") == len(lines) - 1


@pytest.mark.process
def test_importing_the_package_loads_nothing_heavy_and_opens_nothing() -> None:
    """`import carrel` costs nothing; a name is loaded when it is first used."""
    names = [*HEAVY, "pydantic", "typer", "carrel.bootstrap"]
    probe = f"import carrel, sys; print([name for name in {names!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=LIMIT)
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize("group", [command[0] for command in commands() if len(command) == 1])
def test_every_command_says_what_it_does(group: str) -> None:
    """Each command has a sentence of help, and every option of it a text."""
    told = carrel(group, "--help").out
    assert told.splitlines()[2].strip().endswith("."), told
    assert carrel(group, "-h").out == told


def test_the_program_alone_shows_its_help() -> None:
    """`carrel` alone lists the commands and is no mistake; a group of commands alone is a usage error."""
    ran = carrel()
    assert (ran.code, ran.err) == (0, "")
    assert "Commands:" in ran.out
    ran = carrel("memory")
    assert (ran.code, ran.out) == (2, "")
    assert "Commands:" in ran.err


@pytest.mark.process
def test_a_few_messages_are_searched_without_the_index(tmp_path: Path) -> None:
    """A second question in a small home does not wait for chromadb, which takes half a second to load."""
    variables = {"CARREL_HOME": str(tmp_path), "CARREL_EMBEDDER": "local"}
    assert carrel("ask", "I like tea.", **variables).code == 0
    done = subprocess.run(
        [sys.executable, "-c", PROBE % json.dumps(["chromadb"]), json.dumps([["ask", "What do I like?"]])],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        env=environment(**variables),
    )
    assert (done.returncode, "HEAVY" in done.stdout) == (0, False)


@pytest.mark.process
def test_a_model_server_is_reached_without_the_asynchronous_client(tmp_path: Path) -> None:
    """openai would load aiohttp, which takes a tenth of a second, for a client that no command uses."""
    with FakeServer([say("Fine.")]) as server:
        variables = {"CARREL_HOME": str(tmp_path), "CARREL_BASE_URL": server.url, "CARREL_MODEL": "gpt-4o"}
        done = subprocess.run(
            [sys.executable, "-c", PROBE % json.dumps(["aiohttp"]), json.dumps([["ask", "How are you?"]])],
            capture_output=True,
            text=True,
            timeout=LIMIT,
            env=environment(**variables),
        )
    assert (done.returncode, done.stdout) == (0, "Fine.\n")
