"""Exports: one snapshot, without secrets, and a whole file or none."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from carrel.errors import NotFound, UsageError
from carrel.memory.agent_file.export import export_agent, write_agent
from carrel.memory.store import Memory, Store
from carrel.messages import UserMessage

KEY = "sk-abcdefghijklmnop1234"


def records(path: Path, kind: str) -> list[dict[str, Any]]:
    """Return the records of a kind."""
    return [r for r in map(json.loads, path.read_text(encoding="utf-8").splitlines()) if r["kind"] == kind]


def test_first_and_last_line(exported: Path) -> None:
    """The first line says what the file is, the last that it is whole."""
    lines = exported.read_text(encoding="utf-8").splitlines()
    first, last = json.loads(lines[0]), json.loads(lines[-1])
    assert (first["kind"], first["schema"], first["name"]) == ("agent", "carrel/agent@1", "ada")
    assert (last["kind"], last["lines"]) == ("end", len(lines) - 1)


def test_what_it_contains(exported: Path, full: Memory) -> None:
    """Blocks, messages, the queue, passages with their successors, and the reasons of changes are all in it."""
    assert [block["value"] for block in records(exported, "block")] == [block.value for block in full.core.all()]
    session = full.sessions.find("talk")
    queued = [message["id"] for message in records(exported, "message") if message.get("queued")]
    assert queued == [message.id for message in full.queue.load(session)]
    moved = next(passage for passage in records(exported, "passage") if passage["text"] == "Lives in Rome.")
    assert moved["state"] == "superseded"
    assert moved["successor"] in {passage["id"] for passage in records(exported, "passage")}
    assert "moved" in [event.get("reason") for event in records(exported, "event")]
    assert [message["text"] for message in records(exported, "message") if message.get("withheld")] == [
        texts_of(full)[-1]
    ]
    assert [passage["text"] for passage in records(exported, "passage") if passage.get("withheld")] == [
        "Lives in Milan."
    ]
    assert [m["opaque"]["origin"] for m in records(exported, "message") if "opaque" in m] == ["server/m"] * 3
    [summary] = records(exported, "summary")
    texts = [message["text"] for message in records(exported, "message")]
    assert texts[summary["first_n"] - 1].startswith("Remember fact 0")


def texts_of(memory: Memory) -> list[str]:
    """Return the texts of all messages."""
    return [message.text for message in memory.recall.latest(99)]


def test_parts_once(exported: Path) -> None:
    """A part of requests is in the file once, before the first step that sent it."""
    hashes = [part["hash"] for part in records(exported, "part")]
    windows = [step["window"] for step in records(exported, "step")]
    assert len(hashes) == len(set(hashes)) == len({key for window in windows for key in window})


def test_only_this_agent(full: Memory, other: Memory, store: Store) -> None:
    """Nothing of another agent is in the file."""
    other.recall.add(other.sessions.start(), UserMessage("Bob's secret"))
    stream = io.BytesIO()
    write_agent(store, store.agents.require("ada"), stream)
    assert b"Bob" not in stream.getvalue()


def test_keys_are_masked(full: Memory, store: Store, tmp_path: Path) -> None:
    """What looks like an API key is left out, in every kind of line."""
    full.archival.insert(f"The key is {KEY}.")
    full.recall.add(full.sessions.find("talk"), UserMessage(f"Use {KEY}!"))
    done = export_agent(store, "ada", tmp_path / "ada.jsonl")
    text = (tmp_path / "ada.jsonl").read_text(encoding="utf-8")
    assert (KEY in text, "The key is [key removed]." in text, done.masked) == (False, True, 3)


def test_overwrites_or_leaves(full: Memory, store: Store, tmp_path: Path) -> None:
    """An export replaces a file as a whole; one that fails leaves it as it was, and nothing beside it."""
    target = tmp_path / "out" / "ada.jsonl"
    with pytest.raises(UsageError, match="cannot be written"):
        export_agent(store, "ada", target)
    target.parent.mkdir()
    target.write_text("old", encoding="utf-8")
    with pytest.raises(NotFound):
        export_agent(store, "nobody", target)
    assert target.read_text(encoding="utf-8") == "old"
    export_agent(store, "ada", target)
    assert json.loads(target.read_text(encoding="utf-8").splitlines()[0])["name"] == "ada"
    assert list(target.parent.iterdir()) == [target]


def test_failure_in_the_middle(full: Memory, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export that is interrupted leaves no file."""
    monkeypatch.setattr(Path, "replace", _interrupt)
    with pytest.raises(KeyboardInterrupt):
        export_agent(store, "ada", tmp_path / "ada.jsonl")
    assert [path.name for path in tmp_path.iterdir() if "ada" in path.name] == []


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
