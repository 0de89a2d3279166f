"""What a server wants back with its calls survives tool rounds and restarts, and goes to nobody else."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from carrel.bootstrap import Carrel
from carrel.messages import ToolResult
from carrel.models.chat.scripted import ScriptedAnswer, say
from carrel.protocols import Request
from carrel.testing.fake_server import FakeServer, Fault
from carrel.testing.wire import delta

pytestmark = pytest.mark.network

SIGNATURE = {"google": {"thought_signature": "c2lnbmF0dXJl+/=="}}
THOUGHT = [{"type": "reasoning.text", "index": 0, "text": "茶? \u2028 Let me look."}]


def thinking(request: Request) -> ScriptedAnswer:
    """Call a tool once in each turn, with fields that only this server understands; then answer."""
    if not request.tools or isinstance(request.messages[-1], ToolResult):
        return say("Noted.")
    turn = sum(message.role == "user" for message in request.messages)
    made = {"index": 0, "id": f"call_{turn}", "function": {"name": "archival_insert", "arguments": '{"text": "Tea."}'}}
    chunks = [
        delta({"reasoning_content": "Let me "}),
        delta({"reasoning_content": "note it.", "reasoning_details": THOUGHT}),
        delta({"tool_calls": [made | {"extra_content": SIGNATURE}]}),
        delta({}, "tool_calls"),
    ]
    return Fault(200, chunks=chunks)


def say_to(home: Path, server: FakeServer, text: str, model: str = "thinker") -> str:
    """Open the home anew, and go on in its last session."""
    flags = {"base_url": server.url, "model": model}
    with Carrel.open(home, embedder="none", flags=flags) as carrel:
        ada = carrel.agent("ada")
        return str(ada.session("last" if ada.sessions.all() else None).send(text).text)


def fields_of(message: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a message and of its first call that not every server knows."""
    known = {"role", "content", "tool_calls", "id", "type", "function"}
    return {name: value for name, value in {**message, **message["tool_calls"][0]}.items() if name not in known}


def calling(server: FakeServer) -> list[dict[str, Any]]:
    """Return the messages with calls in the last request."""
    return [message for message in server.requests[-1]["messages"] if message.get("tool_calls")]


def test_fields_come_back_exactly(home: Path) -> None:
    """In the same turn, and in a later one of another program, to a server that refuses calls without them."""
    with FakeServer(thinking, lacks=["unsigned_calls"]) as server:
        assert say_to(home, server, "I like tea.") == "Noted."
        assert say_to(home, server, "Green tea.") == "Noted."
        sent = [fields_of(message) for message in calling(server)]
        assert len(server.requests) == 4
    whole = {"reasoning_content": "Let me note it.", "reasoning_details": THOUGHT, "extra_content": SIGNATURE}
    assert sent == [whole, whole]
    with closing(sqlite3.connect(home / "carrel.db")) as database:
        rows = database.execute("SELECT opaque FROM messages WHERE opaque IS NOT NULL").fetchall()
    assert len(rows) == 2


def test_fields_go_to_no_other_server_or_model(home: Path) -> None:
    """Another model of the same server, and another server, are sent the calls alone; the first gets its own again."""
    with FakeServer(thinking) as server, FakeServer(["Hm."] * 9) as other:
        say_to(home, server, "I like tea.")
        say_to(home, server, "Which tea?", model="other")
        by_model = [fields_of(message) for message in calling(server)]
        say_to(home, other, "And now?")
        by_server = [fields_of(message) for message in calling(other)]
        say_to(home, server, "Again.")
        mixed = [bool(fields_of(message)) for message in calling(server)]
    assert by_model[0] == {}
    assert by_server == [{}, {}]
    assert mixed == [True, False, True]


def test_long_thoughts_fit_into_a_small_window(home: Path) -> None:
    """Thoughts count; where there is no room for them they are truncated, and the request stays in its window."""

    def verbose(request: Request) -> ScriptedAnswer:
        if isinstance(request.messages[-1], ToolResult) or not request.tools:
            return say("Noted.")
        made = {"index": 0, "id": "a", "function": {"name": "archival_insert", "arguments": '{"text": "Tea."}'}}
        thought = delta({"reasoning_content": "Let me think about tea once more. " * 900})
        return Fault(200, chunks=[thought, delta({"tool_calls": [made]}), delta({}, "tool_calls")])

    with FakeServer(verbose, window=4000) as server:
        flags = {"base_url": server.url, "model": "thinker", "window": 4000}
        with Carrel.open(home, embedder="none", flags=flags) as carrel:
            chat = carrel.agent("ada").session()
            assert [chat.send(f"Tea number {number}.").text for number in range(4)] == ["Noted."] * 4
        thoughts = [message["reasoning_content"] for message in calling(server)]
    assert all("[…cut: " in thought for thought in thoughts)
    assert thoughts
