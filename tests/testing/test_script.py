"""Scripts of a fake server, in JSON and YAML."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrel.errors import BadFile
from carrel.messages import AssistantMessage, ToolCall
from carrel.protocols import Reply
from carrel.testing.fault import Fault
from carrel.testing.script import ScriptFile, load


def script(tmp_path: Path, content: Any) -> ScriptFile:
    """Write a script and load it."""
    path = tmp_path / "script.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return load(path)


def test_each_form_of_a_reply(tmp_path: Path) -> None:
    """A text, a call, text with calls, a fault of the catalog, a status of one's own."""
    post = {"name": "post", "arguments": {"text": "你好"}}
    text, called, spoken, cut, status = script(
        tmp_path,
        [
            "Here I am.",
            {"call": "post", "arguments": {"text": "你好"}},
            {"say": "Let me see.", "calls": [{**post, "id": "c9"}]},
            {"say": "As far", "finish": "length"},
            {"status": 503, "body": "Busy", "headers": {"Retry-After": "1"}},
        ],
    ).replies
    assert text == "Here I am."
    assert called == AssistantMessage("", (ToolCall("", "post", '{"text": "你好"}'),))
    assert spoken == AssistantMessage("Let me see.", (ToolCall("c9", "post", '{"text": "你好"}'),))
    assert cut == Reply(AssistantMessage("As far"), None, "length")
    assert isinstance(status, Fault)
    assert (status.status, status.body, status.headers) == (503, "Busy", {"Retry-After": "1"})
    (named,) = script(tmp_path, [{"fault": "rate-limit-wait", "seconds": 2}]).replies
    assert isinstance(named, Fault)
    assert (named.status, named.headers) == (429, {"Retry-After": "2"})


def test_options_stand_beside_the_replies(tmp_path: Path) -> None:
    """In an object; in YAML they are the same."""
    expected = ScriptFile(["Hi."], "mine", 4096, ("tools",), repeat=True)
    given = {"replies": ["Hi."], "model": "mine", "window": 4096, "lacks": "tools", "repeat": True}
    assert script(tmp_path, given) == expected
    path = tmp_path / "script.yaml"
    path.write_text("replies: [Hi.]\nmodel: mine\nwindow: 4096\nlacks: [tools]\nrepeat: true\n", encoding="utf-8")
    assert load(path) == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"reply": []}, "is not a script"),
        ({"replies": [], "lacks": ["speed"]}, "has the unknown value 'speed' in 'lacks'"),
        ({"replies": [], "window": "big"}, "has 'big' as its window"),
        (["Hi.", 5], "Reply 2 of '.*' is 5"),
        ([{"fault": "no-such"}], "Reply 1 of "),
        ([{"say": "x", "calls": [{}]}], "Reply 1 of '.*' has a value of the wrong type"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, content: Any, message: str) -> None:
    """By the number of the reply, with what can be written there."""
    with pytest.raises(BadFile, match=message):
        script(tmp_path, content)


@pytest.mark.parametrize(("name", "content"), [("a.json", b"{"), ("a.yaml", b"a: [\n"), ("a.json", b"\xff")])
def test_what_is_no_script_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    """Neither JSON nor YAML nor UTF-8; a file that is missing."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadFile, match=name):
        load(tmp_path / name)
    with pytest.raises(BadFile, match="cannot be read: No such file"):
        load(tmp_path / "none.json")
