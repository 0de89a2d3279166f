"""The inspector as an ASGI app: the page, its files, and the JSON interface. Who may use it is decided around it."""

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from carrel.errors import Busy, CarrelError, Conflict, MemoryRefused, NotFound, UsageError
from carrel.inspector.api import READS, WRITES, Operation, run
from carrel.inspector.headers import SecureHeaders
from carrel.inspector.subject import Subject

MAX_BODY = 1_000_000
"""Bytes of a request's body."""
MARK = "x-carrel"
"""The header that a change must carry: a form of another page cannot set it."""
STATUSES: tuple[tuple[type[CarrelError], int], ...] = (
    (NotFound, 404),
    (UsageError, 400),
    (MemoryRefused, 409),
    (Conflict, 409),
    (Busy, 409),
)
MEDIA_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOLDER = resources.files("carrel.inspector").joinpath("page")


class Refused(CarrelError):
    """A change was asked for that this inspector does not make."""

    code = "refused"


def create_app(subject: Subject) -> Starlette:
    """Return the app; put what decides who may use it, such as `LocalAccess`, around it."""
    routes = [
        Route("/", _send_page),
        Route("/page/{name}", _send_file),
        Route("/api/{name}", _read),
        Route("/api/{name}", _write, methods=["POST"]),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(SecureHeaders)])
    app.state.subject = subject
    return app


def page_file(name: str) -> str:
    """Return a file of the page. Raise NotFound."""
    file = FOLDER.joinpath(name)
    if "/" in name or name.startswith(".") or not file.is_file():
        raise NotFound(f"'{name[:80]}' is not a file of the page.", "Open / instead.")
    return file.read_text(encoding="utf-8")


def _send_page(request: Request) -> Response:
    return Response(page_file("index.html"), media_type="text/html")


def _send_file(request: Request) -> Response:
    name = str(request.path_params["name"])
    try:
        return Response(page_file(name), media_type=MEDIA_TYPES["." + name.rpartition(".")[2]])
    except NotFound as error:
        return _send_error(error)


def _read(request: Request) -> Response:
    """Answer with what an operation reads; a synchronous endpoint runs in a thread of its own."""
    return _run(READS, request, dict(request.query_params))


async def _write(request: Request) -> Response:
    """Make a change. Only the body is read here; the rest is done in a thread."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            return _send_error(UsageError("The request is too long.", "Shorten the text."), 413)
    return await run_in_threadpool(_change, request, bytes(body))


def _change(request: Request, body: bytes) -> Response:
    subject: Subject = request.app.state.subject
    if not subject.writable:
        return _send_error(Refused("This inspector only reads.", "Start it with carrel ui --write."), 403)
    if "origin" not in request.headers or MARK not in request.headers:
        return _send_error(Refused("A change must come from the page itself.", "Use the page."), 403)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return _send_error(Refused("A change must be sent as JSON.", "Use the page."), 415)
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        return _send_error(UsageError("The body is not a JSON object.", "Use the page."))
    return _run(WRITES, request, values)


def _run(operations: Mapping[str, Operation], request: Request, values: Mapping[str, Any]) -> Response:
    try:
        return _send(run(operations, request.path_params["name"], request.app.state.subject, values))
    except CarrelError as error:
        return _send_error(error)


def _send_error(error: CarrelError, status: int | None = None) -> Response:
    body = {"error": {"code": error.code, "message": error.message, "hint": error.hint}}
    known = next((number for kind, number in STATUSES if isinstance(error, kind)), 500)
    return _send(body, status or known)


def _send(body: Mapping[str, Any], status: int = 200) -> Response:
    """Send JSON in ASCII, so that no damaged text of an old database can break it."""
    return Response(json.dumps(body), status, media_type="application/json")
