"""A model is asked by the Responses API: as set, by its name, or because its server says so."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from carrel.bootstrap import Carrel
from carrel.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    ToolCall,
    ToolResult,
    ToolSchema,
    Usage,
    UserMessage,
)
from carrel.models.chat.scripted import Item, Script, call, calls, say
from carrel.models.chat.server.capabilities import Capabilities
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.protocols import Reply, Request, TextPiece, ThoughtPiece
from carrel.testing.fake_server import FakeServer, Fault
from carrel.testing.fault import problem
from tests.clocks import InstantClock
from tests.learning import connect

pytestmark = pytest.mark.network

POST = ToolSchema("post", "Post a text.", {"type": "object", "properties": {"text": {"type": "string"}}})
PING = ToolSchema("ping", "Say pong.", {"type": "object", "properties": {}})
RESPONSES = Capabilities(api="responses")
NO_TOOLS_HERE = (
    "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions. To use function "
    "tools, use /v1/responses or set reasoning_effort to 'none'."
)


def thinking(message: AssistantMessage, thought: str = "Hm.") -> Reply:
    """Return a reply of a model that reasons."""
    return Reply(message, finish="tool_calls" if message.calls else "stop", thought=thought)


def reply_to(model: OpenAIChat, request: Request) -> Reply:
    """Return the reply to a request."""
    return next(item for item in model.stream(request) if isinstance(item, Reply))


def talk(script: Script, request: Request, can: Capabilities = RESPONSES) -> tuple[list[Any], list[dict[str, Any]]]:
    """Send a request, and return what streams back and what the server got."""
    with FakeServer(script) as server, OpenAIChat("any", server.url, capabilities=can) as model:
        return list(model.stream(request)), server.requests


def test_a_request_is_stateless_and_asks_for_encrypted_reasoning() -> None:
    """Messages, tools, the schema and the limit are said as the API wants them, and nothing is stored there."""
    schema = {"type": "object", "properties": {"reply": {"type": "string"}}}
    messages = (SystemMessage("Be brief."), UserMessage("Hi"))
    _, (sent,) = talk(["Hello."], Request(messages, (POST, PING), max_tokens=5, schema=schema))
    assert sent == {
        "model": "any",
        "input": [
            {"type": "message", "role": "system", "content": "Be brief."},
            {"type": "message", "role": "user", "content": "Hi"},
        ],
        "store": False,
        "stream": True,
        "include": ["reasoning.encrypted_content"],
        "tools": [{"type": "function", "strict": False, **tool.to_json()["function"]} for tool in (POST, PING)],
        "text": {"format": {"type": "json_schema", "name": "action", "strict": True, "schema": schema}},
        "max_output_tokens": 16,
    }


@pytest.mark.parametrize("streaming", [True, False])
def test_text_thoughts_calls_and_tokens_arrive(streaming: bool) -> None:
    """The text and the thought stream apart, a call is whole, and the usage is that of the server."""
    made = calls(say("Let me see."), call("post", text="Hi"), call("ping"))
    reply = Reply(made, Usage(120, 30, 100, calls=1), "tool_calls", "I think.")
    can = Capabilities(api="responses", streaming=streaming)
    items, _ = talk([reply], Request((UserMessage("Post it"),), (POST, PING)), can)
    assert "".join(item.text for item in items if isinstance(item, TextPiece)) == "Let me see."
    assert "".join(item.text for item in items if isinstance(item, ThoughtPiece)) == "I think."
    assert len([item for item in items if isinstance(item, TextPiece)]) == (5 if streaming else 2)
    got = items[-1]
    assert (got.message.text, got.thought, got.finish) == ("Let me see.", "I think.", "tool_calls")
    assert [(made.name, made.arguments) for made in got.message.calls] == [("post", '{"text": "Hi"}'), ("ping", "{}")]
    assert got.usage == Usage(120, 30, 100, calls=1)


@pytest.mark.parametrize(("finish", "text"), [("length", "As far as"), ("content_filter", "Once")])
def test_a_reply_that_was_ended_says_why(finish: Any, text: str) -> None:
    """An incomplete response is cut off, or was stopped by a filter."""
    items, _ = talk([Reply(say(text), finish=finish)], Request((UserMessage("Hi"),)))
    assert (items[-1].message.text, items[-1].finish) == (text, finish)


def test_reasoning_goes_back_before_its_calls() -> None:
    """The strict server takes the history; another model, or another API, is not sent what this one wrote."""
    script: list[Item] = [thinking(calls(say("Let me see."), call("ping"), call("post", text="x"))), "Done."]
    question = UserMessage("Ping.")
    with FakeServer(script) as server, OpenAIChat("any", server.url, capabilities=RESPONSES) as model:
        first = reply_to(model, Request((question,), (POST, PING)))
        results = tuple(ToolResult(made.id, made.name, "pong") for made in first.message.calls)
        history: tuple[Message, ...] = (question, first.message, *results)
        assert reply_to(model, Request(history, (POST, PING))).message.text == "Done."
        sent = server.requests[1]["input"]
    assert [item["type"] for item in sent] == [
        *("message", "reasoning", "message", "function_call", "function_call"),
        *("function_call_output", "function_call_output"),
    ]
    assert sent[1]["encrypted_content"]
    assert sent[2]["content"] == [{"type": "output_text", "text": "Let me see.", "annotations": []}]
    with FakeServer(["Chat."]) as other, OpenAIChat("any", other.url) as model:
        assert reply_to(model, Request(history, (POST, PING))).message.text == "Chat."
        assert "reasoning" not in json.dumps(other.requests)


def test_an_edited_history_goes_without_reasoning() -> None:
    """Where the calls are not those that the model made, they go back as plain items, which is accepted too."""
    with FakeServer([thinking(call("ping")), "Done."]) as server:
        with OpenAIChat("any", server.url, capabilities=RESPONSES) as model:
            first = reply_to(model, Request((UserMessage("Ping."),), (PING,))).message
            edited = AssistantMessage(first.text, (*first.calls, ToolCall("more", "ping", "{}")), opaque=first.opaque)
            results = (ToolResult(first.calls[0].id, "ping", "pong"), ToolResult("more", "ping", "pong"))
            reply_to(model, Request((UserMessage("Ping."), edited, *results), (PING,)))
        assert "reasoning" not in [item["type"] for item in server.requests[1]["input"]]


def test_a_server_that_says_so_is_asked_by_responses() -> None:
    """The refusal costs one request, once; what is set by the user is not changed."""
    request = Request((UserMessage("Hi"),), (PING,))
    with FakeServer([Fault(400, problem(NO_TOOLS_HERE)), "One.", "Two."]) as server:
        model, learned = connect(server)
        with model:
            assert [reply_to(model, request).message.text for _ in range(2)] == ["One.", "Two."]
        assert [path.rpartition("/v1")[2] for path in server.paths] == ["/chat/completions", "/responses", "/responses"]
    assert {"api": "responses"} in learned
    with FakeServer([Fault(400, problem(NO_TOOLS_HERE))]) as server:
        model, _ = connect(server, api="chat")
        with model, pytest.raises(Exception, match="refused the request"):
            reply_to(model, request)


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        ("Encrypted content is not supported with this model.", {"encrypted_reasoning": False}),
        ("The model 'any' is not supported with the Responses API.", {"api": "chat"}),
        ("The encrypted content gAAA could not be verified.", {"opaque_fields": False}),
    ],
)
def test_what_a_model_lacks_there_costs_one_request(words: str, facts: Mapping[str, object]) -> None:
    """A refusal of encrypted reasoning, or of the API itself, is learnt, and the request is sent again without."""
    with FakeServer([Fault(400, problem(words)), "One."]) as server:
        learned: list[dict[str, Any]] = []
        with OpenAIChat(
            "any",
            server.url,
            capabilities=RESPONSES,
            clock=InstantClock(),
            learned=lambda fact: learned.append(dict(fact)),
        ) as model:
            assert reply_to(model, Request((UserMessage("Hi"),), (PING,))).message.text == "One."
        assert len(server.requests) == 2
    assert facts in learned


def test_an_agent_remembers_by_responses(home: Path) -> None:
    """Whole turns with calls work, also after a restart; thoughts are shown, and stored neither as text nor sent."""
    script = [
        thinking(call("core_memory_append", label="human", content="Ada, allergic to peanuts."), "A fact!"),
        thinking(say("Noted."), "Done."),
        thinking(call("recall_search", query="peanuts"), "Let me look."),
        thinking(say("Peanuts."), "Found it."),
    ]
    with FakeServer(script) as server:
        for said, wanted in (("I am Ada, allergic to peanuts.", "Noted."), ("What am I allergic to?", "Peanuts.")):
            flags = {"base_url": server.url, "model": "any", "api": "responses"}
            with Carrel.open(home, embedder="none", flags=flags) as carrel:
                answer = carrel.agent("ada").session("last" if wanted == "Peanuts." else None).send(said)
                assert answer.text == wanted
                stored = [message.text for message in carrel.agent("ada").recall.latest(99)]
        assert set(server.paths) == {"/v1/responses"}
        assert len(server.requests) == 4
        last = [item["type"] for item in server.requests[3]["input"]]
    assert last.count("reasoning") == 2
    assert not any("A fact!" in text or "Found it." in text for text in stored)
