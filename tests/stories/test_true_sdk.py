"""The whole path through the true SDK: HTTP, streaming, several steps, and what is left on disk."""

from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from carrel.messages import Usage
from carrel.models.chat.scripted import call, calls, say
from carrel.testing.fake_server import FakeServer

pytestmark = pytest.mark.network

SCRIPT = [
    calls(
        say("Let me note that."),
        call("core_memory_append", label="human", content="Allergic to peanuts."),
        call("archival_insert", text="Ada said that peanuts make her ill.", tags=["health"]),
    ),
    call("archival_search", query="peanuts", tags=["health"]),
    call("recall_search", query="peanuts", roles=["user"]),
    say("Noted: no peanuts."),
]


def test_a_turn_through_the_sdk_is_kept(home: Path) -> None:
    """Calls that stream in over HTTP change memory, and a newly opened home holds just that."""
    with FakeServer(SCRIPT) as server:
        settings = {"base_url": server.url, "api_key": "secret-key", "model": "scripted", "contract": "native"}
        with Carrel.open(home, embedder="none", flags=settings) as carrel:
            answer = carrel.agent("ada").session().send("Peanuts make me ill.")
            carrel.model.close()
        requests = server.requests
    assert (answer.text, answer.steps, answer.usage.calls) == ("Noted: no peanuts.", 4, 4)
    assert [made.name for made in answer.tool_calls] == [
        "core_memory_append",
        "archival_insert",
        "archival_search",
        "recall_search",
    ]
    assert all(request["stream"] for request in requests)
    assert [len(request["messages"]) for request in requests] == [2, 5, 7, 9]
    assert answer.usage.prompt > 4000
    assert isinstance(answer.usage, Usage)
    with Carrel.open(home, "offline", "none") as carrel:
        ada = carrel.agent("ada", make=False)
        assert ada.core["human"].value == "Allergic to peanuts."
        (passage,) = ada.archival.latest(9)
        assert (passage.text, passage.tags) == ("Ada said that peanuts make her ill.", ("health",))
        messages = ada.recall.latest(99)
        assert [
            message.role for message in messages
        ] == "user assistant tool tool assistant tool assistant tool assistant".split()
        assert [message.ok for message in messages if message.tool] == [True] * 4
        assert "Peanuts make me ill." in messages[7].text
        assert [event.op for event in answer.memory] == ["append", "insert"]


def test_the_next_turn_sees_what_was_called(home: Path) -> None:
    """In the next turn the server is sent the calls and results of the one before, paired, and the changed block."""
    with FakeServer([*SCRIPT, say("Hello again.")]) as server:
        settings = {"base_url": server.url, "model": "scripted", "contract": "native"}
        with Carrel.open(home, embedder="none", flags=settings) as carrel:
            chat = carrel.agent("ada").session()
            chat.send("Peanuts make me ill.")
            assert chat.send("Hi").text == "Hello again."
            carrel.model.close()
        messages = server.requests[-1]["messages"]
    made = [asked["id"] for message in messages for asked in message.get("tool_calls", ())]
    assert made == [message["tool_call_id"] for message in messages if message["role"] == "tool"]
    assert len(made) == 4
    assert "Allergic to peanuts." not in messages[0]["content"]
    assert "Block 'human' now holds (20 of 2000 characters):\nAllergic to peanuts." in [m["content"] for m in messages]
