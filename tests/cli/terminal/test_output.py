"""Text from elsewhere cannot steer the terminal, and pipes get no colours."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from carrel.models.chat.scripted import say
from carrel.testing.fake_server import FakeServer
from tests.cli.harness import LIMIT, carrel, environment, write_jsonl

EVIL = "ok \x1b[31mred\x1b]52;c;ZXZpbA==\x07 \x9b2J \u202egnp.exe\u202c \x08\x7f end"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.network
def test_a_reply_cannot_steer_the_terminal() -> None:
    """ESC, OSC 52, C1 and direction marks in a model's reply reach neither screen nor stream, whole or in pieces."""
    for arguments, stdin in ((("ask", "Hello"), ""), (("chat",), "Hello\n"), (("ask", "Hello", "--stream-json"), "")):
        with FakeServer([say(EVIL)]) as server:
            ran = carrel(*arguments, stdin=stdin, CARREL_BASE_URL=server.url, CARREL_MODEL="any")
        assert ran.code == 0, ran
        assert not STEERING.search(ran.out), arguments
        assert "end" in ran.out


def test_stored_memories_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Whatever was imported, stored or named, no command prints it raw."""
    line = {"role": "user", "text": EVIL, "speaker": f"A{EVIL}", "session": f"S{EVIL}", "source": f"x{EVIL}"}
    carrel("import", str(write_jsonl(tmp_path / "evil.jsonl", line)))
    carrel("memory", "add", EVIL, "--tag", EVIL)
    carrel("memory", "add", EVIL, "--block", "human")
    for arguments in (
        ("memory", "ls"),
        ("memory", "search", "red"),
        ("memory", "show", "human"),
        ("memory", "show", "p-"),
        ("session", "ls"),
        ("session", "show", carrel("session", "ls", "--json").data[0]["id"]),
        ("agent", "show"),
        ("ask", "What is red?"),
        ("memory", "search", f"zz{EVIL}zz"),
        ("agent", "show", f"x{EVIL}"),
        ("import", f"x{EVIL}"),
    ):
        for extra in ((), ("--json",) if arguments[0] != "import" else ()):
            ran = carrel(*arguments, *extra)
            assert not STEERING.search(ran.out + ran.err), (arguments, ran)
            assert ran.out or ran.err


def test_json_loses_nothing_by_being_safe(tmp_path: Path) -> None:
    """Direction marks are escaped in JSON, not dropped: a program reads what was stored."""
    text = "left \u202eright\u202c"
    carrel("import", str(write_jsonl(tmp_path / "marks.jsonl", {"role": "user", "text": text, "session": "s"})))
    ran = carrel("session", "show", "s", "--json")
    assert "\\u202e" in ran.out
    assert ran.data["messages"][0]["text"] == text


@pytest.mark.process
def test_no_escape_codes_in_a_pipe_and_colour_only_where_it_is_wanted() -> None:
    """A pipe gets plain text; a terminal gets a drawn table, and with NO_COLOR one without colours."""
    carrel("agent", "new", "ada")
    assert "\x1b" not in carrel("agent", "ls", FORCE_COLOR="1").out
    plain = _on_a_terminal("agent", "ls", NO_COLOR="1")
    assert "archival" in plain, "A terminal gets headings."
    assert " ada " in plain
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", plain)
    assert "\x1b" not in _on_a_terminal("agent", "ls", TERM="dumb", NO_COLOR="1")


def _on_a_terminal(*arguments: str, **more: str) -> str:
    """Run a command with a terminal for its output, and return what it printed."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "carrel", *arguments], stdout=theirs, stdin=subprocess.DEVNULL, env=environment(**more)
    ) as running:
        os.close(theirs)
        shown = b""
        while part := _read(ours):
            shown += part
        assert running.wait(LIMIT) == 0
    os.close(ours)
    return shown.decode()


def _read(terminal: int) -> bytes:
    """Read from a terminal; Linux says EIO at its end, macOS nothing."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
