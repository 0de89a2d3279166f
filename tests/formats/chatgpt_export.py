"""Build exports of ChatGPT for tests."""

import json
from pathlib import Path
from typing import Any

START = 1_700_000_000.5


def node(name: str, parent: str | None, children: list[str], message: dict[str, Any] | None) -> dict[str, Any]:
    """Return a place in the tree of messages."""
    return {"id": name, "parent": parent, "children": children, "message": message}


def message(name: str, role: str, *parts: object, at: float | None = None, kind: str = "text") -> dict[str, Any]:
    """Return a message with its parts."""
    return {
        "id": f"m-{name}",
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": at,
        "content": {"content_type": kind, "parts": list(parts)},
        "status": "finished_successfully",
        "metadata": {},
    }


def talk(**more: Any) -> dict[str, Any]:
    """Return an exported conversation: a hidden root, a system message, and an answer with an older version."""
    nodes = [
        node("root", None, ["sys"], None),
        node("sys", "root", ["ask"], message("sys", "system", "")),
        node("ask", "sys", ["old", "new"], message("ask", "user", "How do I keep bees?", at=START + 1)),
        node("old", "ask", [], message("old", "assistant", "Buy a hive.", at=START + 2)),
        node("new", "ask", ["more"], message("new", "assistant", "With patience.", at=START + 3)),
        node("more", "new", [], message("more", "user", "谢谢！", at=START + 4)),
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


def one(message: dict[str, Any] | None) -> dict[str, Any]:
    """Return a conversation of one message."""
    return talk(mapping={"a": node("a", None, [], message)}, current_node="a")


def write(tmp_path: Path, data: object) -> Path:
    """Write an export and return its path."""
    path = tmp_path / "conversations.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path
