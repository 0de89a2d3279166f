"""The server listens on this machine alone, and only where the port is free."""

import socket
import threading
import urllib.error
import urllib.request
from http.cookiejar import CookieJar

import pytest

from carrel.errors import UsageError
from carrel.inspector.headers import HEADERS
from carrel.inspector.server import serve
from carrel.inspector.subject import Subject


@pytest.mark.network
def test_a_port_that_is_taken_is_told(subject: Subject) -> None:
    """The error quotes the port and says what to do; nothing is announced."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"Port {port} cannot be used: .*\. Choose another, or 0\."):
            serve(subject, port, lambda address: pytest.fail(address))


@pytest.mark.network
def test_it_serves_over_http(subject: Subject) -> None:
    """The announced address lets a browser in, and every answer carries the headers."""
    announced: list[str] = []
    ready = threading.Event()

    def announce(address: str) -> None:
        announced.append(address)
        ready.set()

    threading.Thread(target=serve, args=(subject, 0, announce), daemon=True).start()
    assert ready.wait(20)
    base = announced[0].partition("?")[0]
    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        browser.open(f"{base}api/overview", timeout=20)
    assert (refused.value.code, refused.value.headers["content-security-policy"]) == (
        401,
        HEADERS["content-security-policy"],
    )
    refused.value.close()
    browser.open(announced[0], timeout=20).close()
    with browser.open(f"{base}api/overview", timeout=20) as answer:
        assert b'"default"' in answer.read()
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["server"] is None
