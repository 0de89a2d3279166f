"""Serve a GGUF file by a `llama-server` of our own, which ends with this program."""

import hashlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from carrel.errors import BadFile, ModelUnreachable, NotConfigured
from carrel.imports import importing
from carrel.processes import end_with_this_process
from carrel.protocols import Clock
from carrel.text import one_line

PROGRAM = "llama-server"
MAGIC = b"GGUF"
"""The first bytes of a GGUF file."""

HOST = "127.0.0.1"
FIRST_PORT, PORTS = 49_152, 16_384
"""The ports that belong to no service."""

LOAD_SECONDS = 900.0
"""How long a server may take to load its model."""
POLL_SECONDS = 0.1
HEALTH_SECONDS = 5.0
"""How long a server may take to say whether it is ready."""
STOP_SECONDS = 5.0
"""How long a server may take to end before it is killed."""
MAX_QUOTE = 200
"""Characters of a server's log that an error quotes."""


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that a server of ours serves."""

    name: str
    url: str


@contextmanager
def serve_gguf(path: Path, window: int, log: Path, clock: Clock) -> Iterator[ServedModel]:
    """Serve a GGUF file with a context window of so many tokens while the block runs.

    The server listens on the loopback interface, at the same port for the same file where that is free, so that what
    was learned about it is found again. It writes to the file `log`. It ends with the block, and with this process.

    Raises:
        BadFile: the file cannot be read, or is not a GGUF file.
        NotConfigured: `llama-server` is not installed.
        ModelUnreachable: the server ends before it is ready, or is not ready after LOAD_SECONDS.
    """
    _check(path)
    program = shutil.which(PROGRAM)
    if program is None:
        remedy = "Install llama.cpp, for example with 'brew install llama.cpp', or set base_url to a running server."
        raise NotConfigured(f"Command '{PROGRAM}' is not on the PATH.", remedy)
    port = _free_port(path)
    model = ServedModel(path.stem, f"http://{HOST}:{port}/v1")
    command = [program, "-m", str(path.absolute()), "--alias", model.name, "--jinja", "-c", str(window), "-np", "1"]
    with _running([*command, "--host", HOST, "--port", str(port)], log) as server:
        _wait_until_ready(server, f"http://{HOST}:{port}/health", log, clock)
        yield model


def _check(path: Path) -> None:
    """Raise BadFile unless a file begins as a GGUF file does."""
    remedy = "Give the path of a model in the GGUF format."
    try:
        with path.open("rb") as file:
            begins = file.read(len(MAGIC))
    except OSError as error:
        raise BadFile(f"'{path}' cannot be read: {error.strerror}.", remedy) from None
    if begins != MAGIC:
        raise BadFile(f"'{path}' is not a GGUF file.", remedy)


def _free_port(path: Path) -> int:
    """Return the port that a file always gets, or another one where that is taken."""
    digest = hashlib.sha256(os.fsencode(path.resolve())).digest()
    preferred = FIRST_PORT + int.from_bytes(digest[:4]) % PORTS
    return _bindable(preferred) or _bindable(0)


def _bindable(port: int) -> int:
    """Return a port if it can be listened at, or any for 0; 0 if it cannot."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return 0
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], log: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """Run a server while the block runs, in a session of its own: a Ctrl-C that stops a turn does not reach it."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    watcher = end_with_this_process(server)
    try:
        yield server
    finally:
        watcher.kill()
        watcher.communicate()
        _stop(server)


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _wait_until_ready(server: "subprocess.Popen[bytes]", url: str, log: Path, clock: Clock) -> None:
    """Wait until a server has loaded its model."""
    end = clock.monotonic() + LOAD_SECONDS
    while True:
        if (code := server.poll()) is not None:
            problem = f"{PROGRAM} ended with {code} before it was ready: {_last_line(log)}"
            raise ModelUnreachable(problem, f"Its log is '{log}'.")
        if _is_ready(url):
            return
        if clock.monotonic() >= end:
            problem = f"{PROGRAM} is not ready after {LOAD_SECONDS:.0f} s."
            raise ModelUnreachable(problem, f"Its log is '{log}'.")
        clock.sleep(POLL_SECONDS)


def _is_ready(url: str) -> bool:
    with importing("httpx2"):
        import httpx2

    try:
        with httpx2.Client(trust_env=False, timeout=HEALTH_SECONDS) as client:
            return client.get(url).status_code == 200
    except httpx2.HTTPError:
        return False


def _last_line(log: Path) -> str:
    """Return the last line of a log that speaks of an error, else its last line."""
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower()]
    return one_line((telling or lines or ["it said nothing"])[-1], MAX_QUOTE).rstrip(".") + "."
