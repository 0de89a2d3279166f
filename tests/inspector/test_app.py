"""The app serves the page, its files and JSON; a change needs a writing inspector and the page's own headers."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from carrel.errors import NotFound
from carrel.inspector.app import FOLDER, MAX_BODY, page_file
from carrel.inspector.subject import Subject
from tests.inspector.conftest import ORIGIN


def test_the_page_and_its_files_are_served(reader: TestClient) -> None:
    """Each file has its type; nothing outside the folder is a file of the page."""
    assert reader.get("/").headers["content-type"] == "text/html; charset=utf-8"
    types = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
    for file in FOLDER.iterdir():
        found = reader.get(f"/page/{file.name}")
        assert found.text == file.read_text(encoding="utf-8")
        assert found.headers["content-type"] == types.get(file.name.rpartition(".")[2], "text/html; charset=utf-8")
    for name in ("nothing.js", "..%2fapp.py", ".hidden", "%2e%2e"):
        assert reader.get(f"/page/{name}").status_code in {404, 200}
        assert "create_app" not in reader.get(f"/page/{name}").text


@pytest.mark.parametrize("name", ["../app.py", "nothing.js", ".", "", "../../config.py"])
def test_a_file_elsewhere_is_not_a_file_of_the_page(name: str) -> None:
    """A name leads nowhere but to a file in the folder."""
    with pytest.raises(NotFound):
        page_file(name)


def test_no_page_names_another_server() -> None:
    """Nothing is loaded from elsewhere, and no text becomes markup."""
    for file in FOLDER.iterdir():
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in text
        assert "https:" not in text
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", " eval(", "new Function"):
            assert way not in text, (file.name, way)


def test_errors_have_the_codes_of_the_command_line(reader: TestClient) -> None:
    """Status, code, message and hint say what is wrong."""
    found = reader.get("/api/context", params={"agent": "default", "turn": "t-nothing"})
    assert (found.status_code, found.json()["error"]["code"]) == (404, "not_found")
    assert reader.get("/api/turns", params={"agent": "default", "limit": "many"}).status_code == 400
    assert reader.get("/api/nothing").json() == {
        "error": {
            "code": "not_found",
            "message": "'nothing' is not part of this interface.",
            "hint": "Run: carrel help inspector",
        }
    }
    assert reader.delete("/api/core").status_code == 405


EDIT = {"agent": "default", "label": "human", "value": "x", "read": ""}


def test_a_reading_inspector_changes_nothing(reader: TestClient, subject: Subject) -> None:
    """Every change is refused, with the way to allow it."""
    before = subject.agent("default").core.all()
    found = reader.post("/api/edit-block", json=EDIT, headers={"origin": ORIGIN, "x-carrel": "1"})
    assert (found.status_code, found.json()["error"]) == (
        403,
        {"code": "refused", "message": "This inspector only reads.", "hint": "Start it with carrel ui --write."},
    )
    assert subject.agent("default").core.all() == before


@pytest.mark.parametrize(
    ("left_out", "content_type", "status"),
    [
        ("origin", "application/json", 403),
        ("x-carrel", "application/json", 403),
        ("", "text/plain", 415),
        ("", "application/x-www-form-urlencoded", 415),
    ],
)
def test_a_form_of_another_page_changes_nothing(
    writer: TestClient, fresh: Subject, left_out: str, content_type: str, status: int
) -> None:
    """A change needs an origin, a header that no form can send, and JSON."""
    before = fresh.agent("default").core.all()
    del writer.headers[left_out or "accept"]
    body = json.dumps({**EDIT, "read": before[1].value})
    found = writer.post("/api/edit-block", content=body, headers={"content-type": content_type})
    assert found.status_code == status
    assert fresh.agent("default").core.all() == before


@pytest.mark.parametrize("body", ["", "{", "[]", "1", '"text"', "[" * 5000, "\udc80"])
def test_a_body_that_is_no_object_is_refused(writer: TestClient, body: str) -> None:
    """Whatever is sent, the answer is a sentence."""
    content = body.encode("utf-8", "surrogatepass")
    found = writer.post("/api/edit-block", content=content, headers={"content-type": "application/json"})
    assert (found.status_code, found.json()["error"]["message"]) == (400, "The body is not a JSON object.")


def test_a_body_that_is_too_long_is_refused(writer: TestClient) -> None:
    """It is not read to its end."""
    found = writer.post("/api/edit-block", json={**EDIT, "value": "x" * MAX_BODY})
    assert (found.status_code, found.json()["error"]["message"]) == (413, "The request is too long.")


def test_a_change_is_made_or_refused_with_its_reason(writer: TestClient, fresh: Subject) -> None:
    """What memory refuses is a conflict; what it accepts is done."""
    edit: dict[str, Any] = {**EDIT, "value": "喜欢喝茶。"}
    refused = writer.post("/api/edit-block", json={**edit, "read": "something else"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "block_changed")
    read = fresh.agent("default").core["human"].value
    done = writer.post("/api/edit-block", json={**edit, "read": read})
    assert (done.status_code, done.json()["data"]["value"]) == (200, "喜欢喝茶。")
    assert writer.post("/api/edit-block", json={"agent": "default"}).status_code == 400
    assert writer.post("/api/core", json=edit).status_code == 404
