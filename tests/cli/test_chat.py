"""`carrel chat` through a pipe: each line a message, slash commands included."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from carrel.models.chat.scripted import say
from carrel.testing.fake_server import FakeServer, Fault
from tests.cli.harness import LIMIT, carrel, environment, process
from tests.llama_servers import LlamaServer, write_gguf


@pytest.mark.process
def test_a_pipe_gets_answers_and_nothing_else() -> None:
    """No greeting, no prompt, no colour: one answer a line, in a process, with --plain and without."""
    said = "My name is Ada.\nWhat is my name?\n"
    for arguments in (("chat",), ("chat", "--plain", "-a", "other")):
        ran = process(*arguments, stdin=said)
        assert (ran.code, ran.err) == (0, "")
        first, second = ran.out.splitlines()
        assert first == "Noted."
        assert second.endswith('"My name is Ada."')


def test_all_lines_are_one_session() -> None:
    """What is piped in is one session; --session last goes on with it; empty lines say nothing."""
    assert carrel("chat", stdin="One.\n\n   \nTwo.").out.count("\n") == 2
    assert carrel("chat", "--session", "last", stdin="Three.\r\n").code == 0
    (session,) = carrel("session", "ls", "--json").data
    said = [
        m["text"] for m in carrel("session", "show", session["id"], "--json").data["messages"] if m["role"] == "user"
    ]
    assert said == ["One.", "Two.", "Three."]


@pytest.mark.network
def test_a_failed_turn_is_told_once_and_the_rest_goes_on() -> None:
    """The error of one line goes to standard error once; later lines are answered; the exit code tells of it."""
    with FakeServer([Fault(401), say("Welcome back.")]) as server:
        ran = carrel("chat", stdin="One.\nTwo.\n", CARREL_BASE_URL=server.url, CARREL_MODEL="any")
    assert (ran.code, ran.out) == (76, "Welcome back.\n")
    assert ran.err.count("does not accept the API key") == 1


@pytest.mark.process
def test_chinese_and_broken_bytes_pass_through_the_pipe() -> None:
    """Lines of any bytes are read; what is text comes back."""
    ran = process("chat", stdin="我叫小明。\n我叫什么？\n".encode() + b"\xff\x00\n")
    assert ran.code == 0
    assert "我叫小明。" in ran.out


@pytest.mark.process
def test_a_gguf_file_is_served_for_the_chat(tmp_path: Path, home: Path) -> None:
    """`--gguf` starts llama-server, talks with it, and ends it; so does `ask`. The log is in the home."""
    llama = LlamaServer(tmp_path / "bin")
    file = str(write_gguf(tmp_path / "tiny.gguf"))
    for arguments, stdin in ((("chat", "--gguf", file), "Hi.\n"), (("ask", "Hi.", "--gguf", file), "")):
        ran = process(*arguments, stdin=stdin, PATH=llama.path)
        assert (ran.code, ran.out) == (0, "Served.\n")
        assert llama.started is not None
        assert not psutil.pid_exists(llama.started["pid"])
    assert (home / "logs" / "llama-server.log").exists()


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_llama_server_ends_with_a_chat_that_is_stopped(tmp_path: Path, number: signal.Signals) -> None:
    """No server is left behind, whatever stops the program."""
    llama = LlamaServer(tmp_path / "bin")
    command = [sys.executable, "-m", "carrel", "chat", "--gguf", str(write_gguf(tmp_path / "tiny.gguf"))]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, env=environment(PATH=llama.path), **pipes) as chatting:  # type: ignore[call-overload]
        chatting.stdin.write("Hi.\n")
        chatting.stdin.flush()
        assert chatting.stdout.readline() == "Served.\n"
        assert llama.started is not None
        server = psutil.Process(llama.started["pid"])
        chatting.send_signal(number)
        server.wait(timeout=LIMIT)


def test_a_model_and_a_file_are_too_much(tmp_path: Path) -> None:
    """Only one of --model and --gguf can be meant."""
    ran = carrel("chat", "--model", "any", "--gguf", str(write_gguf(tmp_path / "tiny.gguf")))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "Error: Both --model and --gguf were given. Give one of them.\n"
