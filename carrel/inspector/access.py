"""Who may use an inspector on this machine: whoever opens the address with its one-time token, in that browser only."""

import secrets

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost")
"""The names of this machine that a browser may be sent to; any other was pointed here by somebody (DNS rebinding)."""

WELCOME = '<!doctype html><meta http-equiv="refresh" content="0; url=/"><link rel="icon" href="/page/icon.svg">'
"""Leads on to the page. A redirect would not carry the cookie where the address was opened from another site's page."""

CLOSED = "Open the address that carrel ui printed."
USED = "This address was used already. Run carrel ui again, and open the new one."
WRONG_HOST = "This name does not lead here. Use 127.0.0.1 or localhost."
WRONG_ORIGIN = "Requests from other pages are refused."


class LocalAccess:
    """ASGI middleware that admits one browser, by a token that is good for one use, then by a cookie.

    Cookies do not tell ports apart, so that the port is in the cookie's name.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._cookie = f"carrel-{port}"
        self._hosts = frozenset(f"{host}:{port}" for host in HOSTS)
        self._key = secrets.token_urlsafe(32)
        self._token: str | None = secrets.token_urlsafe(32)
        self.address = f"http://{HOSTS[0]}:{port}/?token={self._token}"
        """The address to open, once."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let the app answer it."""
        answer = self._check(Request(scope)) if scope["type"] == "http" else None
        await (answer or self._app)(scope, receive, send)

    def _check(self, request: Request) -> Response | None:
        """Return the answer to a request that the app may not see; None where it may."""
        if request.headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse(WRONG_HOST, 400)
        if self._is_foreign(request):
            return PlainTextResponse(WRONG_ORIGIN, 403)
        if _is_equal(request.cookies.get(self._cookie), self._key):
            return None
        if request.url.path == "/" and "token" in request.query_params:
            return self._admit(request.query_params["token"])
        return PlainTextResponse(CLOSED, 401)

    def _is_foreign(self, request: Request) -> bool:
        """Return whether another site's page made the request; it may only lead a person here, to the page itself."""
        origin = request.headers.get("origin")
        if origin is not None and origin.lower() not in {f"http://{host}" for host in self._hosts}:
            return True
        site = request.headers.get("sec-fetch-site", "none")
        return site not in {"none", "same-origin"} and (request.method, request.url.path) != ("GET", "/")

    def _admit(self, token: str) -> Response:
        if not _is_equal(token, self._token):
            return PlainTextResponse(USED, 403)
        self._token = None
        response = HTMLResponse(WELCOME)
        response.set_cookie(self._cookie, self._key, httponly=True, samesite="strict")
        return response


def _is_equal(given: str | None, known: str | None) -> bool:
    """Return whether both are the same text, in a time that tells nothing of it."""
    return given is not None and known is not None and secrets.compare_digest(given.encode(), known.encode())
