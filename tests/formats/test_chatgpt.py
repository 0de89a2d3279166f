"""ChatGPT's data export: the current branch of each tree of messages."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from carrel.dates import UNKNOWN
from carrel.errors import BadFile
from carrel.formats import chatgpt
from carrel.memory.values import NewMessage
from tests.formats.chatgpt_export import START
from tests.formats.chatgpt_export import message as _message
from tests.formats.chatgpt_export import node as _node
from tests.formats.chatgpt_export import one as _one
from tests.formats.chatgpt_export import talk as _talk
from tests.formats.chatgpt_export import write as _file


def _read(tmp_path: Path, data: object) -> list[NewMessage]:
    """Return the messages of an export of which nothing is skipped."""
    transcript = chatgpt.read(_file(tmp_path, data))
    assert transcript.skipped == ()
    return transcript.messages


def _texts(tmp_path: Path, data: object) -> list[str]:
    return [message.text for message in _read(tmp_path, data)]


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


def test_the_current_branch_is_read(tmp_path: Path) -> None:
    """From the root to the current node: what user and assistant said, without the answer that was regenerated."""
    session, identity = "Bees (01234567)", "0123456789abcdef"
    assert _read(tmp_path, [_talk()]) == [
        NewMessage("user", "How do I keep bees?", _at(1), None, session, "m-ask", identity),
        NewMessage("assistant", "With patience.", _at(3), None, session, "m-new", identity),
        NewMessage("user", "谢谢！", _at(4), None, session, "m-more", identity),
    ]


def _without(talk: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return a conversation whose nodes lack these keys."""
    nodes = {name: {k: v for k, v in node.items() if k not in keys} for name, node in talk["mapping"].items()}
    return {**talk, "mapping": nodes}


WHOLE = ["How do I keep bees?", "With patience.", "谢谢！"]


@pytest.mark.parametrize(
    "talk",
    [
        _talk(current_node=None),
        _talk(current_node="gone"),
        _without(_talk(), "children"),
        _without(_talk(current_node=None), "children"),
        _without(_talk(), "parent"),
        _without(_talk(current_node=None), "parent"),
        {**_talk(), "mapping": {**_talk()["mapping"], "empty": None}},
        {"conversations": [_talk()]},
    ],
    ids=["no node", "lost node", "no children", "neither", "no parent", "only children", "empty node", "wrapped"],
)
def test_the_branch_is_found_whatever_is_missing(tmp_path: Path, talk: dict[str, Any]) -> None:
    """Without a current node the newest leaf decides; parents and children say the same."""
    assert _texts(tmp_path, talk) == WHOLE


def test_without_any_structure_the_order_of_the_file_counts(tmp_path: Path) -> None:
    """Then nothing tells a regenerated answer from the others."""
    flat = _without(_talk(current_node=None), "children", "parent")
    assert _texts(tmp_path, flat) == ["How do I keep bees?", "Buy a hive.", "With patience.", "谢谢！"]


def test_another_current_node_is_another_branch(tmp_path: Path) -> None:
    """The current node decides, not the order of the answers."""
    assert _texts(tmp_path, [_talk(current_node="old")]) == ["How do I keep bees?", "Buy a hive."]


def test_conversations_come_oldest_first(tmp_path: Path) -> None:
    """Although the export has the newest first; ids keep equal titles apart; a missing title is `untitled`."""
    talks = [
        _talk(create_time=START + 9, conversation_id="bbbb"),
        _talk(conversation_id=None, id="aaaa"),
        _talk(create_time=None, conversation_id=None, title=None),
    ]
    sessions = dict.fromkeys((message.session, message.conversation) for message in _read(tmp_path, talks))
    assert list(sessions) == [("Bees (aaaa)", "aaaa"), ("untitled", None), ("Bees (bbbb)", "bbbb")]


