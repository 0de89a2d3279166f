"""Every exit code by a real cause, and errors as a person and as a program reads them."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from carrel.models.chat.scripted import say
from carrel.protocols import Request
from carrel.testing.fake_server import FakeServer, Fault
from tests.cli.harness import LIMIT, Ran, carrel, environment, process

CLOSED = "http://127.0.0.1:9/v1"
"""The discard port: nothing listens there."""


def _asked(answer: Exception) -> Ran:
    with FakeServer([answer]) as server:
        key = {"CARREL_API_KEY": "sk-not-the-right-one", "CARREL_BASE_URL": server.url, "CARREL_MODEL": "any"}
        return carrel("ask", "Hello", "--json", **key)


@pytest.mark.process
def test_done_is_0() -> None:
    """What was done exits with 0 and says nothing on standard error."""
    ran = process("--version")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("carrel 0.")


@pytest.mark.network
def test_failed_is_1() -> None:
    """A server that refuses a request is a failure, in its own words."""
    ran = _asked(Fault(400, {"error": {"message": "I am a teapot."}}))
    assert (ran.code, ran.error["code"]) == (1, "model_failed")
    assert "I am a teapot" in ran.error["message"]


def test_usage_is_2() -> None:
    """Wrong commands, options and values, and an empty message, are usage errors: one sentence and a way on."""
    for arguments, told in {
        ("aks", "hi"): "Did you mean 'ask'? See carrel --help.",
        ("ask",): "Missing argument 'TEXT'. See carrel ask --help.",
        ("ask", "hi", "--frob"): "No such option: --frob. See carrel ask --help.",
        ("ask", ""): "The message is empty.",
        ("ask", "-"): "The message is empty.",
        ("memory", "search", ""): "The query is empty.",
        ("memory", "search", "x", "--page", "0"): "Page 0 does not exist.",
        ("memory", "search", "x", "--since", "yesterday"): "Date 'yesterday' is not understood.",
        ("memory", "search", "x", "--tier", "attic"): "Choose recall, archival, all.",
        ("memory", "ls", "--limit", "0"): "--limit",
    }.items():
        carrel("agent", "new", "default")
        ran = carrel(*arguments)
        assert (ran.code, ran.out) == (2, ""), (arguments, ran)
        assert ran.err.startswith("Error: "), (arguments, ran.err)
        assert told in ran.err, (arguments, ran.err)
        assert ran.err.count("\n") == 1
        assert carrel(*arguments, "--json").error["code"] == "usage"
    assert carrel("agent", "show", "--json").data["counts"]["turns"] == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("window = 6000\nmodel = \n", "line 2"),
        ("windw = 6000\n", "Did you mean 'window'?"),
        ("window = 'many'\n", "It takes a whole number."),
        ("window = 8\n", "It must lie between 500 and"),
        ("[limits]\nhumen = 1\n", "Did you mean 'limit_human'?"),
    ],
)
def test_a_broken_settings_file_is_3(home: Path, content: str, told: str) -> None:
    """Not TOML, an unknown name, a wrong type, a wrong range: the file or setting is named, with what to do."""
    home.mkdir()
    (home / "config.toml").write_text(content, encoding="utf-8")
    ran = carrel("ask", "Hello")
    assert (ran.code, ran.out) == (3, "")
    assert told in ran.err
    assert not (home / "carrel.db").exists()


def test_a_home_that_cannot_be_used_is_3(tmp_path: Path) -> None:
    """A file in the place of the home, or of a folder above it."""
    (tmp_path / "file").write_text("I am in the way.", encoding="utf-8")
    for place in ("file", "file/below"):
        ran = carrel("ask", "Hello", "--json", CARREL_HOME=str(tmp_path / place))
        assert (ran.code, ran.error["code"]) == (3, "home_unusable"), ran
        assert "is not a directory" in ran.error["message"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_may_not_be_written_is_3(tmp_path: Path) -> None:
    """A directory without the right to write."""
    tmp_path.chmod(0o500)
    assert carrel("ask", "Hello", CARREL_HOME=str(tmp_path / "home")).code == 3
    tmp_path.chmod(0o700)


def test_a_model_without_server_or_key_is_3() -> None:
    """A named model cannot be asked without knowing where; the hint says how."""
    ran = carrel("ask", "Hello", "-m", "gpt-5-mini", "--json")
    assert (ran.code, ran.error["code"]) == (3, "not_configured")
    assert "OPENAI_API_KEY" in ran.error["hint"]


def test_not_found_is_4_and_makes_nothing() -> None:
    """Looking at an agent, session or memory that is not there never makes one."""
    for arguments in (
        ("agent", "show", "nobody"),
        ("agent", "rm", "nobody", "--yes"),
        ("memory", "search", "x", "-a", "nobody"),
        ("memory", "ls", "-a", "nobody"),
        ("session", "ls", "-a", "nobody"),
        ("session", "show", "-a", "nobody"),
    ):
        ran = carrel(*arguments)
        assert (ran.code, "Agent 'nobody' does not exist." in ran.err) == (4, True), ran
    assert carrel("agent", "ls", "--json").data == []
    carrel("agent", "new", "ada")
    for arguments in (("session", "show", "s-zz"), ("memory", "show", "m-zz"), ("memory", "show", "zz")):
        ran = carrel(*arguments, "-a", "ada", "--json")
        assert (ran.code, ran.error["code"]) == (4, "not_found"), ran
        assert "'ada'" in carrel("agent", "show", "bob").err, "The names that exist are offered."


@pytest.mark.network
def test_a_rate_limit_is_75_and_the_message_is_kept() -> None:
    """Patience beyond what a turn waits: try again later; what the user said is on disk."""
    ran = _asked(Fault(429, {"error": {"message": "Slow down."}}, {"Retry-After": "60"}))
    assert (ran.code, ran.error["code"]) == (75, "rate_limited")
    assert "60 s" in ran.error["message"]
    assert carrel("session", "show", "--json").data["messages"][0]["text"] == "Hello"


@pytest.mark.network
def test_a_refused_key_is_76_and_is_not_printed() -> None:
    """The error says which server and which setting, never the key."""
    ran = _asked(Fault(401, {"error": {"message": "Wrong key sk-not-the-right-one."}}))
    assert (ran.code, ran.error["code"]) == (76, "not_authorised")
    assert "Set CARREL_API_KEY" in ran.error["hint"]
    assert "not-the-right" not in ran.err


@pytest.mark.network
def test_an_unknown_model_is_77() -> None:
    """The server is there but does not serve the model."""
    ran = _asked(Fault(404, {"error": {"message": "The model `any` does not exist", "code": "model_not_found"}}))
    assert (ran.code, ran.error["code"]) == (77, "model_unreachable")
    assert "'any'" in ran.error["message"]


@pytest.mark.process
def test_a_server_that_is_not_there_is_77() -> None:
    """Nothing listens: the address is named, in one sentence without a traceback."""
    ran = process("ask", "Hello", CARREL_BASE_URL=CLOSED)
    assert (ran.code, ran.out) == (77, "")
    assert ran.err.startswith(f"Error: The server '{CLOSED}' cannot be reached")
    assert "Traceback" not in ran.err


@pytest.mark.process
def test_what_does_not_fit_is_78_and_nothing_is_stored() -> None:
    """A message of 10 MB is refused before anything is written, with the way to import it."""
    ran = process("ask", "-", stdin=b"a" * 10_000_000)
    assert (ran.code, ran.out) == (78, "")
    assert "carrel import" in ran.err
    assert carrel("agent", "show", "--json").data["counts"] == {"recall": 0, "archival": 0, "sessions": 0, "turns": 0}


def test_a_window_too_small_is_78() -> None:
    """Where the instructions and tools leave no room, the error lists what takes how much."""
    ran = carrel("ask", "Hello", "--json", CARREL_WINDOW="1500")
    assert (ran.code, ran.error["code"]) == (78, "does_not_fit")
    assert re.search(r"tools\s+\d+", ran.error["message"])
    assert "'window'" in ran.error["hint"]


@pytest.mark.process
def test_ctrl_c_is_130_and_what_was_said_is_kept() -> None:
    """SIGINT while the model is thinking: exit 130, no traceback, the message on disk, the turn closed."""
    asked, go = threading.Event(), threading.Event()

    def stuck(request: Request) -> str:
        asked.set()
        go.wait(LIMIT)
        return "Too late."

    with FakeServer(stuck) as server:
        command = [sys.executable, "-m", "carrel", "ask", "Think hard."]
        variables = environment(CARREL_BASE_URL=server.url, CARREL_MODEL="any")
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=variables) as running:
            assert asked.wait(LIMIT)
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=LIMIT)
        go.set()
    assert (running.returncode, out) == (130, b"")
    assert b"Traceback" not in err
    assert carrel("session", "show", "--json").data["messages"][0]["text"] == "Think hard."
    with FakeServer([say("Here I am.")]) as server:
        ran = carrel("ask", "Are you there?", "--session", "last", CARREL_BASE_URL=server.url, CARREL_MODEL="any")
    assert ran.out == "Here I am.\n"


@pytest.mark.process
def test_debug_shows_the_traceback_and_nothing_else_does() -> None:
    """--debug, wherever it stands, adds the traceback to a failure; the message stays the last line."""
    plain = process("agent", "show", "nobody")
    assert "Traceback" not in plain.err
    for arguments in (("--debug", "agent", "show", "nobody"), ("agent", "show", "nobody", "--debug")):
        ran = process(*arguments)
        assert ran.code != 0
        assert "Traceback" in ran.err
        assert "Agent 'nobody' does not exist." in ran.err.splitlines()[-1]


@pytest.mark.process
def test_a_fault_of_ours_is_one_sentence_too(home: Path) -> None:
    """An error that nobody foresaw, here a damaged function, still reads as one line that says what to do."""
    home.mkdir()
    broken = "import carrel.config, carrel.cli; carrel.config.load = None; carrel.cli.main()"
    done = subprocess.run(
        [sys.executable, "-c", broken, "config", "path"],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=LIMIT,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"Error: TypeError: .*--debug.*\n", done.stderr)


@pytest.mark.process
def test_what_ends_a_background_thread_is_one_sentence_too(home: Path) -> None:
    """A fault of ours and a refusal of the system are told apart there as well."""
    home.mkdir()
    for failing, told in (
        ("1 / 0", "Error: ZeroDivisionError: division by zero. This is a fault in Carrel"),
        ("open('/nowhere')", "Error: '/nowhere' cannot be used: No such file or directory. Check the path"),
    ):
        broken = (
            "import threading, carrel.config, carrel.cli\n"
            "load = carrel.config.load\n"
            "def failing():\n"
            f"    thread = threading.Thread(target=lambda: {failing})\n"
            "    thread.start(), thread.join()\n"
            "    return load()\n"
            "carrel.config.load = failing\n"
            "carrel.cli.main()\n"
        )
        command = [sys.executable, "-c", broken, "config", "path"]
        done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=LIMIT)
        assert (done.returncode, done.stdout) == (0, f"{home / 'config.toml'}\n")
        assert done.stderr.startswith(told)
        assert done.stderr.count("\n") == 1
