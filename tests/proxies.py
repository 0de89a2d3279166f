"""Proxies on this machine that record what passes through them: HTTP, with tunnels, and SOCKS 5."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit


class Seen:
    """What a proxy was asked for: its own address, the targets and the headers that it could read."""

    def __init__(self, url: str, target: int) -> None:
        self.url = url
        self.target = target
        """The port on this machine to which everything is sent, whatever host was asked for."""
        self.requests: list[str] = []
        self.headers: list[dict[str, str]] = []


class _Http(BaseHTTPRequestHandler):
    seen: Seen
    refuses = 0

    def do_POST(self) -> None:
        self._record()
        if self.refuses:
            return self.send_error(self.refuses)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        onward = HTTPConnection("127.0.0.1", self.seen.target)
        onward.request(self.command, urlsplit(self.path).path, body, dict(self.headers.items()))
        answer = onward.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return None

    do_GET = do_POST

    def do_CONNECT(self) -> None:
        self._record()
        if self.refuses:
            return self.send_error(self.refuses)
        with socket.create_connection(("127.0.0.1", self.seen.target)) as onward:
            self.send_response(200)
            self.end_headers()
            join(self.connection, onward)
        return None

    def _record(self) -> None:
        self.seen.requests.append(f"{self.command} {self.path}")
        self.seen.headers.append({name.lower(): value for name, value in self.headers.items()})

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Socks(BaseRequestHandler):
    seen: Seen

    def handle(self) -> None:
        """Take any target, by name or address, without authentication (RFC 1928)."""
        self.request.recv(self.request.recv(2)[1])
        self.request.sendall(b"\x05\x00")
        kind = self.request.recv(4)[3]
        size = {1: 4, 4: 16}.get(kind) or self.request.recv(1)[0]
        host = self.request.recv(size)
        self.request.recv(2)
        self.seen.requests.append(host.decode() if kind == 3 else socket.inet_ntop(socket.AF_INET, host))
        with socket.create_connection(("127.0.0.1", self.seen.target)) as onward:
            self.request.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
            join(self.request, onward)


class _SocksServer(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def join(one: socket.socket, other: socket.socket) -> None:
    """Pass bytes both ways until one side ends."""

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    back = threading.Thread(target=pump, args=(other, one), daemon=True)
    back.start()
    pump(one, other)
    back.join(5)


@contextmanager
def http_proxy(target: int = 0, refuses: int = 0) -> Iterator[Seen]:
    """Run an HTTP proxy that sends everything to a port of this machine, or answers with an HTTP error."""
    handler: type[_Http] = type("Handler", (_Http,), {"refuses": refuses})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        handler.seen = Seen(f"http://127.0.0.1:{server.server_port}", target)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield handler.seen
        server.shutdown()


@contextmanager
def socks_proxy(target: int = 0) -> Iterator[Seen]:
    """Run a SOCKS 5 proxy that sends everything to a port of this machine."""
    handler: type[_Socks] = type("Handler", (_Socks,), {})
    with _SocksServer(("127.0.0.1", 0), handler) as server:
        handler.seen = Seen(f"socks5h://127.0.0.1:{server.server_address[1]}", target)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield handler.seen
        server.shutdown()