def test_a_single_conversation_is_read_too(tmp_path: Path) -> None:
    """A file may contain one conversation instead of a list."""
    assert _read(tmp_path, _talk()) == _read(tmp_path, [_talk()])


POINTER = {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_0", "width": 8, "height": 8}
SPEECH = {"content_type": "audio_transcription", "text": "Spoken.", "direction": "in", "decoding_id": None}
AUDIO = {
    "content_type": "audio_asset_pointer",
    "asset_pointer": "sediment://file_1",
    "metadata": {"start": 0, "end": 2},
}
LIVE: dict[str, object] = {
    "content_type": "real_time_user_audio_video_asset_pointer",
    "audio_asset_pointer": AUDIO,
    "video_container_asset_pointer": None,
    "frames_asset_pointers": [],
}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"content_type": "text", "parts": ["One.", "Two."]}, "One.\nTwo."),
        ({"content_type": "text", "parts": "All at once."}, "All at once."),
        ({"parts": ["No type."]}, "No type."),
        ({"content_type": "multimodal_text", "parts": [POINTER, "A cat?"]}, "A cat?"),
        ({"content_type": "multimodal_text", "parts": [SPEECH, AUDIO]}, "Spoken."),
        ({"content_type": "multimodal_text", "parts": [SPEECH, LIVE]}, "Spoken."),
        ({"content_type": "multimodal_text", "parts": [{"text": "Typed."}, None, 5]}, "Typed.\n5"),
        ("Plain.", "Plain."),
        (["Two", "lines."], "Two\nlines."),
        ({"content_type": "text", "parts": {"text": "An object."}}, "An object."),
        ({"content_type": 5, "parts": {"0": "Numbered."}}, "Numbered."),
        ({"content_type": "text", "parts": 5}, "5"),
        ({"content_type": "code", "language": "python", "text": "print(1)"}, "print(1)"),
        ({"content_type": "text", "parts": ["Yes \ue200cite\ue202turn0search1\ue201."]}, "Yes ."),
        ({"content_type": "text", "parts": ['In \ue200entity\ue202["city","Porto","x"]\ue201.']}, "In Porto."),
        ({"content_type": "text", "parts": ["\ue200entity\ue202[\ue201!"]}, "!"),
        ({"content_type": "new_in_2027", "parts": ["Later."]}, "Later."),
    ],
)
def test_what_was_said_is_read(tmp_path: Path, content: object, text: str) -> None:
    """Texts, parts and transcriptions of speech, for both sides, without pictures and marks of references."""
    for role in ("user", "assistant"):
        assert _texts(tmp_path, _one({**_message("a", role), "content": content})) == [text]


SAID = _message("a", "assistant", "Said.")
NOT_SAID: list[dict[str, Any] | None] = [
    _message("a", "tool", "Found 3 pages."),
    _message("a", "system", "You are helpful."),
    _message("a", "user", POINTER, kind="multimodal_text"),
    _message("a", "user", LIVE, kind="multimodal_text"),
    _message("a", "assistant", "  \n"),
    *(
        {**_message("a", role), "content": content}
        for role in ("user", "assistant", "tool")
        for content in (
            {"content_type": "user_editable_context", "user_profile": "I am Ada.", "user_instructions": "Be brief."},
            {"content_type": "model_editable_context", "model_set_context": "Likes tea."},
            {"content_type": "thoughts", "thoughts": [{"summary": "Hm", "content": "Think."}]},
            {"content_type": "reasoning_recap", "content": "Thought for 5 seconds"},
            {"content_type": "execution_output", "text": "42"},
            {"content_type": "computer_output", "text": "42"},
            {"content_type": "citable_code_output", "output_str": "42"},
            {"content_type": "tether_quote", "url": "https://example.org", "text": "Quoted.", "title": "T"},
            {"content_type": "tether_browsing_display", "result": "Found.", "summary": "S", "parts": ["x"]},
            {"content_type": "sonic_webpage", "url": "https://example.org", "text": "A page."},
            {"content_type": "system_error", "name": "E", "text": "robots.txt"},
        )
    ),
    {**SAID, "recipient": "python", "content": {"content_type": "code", "text": "print(1)"}},
    {**SAID, "recipient": "browser"},
    {**SAID, "recipient": "bio"},
    {**SAID, "recipient": "dalle.text2im"},
    {**SAID, "recipient": "canmore.create_textdoc", "content": {"content_type": "code", "text": '{"name": "Plan"}'}},
    {**SAID, "recipient": "canmore.update_textdoc"},
    {**SAID, "channel": "analysis"},
    {**SAID, "metadata": {"is_visually_hidden_from_conversation": True}},
    {**_message("a", "user", "About me"), "metadata": {"is_user_system_message": True}},
    {**SAID, "author": None},
    {**SAID, "content": None},
    None,
]


