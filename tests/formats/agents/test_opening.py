"""The file of an agent is recognised by its content."""

import json
from pathlib import Path

import pytest

from carrel.errors import BadFile
from carrel.formats.agents.opening import open_agent
from carrel.memory.values import Block

FOLDER = Path(__file__).parent


@pytest.mark.parametrize(
    ("name", "program", "counts"),
    [
        ("garden.af", "letta", {"agent": 1, "block": 3, "session": 1, "message": 5}),
        ("memories.json", "mem0", {"agent": 1, "block": 1, "passage": 3, "event": 3}),
    ],
)
def test_others(name: str, program: str, counts: dict[str, int], tmp_path: Path) -> None:
    """Files of Letta and mem0, under whatever name, are files of agents that pass every check."""
    path = tmp_path / "agent.txt"
    path.write_bytes((FOLDER / name).read_bytes())
    with open_agent(path, [Block("human", "", 99)]) as (file, found):
        assert (found, file.check().counts) == (program, counts)
        path = file.path
    assert not path.exists()


def test_own(tmp_path: Path) -> None:
    """A file of Carrel's own is opened where it is, also one of another version, which its check refuses."""
    path = tmp_path / "own.jsonl"
    path.write_text(json.dumps({"kind": "agent", "schema": "carrel/agent@9"}) + "\n", encoding="utf-8")
    with open_agent(path, []) as (file, found):
        assert (file.path, found) == (path, "carrel")
        with pytest.raises(BadFile, match="carrel/agent@9"):
            file.check()


@pytest.mark.parametrize("content", ["", "Hello", "[]", '{"a": 1}', "[" * 100_000, '{"results": []}'])
def test_neither(content: str, tmp_path: Path) -> None:
    """Anything else is refused."""
    path = tmp_path / "other"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadFile, match="is not the file of an agent"), open_agent(path, []):
        pass
    with pytest.raises(BadFile, match="does not exist"), open_agent(tmp_path / "none", []):
        pass
