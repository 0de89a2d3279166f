"""ChatGPT's data export: the current branch of each tree of messages."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from carrel.errors import BadFile
from carrel.formats import chatgpt
from carrel.memory.values import NewMessage

START = 1_700_000_000.5


def _node(name: str, parent: str | None, children: list[str], message: dict[str, Any] | None) -> dict[str, Any]:
    return {"id": name, "parent": parent, "children": children, "message": message}


def _message(name: str, role: str, *parts: object, at: float | None = None, kind: str = "text") -> dict[str, Any]:
    return {
        "id": f"m-{name}",
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": at,
        "content": {"content_type": kind, "parts": list(parts)},
        "status": "finished_successfully",
        "metadata": {},
    }


def _talk(**more: Any) -> dict[str, Any]:
    """Return an exported conversation: a hidden root, a system message, and an answer with an older version."""
    nodes = [
        _node("root", None, ["sys"], None),
        _node("sys", "root", ["ask"], _message("sys", "system", "")),
        _node("ask", "sys", ["old", "new"], _message("ask", "user", "How do I keep bees?", at=START + 1)),
        _node("old", "ask", [], _message("old", "assistant", "Buy a hive.", at=START + 2)),
        _node("new", "ask", ["more"], _message("new", "assistant", "With patience.", at=START + 3)),
        _node("more", "new", [], _message("more", "user", "谢谢！", at=START + 4)),
    ]
    return {
        "title": "Bees",
        "create_time": START,
        "update_time": START + 5,
        "mapping": {node["id"]: node for node in nodes},
        "current_node": "more",
        "conversation_id": "0123456789abcdef",
        **more,
    }


def _one(message: dict[str, Any] | None) -> dict[str, Any]:
    """Return a conversation of one message."""
    return _talk(mapping={"a": _node("a", None, [], message)}, current_node="a")


def _file(tmp_path: Path, data: object) -> Path:
    path = tmp_path / "conversations.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


def test_the_current_branch_is_read(tmp_path: Path) -> None:
    """From the root to the current node: what user and assistant said, without the answer that was regenerated."""
    session = "Bees (01234567)"
    assert chatgpt.read(_file(tmp_path, [_talk()])) == [
        NewMessage("user", "How do I keep bees?", _at(1), None, session, "m-ask"),
        NewMessage("assistant", "With patience.", _at(3), None, session, "m-new"),
        NewMessage("user", "谢谢！", _at(4), None, session, "m-more"),
    ]


def test_another_current_node_is_another_branch(tmp_path: Path) -> None:
    """The current node decides, not the order of the answers; without one, the first leaf does."""
    texts = [message.text for message in chatgpt.read(_file(tmp_path, [_talk(current_node="old")]))]
    assert texts == ["How do I keep bees?", "Buy a hive."]
    none = _talk(current_node=None)
    assert [message.text for message in chatgpt.read(_file(tmp_path, [none]))] == texts


def test_conversations_come_oldest_first(tmp_path: Path) -> None:
    """Although the export has the newest first; ids keep equal titles apart; a missing title is `untitled`."""
    talks = [
        _talk(create_time=START + 9, conversation_id="bbbb"),
        _talk(conversation_id="aaaa"),
        _talk(create_time=None, conversation_id=None, title=None),
    ]
    sessions = dict.fromkeys(message.session for message in chatgpt.read(_file(tmp_path, talks)))
    assert list(sessions) == ["untitled", "Bees (aaaa)", "Bees (bbbb)"]


def test_a_single_conversation_is_read_too(tmp_path: Path) -> None:
    """A file may contain one conversation instead of a list."""
    assert chatgpt.read(_file(tmp_path, _talk())) == chatgpt.read(_file(tmp_path, [_talk()]))


def test_only_text_is_taken(tmp_path: Path) -> None:
    """Of a message with pictures only the text is read; tools, hidden context and blank messages are skipped."""
    picture = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"}
    mixed = _one(_message("a", "user", picture, "What is", "this?", kind="multimodal_text"))
    assert [message.text for message in chatgpt.read(_file(tmp_path, mixed))] == ["What is\nthis?"]
    context = {"content_type": "user_editable_context", "user_profile": "I am Ada."}
    for silent in (
        _message("a", "tool", "Found 3 pages."),
        _message("a", "user", picture),
        _message("a", "assistant", "  \n"),
        {**_message("a", "user"), "content": context},
        {**_message("a", "user", "x"), "author": None},
        {**_message("a", "user"), "content": None},
        None,
    ):
        assert chatgpt.read(_file(tmp_path, [_talk(), _one(silent)])) == chatgpt.read(_file(tmp_path, _talk()))


def test_a_message_without_a_time_gets_that_of_its_conversation(tmp_path: Path) -> None:
    """And none if neither has one; a time that is not a number counts as none."""
    untimed = _one(_message("a", "user", "Hello"))
    assert [message.at for message in chatgpt.read(_file(tmp_path, untimed))] == [_at(0)]
    for talk in ({**untimed, "create_time": None}, _one({**_message("a", "user", "Hello"), "create_time": "noon"})):
        assert [message.at for message in chatgpt.read(_file(tmp_path, talk))] == [None]


@pytest.mark.parametrize("moment", [1e20, -1e20, float("nan"), float("inf")])
def test_a_time_out_of_range_is_none(tmp_path: Path, moment: float) -> None:
    """A time beyond the calendar does not stop an import."""
    (message,) = chatgpt.read(_file(tmp_path, _one(_message("a", "user", "Hello", at=moment))))
    assert (message.text, message.at) == ("Hello", None)


def test_a_cycle_of_parents_ends(tmp_path: Path) -> None:
    """Nodes that are each other's parents are read once each."""
    nodes = {
        "a": _node("a", "b", ["b"], _message("a", "user", "one")),
        "b": _node("b", "a", ["a"], _message("b", "assistant", "two")),
    }
    talk = _talk(mapping=nodes, current_node="b")
    assert [message.text for message in chatgpt.read(_file(tmp_path, talk))] == ["one", "two"]


@pytest.mark.parametrize(
    "data",
    [
        "{",
        "[" * 100_000,
        "5",
        "null",
        "{}",
        '[{"turns": []}]',
        '[{"mapping": []}]',
        [_talk(), 5],
        [_talk(mapping={"a": None}, current_node="a")],
        [_talk(mapping={"a": []}, current_node="a")],
        [_talk(current_node=["more"])],
        [_talk(create_time="noon"), _talk()],
        _one({**_message("a", "user", "x"), "author": "user"}),
        _one({**_message("a", "user"), "content": "Hello"}),
        _one({**_message("a", "user"), "content": {"parts": 5}}),
        _one({**_message("a", "user", "x"), "id": ["a"]}),
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: object) -> None:
    """The error names the file, and nothing is imported."""
    path = _file(tmp_path, data)
    with pytest.raises(BadFile) as caught:
        chatgpt.read(path)
    assert caught.value.message.startswith(f"'{path}' is not a ChatGPT export: ")
    assert caught.value.hint == "Nothing was imported."


def test_an_export_without_messages_is_refused(tmp_path: Path) -> None:
    """An empty export, or one in which nobody said anything, is refused, as in the other formats."""
    for data in ([], [_talk(mapping={}, current_node=None)]):
        with pytest.raises(BadFile, match="it contains no messages"):
            chatgpt.read(_file(tmp_path, data))
