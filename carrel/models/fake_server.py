"""A model server that plays a script over HTTP on this machine: for tests of whatever talks Chat Completions.

    with FakeServer([call("archival_search", query="Ada"), say("She is."), Fault(503)]) as server:
        model = OpenAIChat("any", base_url=server.url)

Each item answers one request, as with ScriptedModel; a Fault answers it with an error.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from carrel.errors import DoesNotFit, ModelUnreachable, NotAuthorised, RateLimited
from carrel.messages import AssistantMessage, ToolCall, ToolSchema, Usage, call_to_json, canonical, from_json
from carrel.models.scripted import Script, ScriptPlayer, pieces
from carrel.models.tokens import Estimator
from carrel.protocols import Reply, Request

_STATUSES: tuple[tuple[type[Exception], int, str], ...] = (
    (NotAuthorised, 401, "invalid_api_key"),
    (RateLimited, 429, "rate_limit_exceeded"),
    (ModelUnreachable, 404, "model_not_found"),
    (DoesNotFit, 400, "context_length_exceeded"),
)


class Fault(Exception):
    """An answer that goes wrong.

    Answer with `status`, `body` (an object is sent as JSON, text as it stands) and `headers`; the status may be 200,
    for a stream of an odd shape, or 0, to hang up without an answer. With `cut_after`, begin a good stream that says
    `text`, and hang up after so many chunks, of which the first says nothing.
    """

    def __init__(
        self,
        status: int = 500,
        body: Mapping[str, Any] | str = "",
        headers: Mapping[str, str] | None = None,
        cut_after: int | None = None,
        text: str = "An answer that is never finished.",
    ) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.body = body
        self.headers = dict(headers or {})
        self.cut_after = cut_after
        self.text = text


class FakeServer:
    """Serves a script at `url` while it is open, on a free port of the loopback interface.

    Offers POST /v1/chat/completions, streaming and not, and GET /v1/models. `requests` holds the bodies that came and
    `headers` their headers, names in lower case. A script's errors become the HTTP errors that a true server sends.
    """

    def __init__(self, script: Script, model: str = "scripted") -> None:
        self.model = model
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._player = ScriptPlayer(script, model)
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        """The base URL, …/v1."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, body: dict[str, Any], headers: Mapping[str, str]) -> Reply | Exception:
        """Record a request and return what the script says to it."""
        self.requests.append(body)
        self.headers.append({name.lower(): value for name, value in headers.items()})
        try:
            request = _request(body)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return Fault(400, _problem(f"The request cannot be read: {error}", "invalid_request_error"))
        return self._player.answer(request)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, fake: FakeServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fake = fake


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    server: _Server

    def do_GET(self) -> None:
        if self.path.removeprefix("/v1") == "/models":
            model = {"id": self.server.fake.model, "object": "model", "created": 0, "owned_by": "carrel"}
            return self._send(200, {"object": "list", "data": [model]})
        return self._send(404, "404 page not found")

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.removeprefix("/v1") != "/chat/completions":
            return self._send(404, "404 page not found")
        try:
            body = json.loads(content)
        except ValueError:
            return self._send(400, _problem("The request is not JSON.", "invalid_request_error"))
        return self._answer(body, self.server.fake.answer(body, dict(self.headers.items())))

    def _answer(self, body: dict[str, Any], answer: Reply | Exception) -> None:
        match answer:
            case Fault(cut_after=int() as cut, text=text):
                self._stream(list(_chunks(Reply(AssistantMessage(text)), body))[:cut], whole=False)
            case Fault(status=0):
                self.close_connection = True
            case Fault():
                self._send(answer.status, answer.body, answer.headers)
            case Reply() if body.get("stream"):
                self._stream(list(_chunks(answer, body)))
            case Reply():
                self._send(200, _completion(answer, body))
            case error:
                self._send(*_error(error))

    def _send(self, status: int, body: Mapping[str, Any] | str, headers: Mapping[str, str] | None = None) -> None:
        content = (body if isinstance(body, str) else canonical(body)).encode()
        kind = "text/plain" if isinstance(body, str) else "application/json"
        self._head(status, {"Content-Type": kind, "Content-Length": str(len(content)), **(headers or {})})
        self.wfile.write(content)

    def _stream(self, chunks: list[dict[str, Any]], whole: bool = True) -> None:
        self._head(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        for event in [*map(canonical, chunks), *(["[DONE]"] if whole else [])]:
            self._write_part(f"data: {event}\n\n".encode())
        if whole:
            self._write_part(b"")

    def _write_part(self, content: bytes) -> None:
        try:
            self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
            self.wfile.flush()
        except ConnectionError:
            self.close_connection = True

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the tests that it serves have the terminal."""


def _request(body: Mapping[str, Any]) -> Request:
    tools = (tool["function"] for tool in body.get("tools") or ())
    return Request(
        tuple(from_json(message) for message in body["messages"]),
        tuple(ToolSchema(tool["name"], tool.get("description", ""), tool.get("parameters", {})) for tool in tools),
        body.get("max_completion_tokens") or body.get("max_tokens"),
    )


def _chunks(reply: Reply, body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Cut a reply into the chunks of a stream: role, text, calls, finish, and usage if it was asked for."""
    head = {"id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": 0, "model": body.get("model")}

    def chunk(delta: Mapping[str, Any], finish: str | None = None) -> dict[str, Any]:
        return {**head, "choices": [{"index": 0, "delta": dict(delta), "finish_reason": finish}]}

    yield chunk({"role": "assistant", "content": ""})
    yield from (chunk({"content": piece}) for piece in pieces(reply.message.text))
    for index, asked in enumerate(reply.message.calls):
        yield from (chunk({"tool_calls": [{"index": index, **part}]}) for part in _fragments(asked))
    yield chunk({}, reply.finish)
    if (body.get("stream_options") or {}).get("include_usage"):
        yield {**head, "choices": [], "usage": _usage(reply, body)}


def _fragments(asked: ToolCall) -> Iterator[dict[str, Any]]:
    yield {"id": asked.id, "type": "function", "function": {"name": asked.name, "arguments": ""}}
    yield from ({"function": {"arguments": piece}} for piece in pieces(asked.arguments, 3))


def _completion(reply: Reply, body: Mapping[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.message.text}
    if reply.message.calls:
        message["tool_calls"] = [call_to_json(asked) for asked in reply.message.calls]
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": 0,
        "model": body.get("model"),
        "choices": [{"index": 0, "message": message, "finish_reason": reply.finish}],
        "usage": _usage(reply, body),
    }


def _usage(reply: Reply, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the reply's own usage, or an estimate of what came in and goes out."""
    said = reply.message.text + "".join(asked.name + asked.arguments for asked in reply.message.calls)
    heard = canonical({name: body.get(name) for name in ("messages", "tools")})
    usage = reply.usage or Usage(Estimator().count(heard), Estimator().count(said))
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
    }


def _error(error: Exception) -> tuple[int, dict[str, Any]]:
    for kind, status, code in _STATUSES:
        if isinstance(error, kind):
            return status, _problem(str(error), code)
    return 400, _problem(str(error), "script_error")


def _problem(message: str, code: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": code, "param": None, "code": code}}
