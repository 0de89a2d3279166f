"""Every response tells the browser to run nothing but the page's own files, and to keep nothing."""

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from carrel.inspector.headers import HEADERS, SecureHeaders

PATHS = ("/", "/page/main.js", "/page/nothing.js", "/api/overview", "/api/nothing", "/nothing")


@pytest.mark.parametrize("path", PATHS)
def test_every_response_of_the_app_carries_them(reader: TestClient, path: str) -> None:
    """Pages, files, data and errors alike."""
    found = reader.get(path)
    assert {name: found.headers[name] for name in HEADERS} == HEADERS


def test_the_policy_allows_no_inline_script_or_style() -> None:
    """Nothing is allowed but what is named, and what is named is the server's own."""
    policy = dict(part.split(" ", 1) for part in HEADERS["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "img-src", "connect-src")} == {"'self'"}
    assert {policy[name] for name in ("base-uri", "form-action", "frame-ancestors", "trusted-types")} == {"'none'"}


def test_a_header_of_the_app_is_replaced_not_doubled() -> None:
    """Each of them stands there once, whatever the app says."""
    app = SecureHeaders(SecureHeaders(PlainTextResponse("x", headers={"cache-control": "public", "x-own": "1"})))
    found = TestClient(app).get("/")
    assert found.headers.get_list("cache-control") == ["no-store"]
    assert found.headers["x-own"] == "1"
