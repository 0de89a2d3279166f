"""What a probe finds out about a server."""

from typing import Any

import pytest

from carrel.models.chat.scripted import call, calls, say
from carrel.models.discovery.probing import probe
from carrel.testing.fake_server import FakeServer, Fault
from tests.learning import connect

pytestmark = pytest.mark.network


def test_a_probe_tells_what_a_server_can() -> None:
    """Against a server that can all, and one that can little, the probe says so and the model remembers."""
    twice = calls(call("note_word", word="apple"), call("note_word", word="pear"))
    once = call("note_word", word="apple")
    with FakeServer([say("hello"), once, say("hello"), once, once, twice], model="any") as server:
        model, learned = connect(server)
        model.learn(window=4096, tools=False)
        with model:
            found = {item.subject: (item.state, item.text) for item in probe(model)}
    assert found == {
        "reply": ("ok", "model 'any' answers"),
        "api": ("ok", "Chat Completions"),
        "model list": ("ok", "1 models, 'any' among them"),
        "streaming": ("ok", "replies arrive as they are written"),
        "tools": ("ok", "calls arrive in fragments"),
        "tool_choice": ("ok", "auto, none, required, named"),
        "parallel calls": ("ok", "several calls in one reply"),
        "usage": ("ok", "reported"),
        "token count": ("ok", "no endpoint for it: Carrel counts tokens itself"),
        "window": ("ok", "not known until a request is too long; the 4096 tokens that it stated before are forgotten"),
    }
    assert model.capabilities.to_json() == {
        "tools": True,
        "tool_choice": "none required named",
        "parallel_calls": True,
        "streaming": True,
        "argument_streaming": True,
        "usage": True,
    }
    assert learned[1] == {"tools": None, "window": None, "window_at": None}
    with FakeServer(["hello", "hello"], lacks=["tools", "stream"]) as server:
        model, _ = connect(server)
        with model:
            poor = {item.subject: item.text for item in probe(model)}
    assert poor["tools"] == "not supported: the agent chats, and remembers by page-in alone"
    assert poor["streaming"] == "not supported: replies arrive as a whole"
    assert poor["model list"] == "'any' is not among the server's models: scripted"
    assert "tool_choice" not in poor


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        ([{"id": "any"}], "1 models, 'any' among them"),
        (["any", "other"], "2 models, 'any' among them"),
        ({"models": [{"name": "any:latest"}]}, "1 models, 'any' among them"),
        ({"data": [{"id": "other"}, None, {}]}, "'any' is not among the server's models: other"),
        ({"data": None}, "the server lists no models"),
        ("<html>Sign in</html>", "the server lists no models"),
    ],
)
def test_a_list_of_models_may_have_any_shape(listing: Any, said: str) -> None:
    """However a server lists its models, or does not, every other check is made all the same."""
    with FakeServer(["hello", "hello", "hello", *["No."] * 9], model="any") as server:
        server.listing = listing
        model, _ = connect(server)
        with model:
            found = {item.subject: item.text for item in probe(model)}
    assert found["model list"] == said
    assert [*found][-2:] == ["token count", "window"]


def test_an_odd_answer_to_one_question_stops_no_other() -> None:
    """A page, a list and a number in place of a completion are answers that say no."""
    odd = [Fault(200, body) for body in ("<html></html>", [1], {"choices": [{"message": None}]})]
    once = call("note_word", word="apple")
    with FakeServer([say("hello"), once, *odd, once], model="any") as server:
        model, _ = connect(server)
        with model:
            found = {item.subject: item.text for item in probe(model)}
    assert found["tool_choice"] == "auto"
    assert found["parallel calls"] == "one call in each reply"


def test_a_probe_of_nobody_stops_at_once() -> None:
    """Where the first question fails, no more is asked."""
    with FakeServer([Fault(401)]) as server:
        model, _ = connect(server)
        with model:
            (only,) = probe(model)
    assert (only.subject, only.state) == ("reply", "fail")
    assert "does not accept the API key" in only.text


def test_a_model_that_is_asked_by_responses_is_probed_there() -> None:
    """Every probe but that of the values of tool_choice goes by that API."""
    twice = calls(call("note_word", word="apple"), call("note_word", word="pear"))
    with FakeServer([say("hello"), call("note_word", word="apple"), twice], model="any") as server:
        model, _ = connect(server, api="responses")
        with model:
            found = {item.subject: item.text for item in probe(model)}
        assert set(server.paths) == {"/v1/responses"}
    assert found["api"] == "the Responses API"
    assert (found["tools"], found["parallel calls"]) == ("calls arrive in fragments", "several calls in one reply")
    assert "tool_choice" not in found