@pytest.mark.parametrize("silent", NOT_SAID)
def test_what_nobody_said_is_no_message(tmp_path: Path, silent: dict[str, Any] | None) -> None:
    """Tools and what is sent to them, settings, thoughts, hidden and blank messages, pictures alone."""
    assert _read(tmp_path, [_talk(), _one(silent)]) == _read(tmp_path, [_talk()])


UNREADABLE: list[object] = ["noon", "", 0, True, [], {}, 1e300, float("nan"), float("inf"), -float("inf")]


@pytest.mark.parametrize(
    ("given", "at"),
    [
        (START, _at(0)),
        (START * 1000, _at(0)),
        (START * 1_000_000, _at(0)),
        (str(START), _at(0)),
        ("2023-11-14T22:13:20.500Z", _at(0)),
        ("2023-11-14T23:13:20.5+01:00", _at(0)),
        ("2023-11-14 22:13:20.5", _at(0)),
        *((value, UNKNOWN) for value in UNREADABLE),
    ],
)
def test_times(tmp_path: Path, given: object, at: datetime) -> None:
    """As seconds, milliseconds, microseconds or ISO 8601, in messages and conversations; else unknown, never today."""
    message = {**_message("a", "user", "Hello"), "create_time": given}
    assert [item.at for item in _read(tmp_path, _one(message))] == [at]
    untimed = {**_one(_message("a", "user", "Hello")), "create_time": given}
    assert [item.at for item in _read(tmp_path, untimed)] == [at]


def test_a_message_without_a_time_gets_that_of_its_conversation(tmp_path: Path) -> None:
    """And an unknown one if neither has one."""
    untimed = _one(_message("a", "user", "Hello"))
    assert [message.at for message in _read(tmp_path, untimed)] == [_at(0)]
    assert [message.at for message in _read(tmp_path, {**untimed, "create_time": None})] == [UNKNOWN]


def test_a_conversation_without_a_time_began_with_its_first_message(tmp_path: Path) -> None:
    """By that it is sorted among others, and that is the time of a message without one."""
    undated = _talk(create_time=None, conversation_id="b")
    undated["mapping"]["ask"]["message"]["create_time"] = None
    later = _talk(create_time=START + 1.5)
    found = _read(tmp_path, [later, undated])
    assert [message.conversation for message in found][::3] == [later["conversation_id"], "b"]
    assert [message.at for message in found][3:] == [_at(2), _at(3), _at(4)]


def test_messages_need_no_metadata(tmp_path: Path) -> None:
    """Exports of August 2026 leave them out; what else stands in the archive is not read."""
    talk = _talk()
    for node in talk["mapping"].values():
        if node["message"]:
            node["message"] = {key: node["message"][key] for key in ("id", "author", "create_time", "content")}
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("conversations-000.json", json.dumps([talk]))
        archive.writestr("conversations.json.index", "binary")
        archive.writestr("export_manifest.json", "{}")
    assert [message.text for message in chatgpt.read(path).messages] == WHOLE


