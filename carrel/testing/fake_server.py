"""A model server that plays a script over HTTP on this machine: for tests of programs that use Chat Completions.

    with FakeServer([call("archival_search", query="Ada"), say("She is."), Fault(503)]) as server:
        model = OpenAIChat("any", base_url=server.url)

Each item answers one request, as in a ScriptedModel; a Fault answers it with an error. `carrel.testing.catalog` has all
faults that were seen on real servers, by name.
"""

import json
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from carrel.errors import DoesNotFit, ModelUnreachable, NotAuthorised, RateLimited
from carrel.messages import AssistantMessage, canonical
from carrel.models.chat.scripted import Script, ScriptPlayer
from carrel.protocols import Reply
from carrel.testing.fault import End, Fault, problem
from carrel.testing.probes import answer_probe, probed_rung
from carrel.testing.refusals import Lack, refusal
from carrel.testing.responses_wire import ResponsesWire
from carrel.testing.wire import CHAT, Wire, request_of

__all__ = ["FakeServer", "Fault"]

_STATUSES: tuple[tuple[type[Exception], int, str], ...] = (
    (NotAuthorised, 401, "invalid_api_key"),
    (RateLimited, 429, "rate_limit_exceeded"),
    (ModelUnreachable, 404, "model_not_found"),
    (DoesNotFit, 400, "context_length_exceeded"),
)
STALL_SECONDS = 3600.0
"""How long a stalled answer stays silent, unless the server is closed before."""
_NO_PATH = "404 page not found"
_BASE = re.compile("^(?:/v1|/openai/deployments/[^/]+)")
"""What stands before the paths of the API: as most servers have it, or as Azure has."""


