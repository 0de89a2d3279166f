"""Placeholders for ids: a request is the same in every run, and a recorded reply refers to the ids of this one."""

import json
from pathlib import Path

import pytest

from carrel.errors import CassetteMiss
from carrel.messages import AssistantMessage, SystemMessage, ToolCall, ToolResult, UserMessage
from carrel.protocols import Reply, Request
from carrel.scenario.record.cassette import Cassette, CassetteWriter
from carrel.scenario.record.placeholders import Placeholders
from carrel.scenario.record.replay import ReplayModel


def request_with(passage: str, call_id: str, nonce: str) -> Request:
    """Return a request after a search, with the ids of one run."""
    searching = AssistantMessage("", (ToolCall(call_id, "archival_search", '{"query": "x"}'),))
    text = f"[{passage} | today] Bees.\n\n<context {nonce}>\nNow\n</context {nonce}>"
    found = ToolResult(call_id, "archival_search", text)
    return Request((SystemMessage("Be kind."), UserMessage("Delete it."), searching, found))


def test_ids_of_a_run_do_not_matter(tmp_path: Path) -> None:
    """A request is found again whatever its ids are, and ids in the reply are those of the present run."""
    one = request_with("p-0123456789ab", "call_1", "aaaa")
    placeholders = Placeholders(one)
    deleting = AssistantMessage(
        "Deleting p-0123456789ab.", (ToolCall("c", "archival_delete", '{"id": "p-0123456789ab"}'),)
    )
    reply = {"message": placeholders.message_json(deleting), "usage": None, "finish": "tool_calls"}
    writer = CassetteWriter("m")
    writer.add_reply("agent", placeholders.request_json(), {"reply": reply})
    assert "0123456789ab" not in json.dumps(writer.lines)
    writer.save(tmp_path / "c.jsonl")
    cassette = Cassette(tmp_path / "c.jsonl")
    (*_, got) = ReplayModel(cassette).stream(request_with("p-zzzzzzzzzzzz", "other", "bbbb"))
    assert isinstance(got, Reply)
    assert got.message.text == "Deleting p-zzzzzzzzzzzz."
    assert got.message.calls[0].arguments == '{"id": "p-zzzzzzzzzzzz"}'
    with pytest.raises(CassetteMiss, match="has no more replies"):
        list(ReplayModel(cassette).stream(one))