def test_a_cycle_of_parents_ends(tmp_path: Path) -> None:
    """Nodes that are each other's parents are read once each."""
    nodes = {
        "a": _node("a", "b", ["b"], _message("a", "user", "one")),
        "b": _node("b", "a", ["a"], _message("b", "assistant", "two")),
    }
    assert _texts(tmp_path, _talk(mapping=nodes, current_node="b")) == ["one", "two"]
    assert len(_texts(tmp_path, _talk(mapping=nodes, current_node=None))) == 2


BROKEN: list[tuple[object, str]] = [
    (5, ": not an object"),
    (None, ": not an object"),
    ({"turns": []}, ": mapping: missing"),
    (_talk(mapping=None), " 'Bees': mapping: not an object"),
    (_talk(mapping=[]), " 'Bees': mapping: not an object"),
    (_talk(mapping={"a": []}), " 'Bees': mapping.a: not an object"),
    (_one({**_message("a", "user", "x"), "author": ["user"]}), " 'Bees': mapping.a.message.author: the role is a list"),
    (_one({**_message("a", "user", "x"), "author": {}}), " 'Bees': mapping.a.message.author: the role is empty"),
    (
        _one({**_message("a", "user"), "content": True}),
        " 'Bees': mapping.a.message.content.parts.0: true or false, not a text",
    ),
    (_one(_message("a", "user", [])), " 'Bees': mapping.a.message.content.parts.0: a list, not a text"),
    (_one(_message("a", "user", {"x": 1})), " 'Bees': mapping.a.message.content.parts.0: an object, not a text"),
    (_one(_message("a", "user", None)), " 'Bees': mapping.a.message.content.parts.0: empty, not a text"),
    (_one(cast(Any, "x")), " 'Bees': mapping.a.message: not an object"),
]


@pytest.mark.parametrize(("broken", "complaint"), BROKEN)
def test_one_broken_conversation_is_named_and_the_others_are_read(
    tmp_path: Path, broken: object, complaint: str
) -> None:
    """Alone it makes the file none of ours."""
    path = _file(tmp_path, [_talk(), broken, _talk(conversation_id="b")])
    found = chatgpt.read(path)
    assert (len(found.messages), found.skipped) == (6, (f"conversation 2{complaint}.",))
    with pytest.raises(BadFile) as caught:
        chatgpt.read(_file(tmp_path, [broken]))
    assert caught.value.message.startswith(f"'{path}' is not a ChatGPT export: conversation 1")
    assert caught.value.hint == "Nothing was imported."


@pytest.mark.parametrize("data", ["{", "[" * 100_000, "[]", [_talk(mapping={}, current_node=None)]])
def test_other_files_are_refused(tmp_path: Path, data: object) -> None:
    """The error names the file, and nothing is imported."""
    path = _file(tmp_path, data)
    with pytest.raises(BadFile) as caught:
        chatgpt.read(path)
    assert caught.value.message.startswith(f"'{path}' is not a ChatGPT export: ")


def test_the_zip_is_read(tmp_path: Path) -> None:
    """With one file of conversations, or with several in the order of their numbers; the other files are left alone."""
    path = tmp_path / "export.zip"
    for names in (["conversations.json"], ["a/conversations-001.json", "a/conversations-000.json"]):
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, json.dumps([_talk(conversation_id=name)]))
            archive.writestr("user.json", "{}")
            archive.writestr("shared_conversations.json", "[5]")
            archive.writestr("chat.html", b"\xff")
        found = chatgpt.read(path)
        assert found.skipped == ()
        assert [message.conversation for message in found.messages][::3] == sorted(names)


def test_recognised_by_content() -> None:
    """By the keys at the beginning, not by a name."""
    assert chatgpt.recognises(json.dumps([_talk()])[:500])
    assert not any(map(chatgpt.recognises, ["", "Title and mapping", '[{"title": "x", "chat_messages": []}]']))