class FakeServer:
    """Serves a script at `url` while it is open, on the loopback interface, at a free port unless one is given.

    Answers POST /v1/chat/completions and /v1/responses, with and without streaming, GET /v1/models with `listing`, and
    GET /health. It is as strict about the order of items as the Responses API is.
    `requests` contains the bodies of the requests, `headers` their headers, with names in lower case, and `paths` their
    paths with parameters. An error in the script becomes the HTTP error that a real server would send. A server that
    `lacks` something refuses each request that needs it, and one with a `window` (in tokens) refuses a request that is
    too long; a refused request uses up no item of the script. With a `certificate`, a file with it and its key in PEM
    format, it speaks HTTPS.

    The probes by which Carrel finds out how a model can be asked to act are answered as a model does that `obeys` a
    contract; they are in `probes` and not in `requests`, and use up no item of the script either.
    """

    def __init__(
        self,
        script: Script,
        model: str = "scripted",
        port: int = 0,
        lacks: Collection[Lack] = (),
        window: int | None = None,
        obeys: str = "native",
        *,
        certificate: Path | None = None,
    ) -> None:
        self.model = model
        self.obeys = obeys
        self.probes: list[dict[str, Any]] = []
        self.lacks = frozenset(lacks)
        self.window = window
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.listing: dict[str, Any] | list[Any] | str = {
            "object": "list",
            "data": [{"id": model, "object": "model", "created": 0, "owned_by": "carrel"}],
        }
        self.closing = threading.Event()
        self.wires: dict[str, Wire] = {"/chat/completions": CHAT, "/responses": ResponsesWire()}
        self._player = ScriptPlayer(script, model)
        self._scheme = "https" if certificate else "http"
        self._server = _Server(self, port, certificate)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        """The base URL, …/v1."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, body: dict[str, Any], headers: Mapping[str, str], wire: Wire = CHAT) -> Reply | Exception:
        """Record a request and return the script's answer to it."""
        try:
            chat = wire.read(body)
        except ValueError as error:
            self._record(body, headers)
            return Fault(400, problem(str(error), "invalid_request_error"))
        if rung := probed_rung(chat):
            self.probes.append(body)
            return refusal(chat, self.lacks, self.window) or answer_probe(rung, self.obeys, chat)
        self._record(body, headers)
        try:
            request = request_of(chat)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return Fault(400, problem(f"The request cannot be read: {error}", "invalid_request_error"))
        return refusal(chat, self.lacks, self.window) or self._player.answer(request)

    def _record(self, body: dict[str, Any], headers: Mapping[str, str]) -> None:
        self.requests.append(body)
        self.headers.append({name.lower(): value for name, value in headers.items()})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, fake: FakeServer, port: int, certificate: Path | None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.fake = fake
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: _Server

    @property
    def _path(self) -> str:
        """The path below the base of the URL."""
        return _BASE.sub("", urlsplit(self.path).path)

    def do_GET(self) -> None:
        if self._path == "/models":
            return self._send(200, self.server.fake.listing)
        if self._path == "/health":
            return self._send(200, {"status": "ok"})
        return self._send(404, _NO_PATH)

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        wire = self.server.fake.wires.get(self._path)
        if wire is None:
            return self._send(404, _NO_PATH)
        self.server.fake.paths.append(self.path)
        try:
            body = json.loads(content)
        except ValueError:
            return self._send(400, problem("The request is not JSON.", "invalid_request_error"))
        return self._answer(wire, body, self.server.fake.answer(body, dict(self.headers.items()), wire))

    def _answer(self, wire: Wire, body: dict[str, Any], answer: Reply | Exception) -> None:
        fields = body if isinstance(body, dict) else {}
        streams = bool(fields.get("stream"))
        match answer:
            case Fault(cut_after=int() as cut, text=text):
                self._stream(wire, wire.events(Reply(AssistantMessage(text)), body)[:cut], "close")
            case Fault(chunks=list() | tuple() as chunks) if streams or answer.end != "done":
                self._stream(wire, wire.events_of_chunks(chunks), answer.end, answer.pause)
            case Fault(chunks=list() | tuple() as chunks):
                self._send(200, wire.whole_of_chunks(chunks))
            case Fault(status=0):
                self._hang_up(answer.end)
            case Fault():
                self._send(answer.status, answer.body, answer.headers)
            case Reply() if streams:
                self._stream(wire, wire.events(answer, body))
            case Reply():
                self._send(200, wire.whole(answer, body))
            case error:
                self._send(*_error(error))

    def _send(
        self, status: int, body: Mapping[str, Any] | list[Any] | str | bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        content = body if isinstance(body, bytes) else _bytes(body if isinstance(body, str) else canonical(body))
        kind = "application/json" if isinstance(body, Mapping | list) else "text/plain"
        self._head(status, {"Content-Type": kind, "Content-Length": str(len(content)), **(headers or {})})
        self.wfile.write(content)

    def _stream(self, wire: Wire, events: Sequence[str], end: End = "done", pause: float = 0.0) -> None:
        self._head(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        complete = all(self._write(event, pause) for event in events)
        if complete:
            self._finish(wire, end, pause)

    def _finish(self, wire: Wire, end: End, pause: float) -> None:
        """End a stream in the given way."""
        match end:
            case "done":
                if wire.done:
                    self._write(wire.done)
                self._write("")
            case "close":
                self.close_connection = True
            case "reset":
                self._hang_up(end)
            case "stall":
                self.server.fake.closing.wait(STALL_SECONDS)
            case "drip":
                while self._write(": still there\n\n", pause) and not self.server.fake.closing.is_set():
                    pass

    def _write(self, text: str, pause: float = 0.0) -> bool:
        """Send a part of a stream, and return whether the client received it."""
        content = _bytes(text)
        try:
            self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
            self.wfile.flush()
        except OSError:
            self.close_connection = True
            return False
        if pause:
            time.sleep(pause)
        return True

    def _hang_up(self, end: End) -> None:
        """Close the connection without an answer: with a reset, after a long silence, or normally."""
        if end == "stall":
            self.server.fake.closing.wait(STALL_SECONDS)
        if end == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        self.close_connection = True

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing, because the tests use the terminal."""

    def finish(self) -> None:
        """Flush the output, unless the connection is closed."""
        try:
            super().finish()
        except (OSError, ValueError):
            return


def _bytes(text: str) -> bytes:
    """Return text as UTF-8, with a lone surrogate escaped as in JSON."""
    return text.encode(errors="backslashreplace")


def _error(error: Exception) -> tuple[int, dict[str, Any]]:
    for kind, status, code in _STATUSES:
        if isinstance(error, kind):
            return status, problem(str(error), code)
    return 400, problem(str(error), "script_error")
