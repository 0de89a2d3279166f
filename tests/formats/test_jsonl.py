"""Messages as JSON lines: every error names its line, and nothing valid is refused."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.errors import BadFile
from carrel.formats import jsonl
from carrel.memory.values import NewMessage

GOOD = '{"role": "user", "text": "Hello"}'


def _read(path: Path, content: str | bytes) -> list[NewMessage]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return jsonl.read(path)


def test_every_field_arrives(tmp_path: Path) -> None:
    """Role, text, speaker, time, session and source are read unchanged; a source may be a number."""
    line = {"role": "assistant", "text": " Hi\n你好 ", "speaker": "Bob", "at": "2026-01-05T09:00:00+08:00"}
    (message,) = _read(tmp_path / "a.jsonl", json.dumps({**line, "session": "s1", "source": 17}))
    at = datetime(2026, 1, 5, 9, tzinfo=timezone(timedelta(hours=8)))
    assert message == NewMessage("assistant", " Hi\n你好 ", at, "Bob", "s1", "17")


def test_only_role_and_text_are_required(tmp_path: Path) -> None:
    """Missing, null and empty optional fields are all None."""
    for more in ("", ', "speaker": null, "at": null', ', "speaker": "", "session": "", "source": ""'):
        assert _read(tmp_path / "a.jsonl", GOOD[:-1] + more + "}") == [NewMessage("user", "Hello")]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "not JSON"),
        ("[1, 2]", "not an object"),
        ('"text"', "not an object"),
        ('{"text": "x"}', "role is None, not one of user, assistant, system"),
        ('{"role": "robot", "text": "x"}', "role is 'robot'"),
        ('{"role": ["user"], "text": "x"}', "role is ['user']"),
        ('{"role": "user"}', "text is missing or not a string"),
        ('{"role": "user", "text": 5}', "text is missing or not a string"),
        ('{"role": "user", "text": "x", "at": "yesterday"}', "at is 'yesterday', not a time like"),
        ('{"role": "user", "text": "x", "at": 1.5}', "at is 1.5"),
        ('{"role": "user", "text": "x", "speaker": ["A"]}', "speaker is not a string"),
        ('{"role": "user", "text": "x", "session": {}}', "session is not a string"),
        ('{"role": "user", "text": "x", "source": 1.5}', "source is not a string"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_each_error_names_its_line(tmp_path: Path, line: str, complaint: str) -> None:
    """Lines are counted from 1, blank ones too; the hint says that nothing was imported."""
    with pytest.raises(BadFile) as caught:
        _read(tmp_path / "bad.jsonl", f"{GOOD}\n\n{line}\n{GOOD}\n")
    assert caught.value.message.startswith(f"'{tmp_path / 'bad.jsonl'}', line 3: {complaint}")
    assert caught.value.hint == "Nothing was imported; correct the line."


def test_bytes_that_are_not_utf_8_are_reported_with_their_line(tmp_path: Path) -> None:
    """The error names the first line with an invalid byte."""
    with pytest.raises(BadFile, match="line 2: not valid UTF-8"):
        _read(tmp_path / "a.jsonl", GOOD.encode() + b'\n{"role": "user", "text": "\xff"}\n')


def test_byte_order_mark_and_crlf_are_ignored(tmp_path: Path) -> None:
    """A file written on Windows is read like any other."""
    content = b"\xef\xbb\xbf" + f"{GOOD}\r\n\r\n{GOOD}\r\n".encode()
    assert _read(tmp_path / "a.jsonl", content) == [NewMessage("user", "Hello")] * 2


def test_only_a_line_feed_ends_a_line(tmp_path: Path) -> None:
    """U+2028, U+2029, U+0085 and form feeds may occur in a JSON string and do not end the line."""
    text = "a\u2028b\u2029c\u0085d\x0ce"
    (message,) = _read(tmp_path / "a.jsonl", json.dumps({"role": "user", "text": text}, ensure_ascii=False))
    assert message.text == text


def test_a_time_without_zone_is_utc(tmp_path: Path) -> None:
    """So a file means the same on every machine; a date means its midnight."""
    lines = [f'{GOOD[:-1]}, "at": "{at}"}}' for at in ("2026-01-05T09:00:00", "2026-01-05", "2026-01-05T09:00:00Z")]
    first, day, zulu = (message.at for message in _read(tmp_path / "a.jsonl", "\n".join(lines)))
    assert first == zulu == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert day == datetime(2026, 1, 5, tzinfo=UTC)


def test_a_time_in_seconds_or_milliseconds(tmp_path: Path) -> None:
    """As a number or a text, as programs write it; 20260105 is a date."""
    lines = [f'{GOOD[:-1]}, "at": {at}}}' for at in ("1767603600", "1767603600000", '"1767603600"', '"20260105T09"')]
    assert {message.at for message in _read(tmp_path / "a.jsonl", "\n".join(lines))} == {
        datetime(2026, 1, 5, 9, tzinfo=UTC)
    }


def test_an_empty_file_has_no_messages(tmp_path: Path) -> None:
    """An empty file, or one of blank lines, is valid and contains no messages."""
    assert _read(tmp_path / "a.jsonl", "") == _read(tmp_path / "a.jsonl", "\n \n\n") == []


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), max_size=8))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Any texts written by a JSON library, with or without escapes, are read back unchanged."""
    path = tmp_path_factory.mktemp("lines") / "a.jsonl"
    for ascii_only in (True, False):
        lines = (json.dumps({"role": "user", "text": text}, ensure_ascii=ascii_only) for text in texts)
        assert [message.text for message in _read(path, "\n".join(lines))] == texts
