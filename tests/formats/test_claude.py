"""Claude's data export: lists of messages with blocks of content."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from carrel.dates import UNKNOWN
from carrel.errors import BadFile
from carrel.formats import claude
from carrel.memory.values import NewMessage


def _message(sender: str, *blocks: object, minute: int = 0, text: str = "") -> dict[str, Any]:
    return {
        "uuid": f"m{minute}",
        "sender": sender,
        "text": text,
        "content": list(blocks),
        "created_at": f"2026-01-05T09:{minute:02}:00.000000Z",
        "attachments": [],
    }


def _said(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text, "citations": []}


def _talk(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = {"uuid": "0123456789abcdef", "name": "Bees", "created_at": "2026-01-05T08:00:00Z"}
    return {**given, "chat_messages": list(messages), **more}


def _file(tmp_path: Path, data: object) -> Path:
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_what_was_said_is_read(tmp_path: Path) -> None:
    """The blocks of text; without blocks the plain text; thoughts, calls and their results are not said."""
    talk = _talk(
        _message("human", text="How do I keep bees?"),
        _message(
            "assistant",
            {"type": "thinking", "thinking": "Hm."},
            _said("Let me look."),
            {"type": "tool_use", "name": "search", "input": {}},
            {"type": "tool_result", "content": [{"type": "text", "text": "Found."}]},
            {"type": "token_budget"},
            _said("With patience."),
            minute=1,
            text="Hm. Let me look. This block is not supported. With patience.",
        ),
        _message("human", {"type": "thinking", "thinking": "x"}, minute=2),
        _message("system", _said("Be brief."), minute=3),
        _message("human", minute=4),
    )

    def at(minute: int) -> datetime:
        return datetime(2026, 1, 5, 9, minute, tzinfo=UTC)

    name, identity = "Bees (01234567)", "0123456789abcdef"
    assert claude.read(_file(tmp_path, [talk])).messages == [
        NewMessage("user", "How do I keep bees?", at(0), None, name, "m0", identity),
        NewMessage("assistant", "Let me look.\n\nWith patience.", at(1), None, name, "m1", identity),
    ]


def test_a_long_paste_is_part_of_the_message(tmp_path: Path) -> None:
    """Claude keeps it as an attachment with the text in it; files without a text are left out."""
    pasted = _message("human", _said("Look:"))
    pasted["attachments"] = [
        {"file_name": "", "extracted_content": "My notes."},
        {"file_name": "a.png", "extracted_content": None},
        "odd",
    ]
    only = {**pasted, "uuid": "m2", "content": []}
    texts = [message.text for message in claude.read(_file(tmp_path, [_talk(pasted, only)])).messages]
    assert texts == ["Look:\n\nMy notes.", "My notes."]


def test_times_and_order(tmp_path: Path) -> None:
    """Oldest conversation first; a message without a time has its conversation's; an unreadable one is unknown."""
    late = _talk({**_message("human", text="b"), "created_at": None}, uuid="b", created_at="2026-02-01T00:00:00Z")
    early = _talk({**_message("human", text="a"), "created_at": "noon"}, uuid=None, name="")
    found = [(item.text, item.session, item.at) for item in claude.read(_file(tmp_path, [late, early])).messages]
    assert found == [("a", "untitled", UNKNOWN), ("b", "Bees (b)", datetime(2026, 2, 1, tzinfo=UTC))]


def test_a_broken_conversation_is_named(tmp_path: Path) -> None:
    """The others are read; a file with nothing else is refused."""
    broken = _talk(chat_messages=None)
    found = claude.read(_file(tmp_path, [broken, _talk(_message("human", text="Hi"))]))
    assert found.skipped == ("conversation 1 'Bees': chat_messages: not a list.",)
    assert [message.text for message in found.messages] == ["Hi"]
    others: list[object] = [[broken], [], {"mapping": {}}]
    for data in others:
        with pytest.raises(BadFile, match="is not an export of Claude"):
            claude.read(_file(tmp_path, data))


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (5, "chat_messages.1: not an object"),
        ({**_message("human", text="x"), "sender": None}, "chat_messages.1.sender: empty, not a text"),
        ({**_message("human"), "text": ["x"]}, "chat_messages.1.text: a part of it is not a text"),
        (_message("human", {"type": "text", "text": None}), "chat_messages.1.content: a part of it is not a text"),
    ],
)
def test_a_broken_message_is_named(tmp_path: Path, message: Any, complaint: str) -> None:
    """The other messages of its conversation are read."""
    found = claude.read(_file(tmp_path, [_talk(_message("human", text="Hi"), message)]))
    assert [item.text for item in found.messages] == ["Hi"]
    assert found.skipped == (f"conversation 1 'Bees': {complaint}.",)


def test_what_is_plain_is_taken_for_what_it_means(tmp_path: Path) -> None:
    """Numbers are texts, one block is a list, and messages may stand in an object."""
    odd = {**_message("human"), "content": _said("Hi"), "uuid": 7}
    talk = _talk(name=2024, uuid=5, chat_messages={"0": odd, "1": {**_message("human"), "content": ["Plain."]}})
    found = claude.read(_file(tmp_path, [talk]))
    assert [(item.text, item.session, item.source) for item in found.messages] == [
        ("Hi", "2024 (5)", "7"),
        ("Plain.", "2024 (5)", "m0"),
    ]


def test_recognised_by_content() -> None:
    """By the key that only Claude has."""
    assert claude.recognises(json.dumps([_talk()]))
    assert not claude.recognises('[{"mapping": {}}]')
