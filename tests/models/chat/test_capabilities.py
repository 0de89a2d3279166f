"""What a server can do: learned from what it refuses, kept, overridable; and a server that can little still chats."""

import json
from pathlib import Path
from typing import Any

import pytest

from carrel.bootstrap import Carrel
from carrel.errors import BadConfig, ModelFailed
from carrel.messages import AssistantMessage, SystemMessage, ToolCall, ToolResult, ToolSchema, UserMessage
from carrel.models.chat.capabilities import Capabilities, CapabilityFile, from_json, lesson, settled, stated_window
from carrel.models.chat.faults import Failure
from carrel.models.chat.openai_chat import OpenAIChat
from carrel.models.chat.scripted import call, calls, say
from carrel.models.chat.toolless import without_calls
from carrel.models.discovery.probing import probe
from carrel.protocols import Reply, Request
from carrel.testing.fake_server import FakeServer, Fault
from tests.clocks import InstantClock

ASKED = {"stream": True, "stream_options": {}, "tools": [], "max_tokens": 5}
HELLO = Request((UserMessage("Hello"),), (ToolSchema("post", "Post.", {"type": "object", "properties": {}}),), 50)


@pytest.mark.parametrize(
    ("words", "learned"),
    [
        ("registry.ollama.ai/library/gemma:2b does not support tools", {"tools": False}),
        ('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', {"tools": False}),
        ("tools param requires --jinja flag", {"tools": False}),
        ("No endpoints found that support tool use.", {"tools": False}),
        ("Unsupported parameter: 'tools' is not supported with this model.", {"tools": False}),
        ("Function calling is not enabled for this model", {"tools": False}),
        ("Unrecognized request argument supplied: stream_options", {"stream_options": False}),
        ("Extra inputs are not permitted: stream_options.include_usage", {"stream_options": False}),
        ("Streaming is not supported by this model.", {"streaming": False}),
        ("Your organization must be verified; this model does not support streaming", {"streaming": False}),
        ("Cannot use tools with stream", {"streaming": False}),
        ("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", {"long_limit": True}),
        ("messages with role 'tool' must be a response to a preceding message with 'tool_calls'", {}),
        ("Invalid schema for function 'post': tools[0].function.parameters", {}),
        ("max_tokens is too large: 90000", {}),
        ("Bad request", {}),
    ],
)
def test_a_refusal_teaches_what_to_leave_out(words: str, learned: dict[str, bool]) -> None:
    """The wordings of known servers are understood, and no other complaint is taken for one of them."""
    assert lesson(Failure("refused", words), ASKED) == learned
    assert lesson(Failure("refused", words), {}) == {}
    assert lesson(Failure("key", words), ASKED) == {}


@pytest.mark.parametrize(
    ("words", "window"),
    [
        ("This model's maximum context length is 4096 tokens. However, you requested 5000", 4096),
        ("the request exceeds the available context size (8,192 tokens)", 8192),
        ("prompt is too long: 9000 tokens > 8000 maximum", None),
        ("the context limit is 429", None),
        ("too long", None),
    ],
)
def test_a_window_that_is_stated_is_read(words: str, window: int | None) -> None:
    """A server that says how much it serves is taken at its word."""
    assert stated_window(words) == window


def told(server: FakeServer, **capabilities: Any) -> tuple[OpenAIChat, list[dict[str, Any]]]:
    """Return a model, and a list of what it learns."""
    learned: list[dict[str, Any]] = []
    model = OpenAIChat(
        "any",
        server.url,
        clock=InstantClock(),
        capabilities=Capabilities(**capabilities),
        fixed=capabilities,
        learned=lambda facts: learned.append(dict(facts)),
    )
    return model, learned


