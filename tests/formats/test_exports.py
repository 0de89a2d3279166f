"""Exports are read conversation by conversation; the formats show what is said of a broken one."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrel.errors import BadFile
from carrel.formats.exports import read_conversations, to_transcript
from carrel.formats.format import Transcript
from carrel.formats.lenient import Unreadable, as_object
from carrel.memory.values import NewMessage


def _lines(given: Any, left_out: list[str]) -> list[str]:
    """Parse a conversation of lines, of which the empty ones are left out."""
    lines = as_object(given, "").get("lines")
    if lines is None:
        raise Unreadable("lines", "missing")
    left_out += [f"lines.{number}: empty" for number, line in enumerate(lines) if not line]
    return [line for line in lines if line]


def test_a_broken_one_is_named(tmp_path: Path) -> None:
    """By its number and name; the others are returned."""
    path = tmp_path / "conversations.json"
    talks = [{"lines": ["a", ""], "title": 7}, {"title": "x" * 99}, []]
    for given in (talks, {"conversations": talks}, {"conversations": dict(enumerate(talks))}):
        path.write_text(json.dumps(given))
        read, skipped = read_conversations(path, _lines, "It is no talk", "title")
        assert read == [["a"]]
        assert skipped == [
            "conversation 1 '7': lines.1: empty.",
            f"conversation 2 '{'x' * 60}': lines: missing.",
            "conversation 3: not an object.",
        ]


def test_nothing_is_an_error() -> None:
    """The first complaint is said, or that there is nothing."""
    one = NewMessage("user", "a")
    assert to_transcript([one], ["b."], "It") == Transcript([one], ("b.",))
    for skipped, said in ((["b."], "It: b."), ([], "It: it contains no messages.")):
        with pytest.raises(BadFile) as caught:
            to_transcript([], skipped, "It")
        assert (caught.value.message, caught.value.hint) == (said, "Nothing was imported.")
