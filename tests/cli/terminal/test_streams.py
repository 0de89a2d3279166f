"""Standard streams in every state in which a shell, a service manager or a pipe may leave them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from tests.cli.harness import LIMIT, carrel, environment

pytestmark = pytest.mark.process

CARREL = f"'{sys.executable}' -m carrel"
TEXT = "小明喜欢喝茶。 Ünïcödé 🍵"


def shell(command: str, **more: str) -> tuple[int, str, str]:
    """Run a command of the shell in which CARREL stands for the program; return its code and what it printed."""
    done = subprocess.run(
        ["sh", "-c", command.replace("CARREL", CARREL)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LIMIT,
        env={**environment(**more), "PYTHONUNBUFFERED": more.get("PYTHONUNBUFFERED", "")},
    )
    return done.returncode, done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode()


@pytest.fixture(autouse=True)
def _fact() -> None:
    carrel("memory", "add", TEXT)


@pytest.mark.parametrize("command", ["memory ls --json", "--version", "ask hello"])
def test_an_output_that_is_closed_or_full_is_told_in_a_sentence(command: str) -> None:
    """Whatever prints, plain or as JSON: exit code 1, and no traceback at the end either."""
    for place, reason, unbuffered in (
        (">&-", "Bad file descriptor", ""),
        (">/dev/full", "No space left on device", ""),
        (">/dev/full", "No space left on device", "1"),
    ):
        code, out, err = shell(f"CARREL {command} {place}", PYTHONUNBUFFERED=unbuffered)
        assert (code, out) == (1, ""), err
        assert f"Standard output cannot be written: {reason}." in err
        assert err.count("\n") == 1


def test_what_is_stored_is_stored_though_nothing_can_be_printed(home: Path) -> None:
    """A full output is no reason to undo."""
    assert shell("CARREL memory add 'Ada keeps bees.' >/dev/full")[0] == 1
    assert "Ada keeps bees." in carrel("memory", "ls").out


def test_a_reader_that_leaves_is_left_in_peace() -> None:
    """`| head -1` shows its line, and nothing is said about the rest."""
    with Carrel.open(model="offline", embedder="none") as opened:
        for number in range(50):
            opened.agent("default").archival.insert(f"{number} " + "x" * 5000)
    code, out, err = shell("CARREL memory ls --limit 50 --json | head -c 20; CARREL memory ls --limit 50 | head -1")
    assert (code, err) == (0, "")
    assert out.startswith('{"schema": "carrel/mcore  persona')


def test_a_closed_standard_error_changes_nothing() -> None:
    """The code says what happened; no file of ours is opened in its place."""
    for place in ("2>&-", "2>/dev/full"):
        assert shell(f"CARREL agent show nobody {place}") == (4, "", "")
        code, out, _ = shell(f"CARREL memory ls {place}")
        assert (code, TEXT in out) == (0, True)


def test_a_closed_standard_input_is_an_empty_one() -> None:
    """The chat ends, `ask -` has nothing to say, `agent rm` wants a yes, and `ask TEXT` needs none."""
    assert shell("CARREL chat <&-")[0] == 0
    code, _, err = shell("CARREL ask - <&-")
    assert (code, err) == (2, "Error: The message is empty. Say something.\n")
    assert shell("CARREL agent rm default <&-")[0] == 2
    assert shell("CARREL ask hello <&-")[0] == 0


def test_all_three_may_be_closed(home: Path) -> None:
    """As some service managers start programs: the work is done, and the database is whole."""
    assert shell("CARREL memory add 'Bob sails.' <&- >&- 2>&-")[0] == 1
    assert "Bob sails." in carrel("memory", "ls").out
    assert carrel("db", "check").code == 0


def test_standard_input_that_cannot_be_read() -> None:
    """The system's reason is told."""
    code, _, err = shell("CARREL ask - < /proc/self/mem")
    assert (code, err) == (2, "Error: Standard input cannot be read: Input/output error. Add < /dev/null, or a file.\n")


@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "latin-1"}, {"PYTHONIOENCODING": "ascii:strict"}])
def test_what_an_encoding_lacks_is_written_as_escapes(variables: dict[str, str]) -> None:
    """Nothing becomes `?`: it can be read back, JSON stays JSON, and one line says what to do."""
    code, out, err = shell("CARREL memory ls --tier archival --json", **variables)
    assert code == 0
    assert "?" not in out
    escaped = out.encode("utf-8", "surrogateescape").decode("latin-1")
    assert json.loads(escaped)["data"][0]["text"] == TEXT
    assert err.count("\n") == 1
    assert "lacks characters, which are written as escapes" in err
    assert "PYTHONUTF8=1" in err


def test_where_nothing_is_lacking_nothing_is_said() -> None:
    """UTF-8, also by default in the locale C, and text that fits in a smaller encoding."""
    for variables in ({"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {"PYTHONUTF8": "1"}):
        code, out, err = shell("CARREL memory ls", **variables)
        assert (code, TEXT in out, err) == (0, True, "")
    assert shell("CARREL --version", PYTHONIOENCODING="latin-1")[2] == ""


def test_a_question_comes_after_what_is_piped() -> None:
    """`ask QUESTION` with a text on standard input says both; - says only that text."""
    ran = carrel("ask", "Who keeps bees?", stdin="Ada keeps bees.\n", CARREL_MODEL="offline")
    assert ran.code == 0
    said = carrel("session", "show", "--json").data["messages"][0]["text"]
    assert said == "Ada keeps bees.\n\nWho keeps bees?"
    carrel("ask", "-", stdin="Only this.")
    assert carrel("session", "show", "--json").data["messages"][0]["text"] == "Only this."


def test_a_pipe_that_says_nothing_is_told_about() -> None:
    """A program that forgot to close it would wait for ever without a word."""
    with subprocess.Popen(
        [sys.executable, "-m", "carrel", "ask", "hello"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=environment(),
    ) as running:
        assert running.stderr
        assert running.stderr.readline() == b"(waiting for the end of standard input; < /dev/null leaves it out)\n"
        running.communicate(b"", timeout=LIMIT)
    assert running.returncode == 0