def test_a_server_that_can_nothing_is_asked_for_less(home: Path) -> None:
    """Each refusal costs one request, once; then the server is asked for what it can do and no more."""
    with FakeServer(["One.", "Two."], lacks=["tools", "stream", "stream_options", "max_tokens"]) as server:
        model, learned = told(server)
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
        model, learned = told(server, tools=True)
        with model, pytest.raises(ModelFailed, match="does not support tools"):
            list(model.stream(HELLO))
        assert (len(server.requests), learned) == (1, [])
        model, _ = told(server, tools=False)
        with model:
            list(model.stream(HELLO))
        assert "tools" not in server.requests[-1]


def test_a_server_that_contradicts_itself_is_given_up() -> None:
    """Lessons that take turns come to an end."""
    refusals = [
        Fault(400, {"error": f"Unsupported parameter: '{name}'"}) for name in ("max_tokens", "max_completion_tokens")
    ]
    with FakeServer(refusals * 9) as server:
        model, _ = told(server)
        with model, pytest.raises(ModelFailed):
            list(model.stream(HELLO))
        assert len(server.requests) == 6


def test_a_server_without_tools_still_chats_and_recalls(home: Path) -> None:
    """Page-in works without calls; what was called before is told in words; the next start asks for no tools."""
    script = [call("archival_insert", text="The cat is called Tofu."), say("Noted.")]
    with FakeServer(script) as server:
        with Carrel.open(home, embedder="none", flags={"base_url": server.url, "model": "any"}) as desk:
            desk.agent("ada").session().send("My cat is called Tofu.")
        kept = json.loads((home / "capabilities.json").read_text(encoding="utf-8"))
        assert kept == {f"{server.url} any": {"argument_streaming": True, "tools": True, "usage": True}}
    with FakeServer(["It is Tofu.", "Indeed."], lacks=["tools"]) as server:
        for answer in ("It is Tofu.", "Indeed."):
            with Carrel.open(home, embedder="none", flags={"base_url": server.url, "model": "any"}) as desk:
                assert desk.agent("ada").session("last").send("What is the cat called?").text == answer
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
        with Carrel.open(home, embedder="none", flags={"base_url": server.url}) as desk:
            desk.agent("ada").session().send("Hello")
        assert "tools" not in server.requests[0]
    assert json.loads((home / "capabilities.json").read_text(encoding="utf-8")) == {
        f"{server.url} any": {"usage": True}
    }


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("tools", "Setting 'capabilities' holds 'tools'. Write NAME=yes or NAME=no"),
        ("tolls=no", "Setting 'capabilities' holds 'tolls=no'."),
        ("tools=maybe", "Capability 'tools' is 'maybe'. Write yes or no."),
        ("window=big", "Capability 'window' is 'big'. Write a number of tokens"),
    ],
)
def test_a_setting_that_is_none_is_told(setting: str, told: str) -> None:
    """Each mistake is a sentence with a remedy."""
    with pytest.raises(BadConfig) as raised:
        settled(setting)
    assert str(raised.value).startswith(told)
    good = {"tools": False, "window": 4096, "tool_choice": "required"}
    assert settled("tools=no  window=4096 tool_choice=required") == good


def test_what_was_learned_is_kept_by_server_and_model(tmp_path: Path) -> None:
    """Facts add up, those of other models stay, and a damaged file counts as empty."""
    file = CapabilityFile(tmp_path / "capabilities.json")
    file.save("http://a/v1", "m", {"tools": False})
    file.save("http://a/v1/", "m", {"window": 4096})
    file.save("http://a/v1", "n", {"tools": True})
    assert file.load("http://a/v1", "m") == Capabilities(tools=False, window=4096)
    assert file.load("http://a/v1", "n") == Capabilities(tools=True)
    assert file.load("http://b/v1", "m") == Capabilities()
    file.path.write_text('{"http://a/v1 m": {"tools": "no", "window": true, "new": 1}}', encoding="utf-8")
    assert file.load("http://a/v1", "m") == Capabilities()
    for damaged in ("{", "[]", '"x"'):
        file.path.write_text(damaged, encoding="utf-8")
        assert file.load("http://a/v1", "m") == Capabilities()
    assert from_json(None) == Capabilities()
    CapabilityFile(tmp_path / "no" / "where.json").save("a", "m", {"tools": True})


