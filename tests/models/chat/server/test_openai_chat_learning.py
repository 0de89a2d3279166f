"""A model learns what its server can do from what it refuses; a server that can do little still chats."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from carrel.errors import ModelFailed
from carrel.messages import AssistantMessage, ToolCall, ToolSchema, UserMessage
from carrel.models.chat.scripted import call, say
from carrel.protocols import Reply, Request
from carrel.testing.fake_server import FakeServer, Fault
from tests.learning import connect

pytestmark = pytest.mark.network

HELLO = Request((UserMessage("Hello"),), (ToolSchema("post", "Post.", {"type": "object", "properties": {}}),), 50)


def test_a_server_that_can_nothing_is_asked_for_less(home: Path) -> None:
    """Each refusal costs one request, once; then the server is asked for what it can do and no more."""
    with FakeServer(["One.", "Two."], lacks=["tools", "stream", "stream_options", "max_tokens"]) as server:
        model, learned = connect(server)
        with model:
            texts = [item.message.text for _ in range(2) for item in model.stream(HELLO) if isinstance(item, Reply)]
        requests = server.requests
    assert texts == ["One.", "Two."]
    assert len(requests) == 5
    assert requests[-1].keys() == {"model", "messages", "stream", "max_completion_tokens"}
    assert requests[-1] == requests[-2]
    facts = {name: value for fact in learned for name, value in fact.items()}
    assert facts == {"tools": False, "streaming": False, "long_limit": True, "usage": True}


def test_what_the_user_has_set_is_never_unlearned() -> None:
    """A server that refuses what it was said to do is an error, not a lesson."""
    with FakeServer(["One."], lacks=["tools"]) as server:
        model, learned = connect(server, tools=True)
        with model, pytest.raises(ModelFailed, match="does not support tools"):
            list(model.stream(HELLO))
        assert (len(server.requests), learned) == (1, [])
        model, _ = connect(server, tools=False)
        with model:
            list(model.stream(HELLO))
        assert "tools" not in server.requests[-1]


def test_a_server_that_contradicts_itself_is_given_up() -> None:
    """Lessons that take turns come to an end."""
    refusals = [
        Fault(400, {"error": f"Unsupported parameter: '{name}'"}) for name in ("max_tokens", "max_completion_tokens")
    ]
    with FakeServer(refusals * 9) as server:
        model, _ = connect(server)
        with model, pytest.raises(ModelFailed):
            list(model.stream(HELLO))
        assert len(server.requests) == 6


def test_a_server_without_tools_still_chats_and_recalls(home: Path) -> None:
    """Page-in works without calls; what was called before is told in words; the next start asks for no tools."""
    native = {"model": "any", "contract": "native"}
    script = [call("archival_insert", text="The cat is called Tofu."), say("Noted.")]
    with FakeServer(script) as server:
        with Carrel.open(home, embedder="none", flags={**native, "base_url": server.url}) as carrel:
            carrel.agent("ada").session().send("My cat is called Tofu.")
        kept = json.loads((home / "capabilities.json").read_text(encoding="utf-8"))
        assert kept == {f"{server.url} any": {"argument_streaming": True, "tools": True, "usage": True}}
    with FakeServer(["It is Tofu.", "Indeed."], lacks=["tools"]) as server:
        for answer in ("It is Tofu.", "Indeed."):
            with Carrel.open(home, embedder="none", flags={**native, "base_url": server.url}) as carrel:
                assert carrel.agent("ada").session("last").send("What is the cat called?").text == answer
        sent = server.requests[-1]["messages"]
        assert [message["role"] for message in sent[:5]] == "system user assistant user assistant".split()
        assert ["tools" in request for request in server.requests] == [True, False, False]
        assert '(called archival_insert {"text": "The cat is called Tofu."})' in sent[2]["content"]
        assert "Recalled for this message:" in server.requests[1]["messages"][-1]["content"]


def test_settings_override_what_was_learned(home: Path) -> None:
    """As a text in a variable and as a table in config.toml, and neither is written into what was learned."""
    home.mkdir()
    (home / "config.toml").write_text('model = "any"\n[capabilities]\ntools = false\nwindow = 3000\n', encoding="utf-8")
    with FakeServer(["Hi."]) as server:
        with Carrel.open(home, embedder="none", flags={"base_url": server.url}) as carrel:
            carrel.agent("ada").session().send("Hello")
        assert "tools" not in server.requests[0]
    assert json.loads((home / "capabilities.json").read_text(encoding="utf-8")) == {
        f"{server.url} any": {"usage": True, "contract": "none", "contract_evidence": "found by probing"}
    }


def test_calls_in_the_text_are_read_unless_that_is_set() -> None:
    """Markup becomes calls and is not shown, and that is learned; with text_calls=no it stays text."""
    said = 'Let me. <tool_call>{"name": "post", "arguments": {"text": "<b>"}}</tool_call>'
    request = replace(HELLO, tools=(ToolSchema("post", ""),))
    cases: tuple[tuple[dict[str, bool], AssistantMessage], ...] = (
        ({}, AssistantMessage("Let me.", (ToolCall("call_1", "post", '{"text": "<b>"}'),))),
        ({"text_calls": False}, say(said)),
    )
    with FakeServer([said, said]) as server:
        for known, reply in cases:
            model, learned = connect(server, **known)
            with model:
                assert [item.message for item in model.stream(request) if isinstance(item, Reply)] == [reply]
            assert ("text_calls" in str(learned)) is (not known)
