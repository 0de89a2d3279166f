"""A GGUF file is served by a process that starts with the block and ends with it."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from carrel.clock import FrozenClock, SystemClock
from carrel.errors import BadFile, ModelUnreachable, NotConfigured
from carrel.messages import UserMessage
from carrel.models.chat.llama_server import LOAD_SECONDS, serve_gguf
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.protocols import Reply, Request
from tests.llama_servers import LlamaServer, write_gguf


def ask(url: str) -> str:
    """Return what the model behind an address says."""
    with OpenAIChat("any", url) as model:
        return next(
            item for item in model.stream(Request((UserMessage("Hi"),))) if isinstance(item, Reply)
        ).message.text


@pytest.mark.process
def test_the_server_runs_while_the_block_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is started with one slot, the window and chat templates, answers, and is gone after the block."""
    llama = LlamaServer(tmp_path / "bin")
    monkeypatch.setenv("PATH", llama.path)
    file = write_gguf(tmp_path / "tiny-1b.gguf")
    with serve_gguf(file, 6000, tmp_path / "logs" / "log", SystemClock()) as served:
        assert ask(served.url) == "Served."
        started = llama.started
    assert started is not None
    port = urlsplit(served.url).port
    flags = ["--jinja", "-c", "6000", "-np", "1", "--host", "127.0.0.1", "--port", str(port)]
    assert started["arguments"] == ["-m", str(file), "--alias", "tiny-1b", *flags]
    assert served.name == "tiny-1b"
    assert not psutil.pid_exists(started["pid"])


@pytest.mark.process
def test_a_file_keeps_its_port_unless_that_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was learned of a model is kept by its address, so the address is the same at each start."""
    monkeypatch.setenv("PATH", LlamaServer(tmp_path / "bin").path)
    file, log = write_gguf(tmp_path / "a.gguf"), tmp_path / "log"
    with serve_gguf(file, 6000, log, SystemClock()) as first:
        pass
    with serve_gguf(file, 6000, log, SystemClock()) as second:
        assert second == first
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", urlsplit(first.url).port or 0))
        other.listen()
        with serve_gguf(file, 6000, log, SystemClock()) as third:
            assert third.url != first.url


@pytest.mark.process
def test_a_server_that_cannot_load_its_file_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what the server said last, and where its log is."""
    llama = LlamaServer(tmp_path / "bin", "print('loading'); print('error: unknown architecture'); sys.exit(3)")
    monkeypatch.setenv("PATH", llama.path)
    file, log = write_gguf(tmp_path / "a.gguf"), tmp_path / "log"
    with pytest.raises(ModelUnreachable) as failed, serve_gguf(file, 6000, log, SystemClock()):
        pass
    assert failed.value.message == "llama-server ended with 3 before it was ready: error: unknown architecture."
    assert failed.value.hint == f"Its log is '{log}'."


@pytest.mark.process
def test_a_server_that_never_gets_ready_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting has a limit, after which the process is gone; one that ignores the polite signal is killed."""
    llama = LlamaServer(tmp_path / "bin", "signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()")
    monkeypatch.setenv("PATH", llama.path)
    file, log = write_gguf(tmp_path / "a.gguf"), tmp_path / "log"
    clock = _PatientClock(llama)
    not_ready = pytest.raises(ModelUnreachable, match=f"not ready after {LOAD_SECONDS:.0f} s")
    with not_ready, serve_gguf(file, 6000, log, clock):
        pass
    assert llama.started is not None
    assert not psutil.pid_exists(llama.started["pid"])


class _PatientClock(FrozenClock):
    """A clock that stands still until the server has started."""

    def __init__(self, llama: LlamaServer) -> None:
        super().__init__("2026-01-05T09:00:00+01:00")
        self._llama = llama

    def sleep(self, seconds: float) -> None:
        """Let no time pass before the server has started, and all of it then."""
        if self._llama.started:
            self.advance(seconds=LOAD_SECONDS)


@pytest.mark.parametrize(
    ("content", "problem"), [(None, "cannot be read: No such file"), (b"PK\x03\x04", "is not a GGUF file")]
)
def test_only_a_gguf_file_is_served(tmp_path: Path, content: bytes | None, problem: str) -> None:
    """A file that is not there, or of another kind, is refused before anything starts."""
    file = tmp_path / "a.gguf"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadFile, match=problem), serve_gguf(file, 6000, tmp_path / "log", SystemClock()):
        pass


def test_what_to_install_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the program there is nothing to start."""
    monkeypatch.setenv("PATH", str(tmp_path))
    file = write_gguf(tmp_path / "a.gguf")
    with pytest.raises(NotConfigured) as failed, serve_gguf(file, 6000, tmp_path / "log", SystemClock()):
        pass
    assert failed.value.message == "Command 'llama-server' is not on the PATH."
    assert "Install llama.cpp" in failed.value.hint
