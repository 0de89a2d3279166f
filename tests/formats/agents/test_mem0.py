"""Memories of mem0 become passages with their dates, categories and ids."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrel.errors import BadFile
from carrel.formats.agents.mem0 import is_mem0, read

FILE = Path(__file__).parent / "memories.json"


@pytest.fixture
def data() -> dict[str, Any]:
    """The content of the file."""
    content: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return content


def test_read(data: dict[str, Any]) -> None:
    """What the API lists is read, and so is the bare list; empty memories are left out."""
    agent = read(data, "'m'")
    assert is_mem0(data)
    assert is_mem0(data["results"])
    assert read(data["results"], "'m'") == agent
    assert (agent.program, agent.name, agent.created.isoformat()) == (
        "mem0",
        "alex",
        "2024-07-20T08:30:36.275141+00:00",
    )
    assert [(p.text, p.tags, p.at.isoformat()) for p in agent.passages] == [
        ("Is allergic to peanuts", ("health", "food"), "2024-07-26T15:47:00+00:00"),
        ("住在柏林", (), "2024-07-21T08:30:36+00:00"),
        ("Has two cats, Mia and Tom", ("pets",), "2024-08-01T10:00:00+00:00"),
    ]
    assert agent.passages[0].source == "6f1b0c9e-6f2c-4c0b-9a57-4d2f0f7c2a11"


def test_of_several(data: dict[str, Any]) -> None:
    """Memories of several users make one agent with the program's name."""
    data["results"][0]["user_id"] = "bo"
    assert read(data, "'m'").name == "mem0"


def test_bad(data: dict[str, Any]) -> None:
    """A memory that is no text is named by its number."""
    data["results"][1]["memory"] = 7
    with pytest.raises(BadFile, match=r"^'m', memory 2: memory: "):
        read(data, "'m'")


@pytest.mark.parametrize("other", [None, [], {}, [1], {"results": []}, {"results": [{"text": "a"}]}, "memory"])
def test_something_else(other: object) -> None:
    """What lists no memories is not taken for mem0's."""
    assert not is_mem0(other)
