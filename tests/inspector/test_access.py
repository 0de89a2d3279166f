"""Only the browser that opened the address with the token comes in, and only by this machine's names."""

import re

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from carrel.inspector.access import LocalAccess

PORT = 8765
URL = f"http://127.0.0.1:{PORT}"


@pytest.fixture
def access() -> LocalAccess:
    """The guard before an app that answers everything."""
    return LocalAccess(PlainTextResponse("inside"), PORT)


@pytest.fixture
def client(access: LocalAccess) -> TestClient:
    """A browser that was not let in yet."""
    return TestClient(access, base_url=URL)


def test_the_token_becomes_a_cookie(access: LocalAccess, client: TestClient) -> None:
    """The address lets one browser in, whose cookie no script reads and no other site's request carries."""
    assert re.fullmatch(rf"{URL}/\?token=[\w-]{{43}}", access.address)
    welcome = client.get(access.address)
    assert welcome.status_code == 200
    assert 'http-equiv="refresh"' in welcome.text
    cookie = welcome.headers["set-cookie"]
    assert cookie.startswith("carrel-8765=")
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
    assert access.address.partition("token=")[2] not in cookie
    assert client.get("/api/overview").text == "inside"


def test_the_token_is_good_for_one_use(access: LocalAccess, client: TestClient) -> None:
    """A second browser is refused, and told how to get a new address; the first may open the address again."""
    client.get(access.address)
    second = TestClient(access, base_url=URL).get(access.address)
    assert (second.status_code, second.text) == (
        403,
        "This address was used already. Run carrel ui again, and open the new one.",
    )
    assert client.get(access.address).text == "inside"


@pytest.mark.parametrize("path", ["/", "/api/overview", "/page/main.js", "/nothing", "/?token=", "/?token=wrong"])
def test_nothing_is_seen_without_the_token(client: TestClient, path: str) -> None:
    """Without cookie and token every path is refused, the page's own files too."""
    found = client.get(path)
    assert found.status_code == (403 if "token" in path else 401)
    assert found.text != "inside"


def test_a_wrong_token_does_not_use_up_the_right_one(access: LocalAccess, client: TestClient) -> None:
    """Whoever guesses, the owner still comes in."""
    client.get("/?token=guess")
    client.get("/?token=%F0%9F%8D%B5")
    assert client.get(access.address).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "localhost:1", f"127.0.0.1.evil.example:{PORT}", ""]
)
def test_a_foreign_host_is_refused(access: LocalAccess, client: TestClient, host: str) -> None:
    """A name that somebody pointed at this machine leads nowhere, with or without the cookie."""
    client.get(access.address)
    found = client.get("/api/overview", headers={"host": host})
    assert (found.status_code, found.text) == (400, "This name does not lead here. Use 127.0.0.1 or localhost.")


def test_localhost_is_this_machine(access: LocalAccess) -> None:
    """The other usual name of this machine works too."""
    client = TestClient(access, base_url=f"http://localhost:{PORT}")
    client.get(access.address.replace("127.0.0.1", "localhost"))
    assert client.get("/").text == "inside"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", f"https://127.0.0.1:{PORT}"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_foreign_origin_is_refused(access: LocalAccess, client: TestClient, origin: str, method: str) -> None:
    """A request of another page is refused, even with the cookie; the page's own is not."""
    client.get(access.address)
    assert client.request(method, "/api/overview", headers={"origin": origin}).status_code == 403
    assert client.request(method, "/api/overview", headers={"origin": URL}).text == "inside"


def test_another_site_may_only_lead_to_the_page(access: LocalAccess, client: TestClient) -> None:
    """A link on another site opens the page, and loads nothing else from here."""
    client.get(access.address)
    foreign = {"sec-fetch-site": "cross-site"}
    assert client.get("/", headers=foreign).text == "inside"
    assert client.get("/api/core", headers=foreign).status_code == 403
    assert client.get("/page/main.js", headers={"sec-fetch-site": "same-site"}).status_code == 403
    assert client.post("/", headers=foreign).status_code == 403
