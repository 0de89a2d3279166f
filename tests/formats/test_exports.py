"""Exports are read conversation by conversation; the formats show what is said of a broken one."""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from carrel.errors import BadFile
from carrel.formats.exports import read_conversations, to_transcript
from carrel.formats.format import Transcript
from carrel.memory.values import NewMessage


class _Talk(BaseModel):
    lines: list[str]


def test_a_broken_one_is_named(tmp_path: Path) -> None:
    """By its number and name; the others are returned."""
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps({"conversations": [{"lines": ["a"]}, {"title": "x" * 99}, []]}))
    read, skipped = read_conversations(path, _Talk, "It is no talk", "title")
    assert read == [_Talk(lines=["a"])]
    assert skipped == [f"conversation 2 '{'x' * 60}': lines: Field required.", "conversation 3: not an object."]


def test_nothing_is_an_error() -> None:
    """The first complaint is said, or that there is nothing."""
    one = NewMessage("user", "a")
    assert to_transcript([one], ["b."], "It") == Transcript([one], ("b.",))
    for skipped, said in ((["b."], "It: b."), ([], "It: it contains no messages.")):
        with pytest.raises(BadFile) as caught:
            to_transcript([], skipped, "It")
        assert (caught.value.message, caught.value.hint) == (said, "Nothing was imported.")