def test_calls_are_told_in_words() -> None:
    """Without tools, calls and results stand as text, and roles still alternate."""
    messages = (
        SystemMessage("Be kind."),
        UserMessage("Go."),
        AssistantMessage("Let me see.", (ToolCall("c", "f", "{}"), ToolCall("d", "g", "{}"))),
        ToolResult("c", "f", "One."),
        ToolResult("d", "", "Two."),
        AssistantMessage("Half a"),
        AssistantMessage("whole."),
        UserMessage("Thanks."),
    )
    assert without_calls(messages) == (
        SystemMessage("Be kind."),
        UserMessage("Go."),
        AssistantMessage("Let me see.\n(called f {})\n(called g {})"),
        UserMessage("(result of f) One.\n\n(result) Two."),
        AssistantMessage("Half a\n\nwhole."),
        UserMessage("Thanks."),
    )


def test_calls_written_as_text_are_read_where_that_is_set() -> None:
    """With text_calls, the markup becomes calls and is not shown; what only looks like it stays text."""
    said = 'Let me. <tool_call>{"name": "post", "arguments": {"text": "<b>"}}</tool_call>'
    with FakeServer([said, "<tool_call>{oops</tool_call>!", "<tool_call>"]) as server:
        model, _ = told(server, text_calls=True)
        with model:
            replies = [item for _ in range(3) for item in model.stream(HELLO) if isinstance(item, Reply)]
    asked = AssistantMessage("Let me. ", (ToolCall("call_1", "post", '{"text": "<b>"}'),))
    assert replies[0].message == asked
    assert replies[0].finish == "tool_calls"
    assert [item.message for item in replies[1:]] == [say("<tool_call>{oops</tool_call>!"), say("<tool_call>")]


def test_a_probe_tells_what_a_server_can(home: Path) -> None:
    """Against a server that can all, and one that can little, the probe says so and the model remembers."""
    twice = calls(call("note_word", word="apple"), call("note_word", word="pear"))
    once = call("note_word", word="apple")
    with FakeServer([say("hello"), once, say("hello"), once, once, twice], model="any") as server:
        model, learned = told(server)
        model.learn(window=4096, tools=False)
        with model:
            found = {item.subject: (item.state, item.said) for item in probe(model)}
    assert found == {
        "reply": ("ok", "model 'any' answers"),
        "model list": ("ok", "1 models, 'any' among them"),
        "streaming": ("ok", "replies come as they are made"),
        "tools": ("ok", "calls come in fragments"),
        "tool_choice": ("ok", "auto, none, required, named"),
        "parallel calls": ("ok", "several calls in one reply"),
        "usage": ("ok", "reported"),
        "token count": ("ok", "no endpoint: tokens are counted here"),
        "window": ("ok", "learned when a request is too long; 4096 tokens, which it stated once, are forgotten"),
    }
    assert model.capabilities.to_json() == {
        "tools": True,
        "tool_choice": "none required named",
        "parallel_calls": True,
        "streaming": True,
        "argument_streaming": True,
        "usage": True,
    }
    assert learned[1] == {"tools": None, "window": None}
    with FakeServer(["hello", "hello"], lacks=["tools", "stream"]) as server:
        model, _ = told(server)
        with model:
            poor = {item.subject: item.said for item in probe(model)}
    assert poor["tools"] == "not supported: the agent chats, and recalls by page-in alone"
    assert poor["streaming"] == "not supported: replies come as a whole"
    assert poor["model list"] == "'any' is not among them: scripted"
    assert "tool_choice" not in poor


def test_a_probe_of_nobody_stops_at_once() -> None:
    """Where the first question fails, no more is asked."""
    with FakeServer([Fault(401)]) as server:
        model, _ = told(server)
        with model:
            (only,) = probe(model)
    assert (only.subject, only.state) == ("reply", "fail")
    assert "does not accept the API key" in only.said
