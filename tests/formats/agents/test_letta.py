"""Letta's agent files: what was said and what is remembered comes along, wrappings and keys do not."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrel.errors import BadFile
from carrel.formats.agents.letta import is_letta, read
from carrel.memory.values import Block

FILE = Path(__file__).parent / "garden.af"


@pytest.fixture
def data() -> dict[str, Any]:
    """The content of the file."""
    content: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return content


def test_the_present_form(data: dict[str, Any]) -> None:
    """Blocks are those that the agent names; messages are unwrapped; events, thoughts and results are left out."""
    agent = read(data, "'garden.af'")
    assert is_letta(data)
    assert (agent.program, agent.name, agent.created.isoformat()) == (
        "letta",
        "garden-helper",
        "2025-09-06T00:50:00+00:00",
    )
    assert list(agent.blocks) == [
        Block("persona", "I am ANNA, and I love gardens.", 20000, "Who you are."),
        Block("human", "Has three apple trees.", 20000),
        Block("garden rules", "Never prune in frost.", 500, "What holds always.", read_only=True),
    ]
    assert [(message.role, message.text, message.source) for message in agent.messages] == [
        ("assistant", "More human than human is our motto.", "message-1"),
        ("user", "我的花园里有三棵苹果树。", "message-4"),
        ("assistant", "Three apple trees, noted!", "message-7"),
        ("user", "Thanks.", "message-8"),
        ("assistant", "You are welcome.", "message-9"),
    ]
    assert "sk-abc" not in repr(agent)


def test_the_older_form(data: dict[str, Any]) -> None:
    """A file that is one agent, with its blocks in `core_memory`, is read as well."""
    [agent] = data["agents"]
    old = {**agent, "core_memory": data["blocks"][:2], "created_at": data["created_at"]}
    assert is_letta(old)
    read_old, read_new = read(old, "'old.af'"), read(data, "'garden.af'")
    assert (read_old.name, read_old.messages) == (read_new.name, read_new.messages)
    assert [block.label for block in read_old.blocks] == ["persona", "human"]


def test_bad(data: dict[str, Any]) -> None:
    """Several agents, and what does not fit, are refused in a sentence."""
    with pytest.raises(BadFile, match=r"^'x' contains 2 agents\. Export each to a file of its own"):
        read({**data, "agents": data["agents"] * 2}, "'x'")
    with pytest.raises(BadFile, match=r"^'x' is not a Letta agent file: agents.0.name"):
        read({"agents": [{}]}, "'x'")
    deep = {**data["agents"][0]["messages"][4], "content": '{"type": ' + "[" * 100_000}
    assert read({"agents": [{"name": "a", "messages": [deep]}]}, "'x'").messages[0].text.startswith("{")
