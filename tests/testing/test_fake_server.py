"""The fake server speaks the protocol as any HTTP client sees it."""

import json
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

import pytest

from carrel.errors import DoesNotFit, ModelFailed, ModelUnreachable, NotAuthorised, RateLimited
from carrel.messages import Usage, UserMessage
from carrel.models.chat.scripted import call, calls, say
from carrel.models.tokens.estimator import Estimator
from carrel.protocols import Reply, Request
from carrel.testing.fake_server import FakeServer, Fault

pytestmark = pytest.mark.network


def send(server: FakeServer, method: str, path: str, body: str | None = None) -> tuple[int, str]:
    """Send a request and return status and body of the answer."""
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=5)
    try:
        connection.request(method, f"/v1{path}", body and body.encode(), {"X-Test": "yes"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def post(server: FakeServer, stream: bool = False, **fields: Any) -> tuple[int, Any]:
    """Ask for a completion and return the status and the JSON of the answer."""
    body = {"model": "m", "messages": [{"role": "user", "content": "Hello"}], "stream": stream, **fields}
    status, text = send(server, "POST", "/chat/completions", json.dumps(body))
    return status, text if stream else json.loads(text)


def chunks_of(text: str) -> list[dict[str, Any]]:
    """Return the chunks of a stream that ends with [DONE]."""
    *events, done, rest = text.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    return [json.loads(event.removeprefix("data: ")) for event in events]


def test_completion_comes_whole() -> None:
    """Without streaming the answer is one completion with message, finish and usage."""
    with FakeServer([Reply(calls(say("Hi"), call("f", x=1)), Usage(9, 3, 4), "tool_calls")]) as server:
        status, answer = post(server)
    function = {"name": "f", "arguments": '{"x": 1}'}
    asked = [{"id": "call_1", "type": "function", "function": function}]
    message = {"role": "assistant", "content": "Hi", "tool_calls": asked}
    assert status == 200
    assert answer["choices"] == [{"index": 0, "message": message, "finish_reason": "tool_calls"}]
    assert answer["usage"] == {
        "prompt_tokens": 9,
        "completion_tokens": 3,
        "total_tokens": 12,
        "prompt_tokens_details": {"cached_tokens": 4},
    }


def test_stream_comes_in_chunks() -> None:
    """Text and arguments come in several chunks, then the finish, then usage without choices."""
    with FakeServer([calls(say("Hello, you"), call("f", query="Ada"))]) as server:
        _, text = post(server, stream=True, stream_options={"include_usage": True})
    *chunks, finish, usage = chunks_of(text)
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    fragments = [item for delta in deltas for item in delta.get("tool_calls", [])]
    arguments = [item["function"]["arguments"] for item in fragments]
    assert [delta["content"] for delta in deltas if "content" in delta] == ["", "Hel", "lo,", " yo", "u"]
    assert (fragments[0]["id"], fragments[0]["function"]["name"], arguments[0]) == ("call_1", "f", "")
    assert ("".join(arguments), len(arguments)) == ('{"query": "Ada"}', 4)
    assert finish["choices"] == [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]
    assert usage["choices"] == []


def test_usage_is_estimated_and_sent_if_asked_for() -> None:
    """Where the script says nothing of tokens, the prompt is counted roughly; no wish for usage, no usage."""
    with FakeServer(["Hi", "Hi", "Hi"]) as server:
        small, large = post(server)[1]["usage"], post(server, tools=[{"function": {"name": "f" * 400}}])[1]["usage"]
        chunks = chunks_of(post(server, stream=True)[1])
    assert small["completion_tokens"] == Estimator().count("Hi")
    assert 5 < small["prompt_tokens"] < large["prompt_tokens"] - 50
    assert not any("usage" in chunk for chunk in chunks)


def test_script_sees_the_request() -> None:
    """A function in the script gets messages, tools and limit as the model would."""
    seen: list[Request] = []

    def answer(request: Request) -> str:
        seen.append(request)
        return "Hi"

    with FakeServer(answer) as server:
        post(server, max_tokens=7)
    assert seen == [Request((UserMessage("Hello"),), (), 7)]


def test_requests_and_headers_are_recorded() -> None:
    """Bodies are kept as sent, header names in lower case."""
    with FakeServer(["Hi"]) as server:
        post(server)
    assert server.requests == [{"model": "m", "messages": [{"role": "user", "content": "Hello"}], "stream": False}]
    assert server.headers[0]["x-test"] == "yes"


def test_models_are_listed() -> None:
    """GET /v1/models names the one model that there is."""
    with FakeServer([], model="toy") as server:
        status, text = send(server, "GET", "/models")
    assert status == 200
    assert [model["id"] for model in json.loads(text)["data"]] == ["toy"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotAuthorised("No."), 401),
        (RateLimited("No."), 429),
        (ModelUnreachable("No."), 404),
        (DoesNotFit("No."), 400),
        (ModelFailed("No."), 400),
        (Fault(503, {"error": {"message": "No."}}), 503),
    ],
)
def test_errors_become_http_errors(error: Exception, status: int) -> None:
    """A script's errors are answered with the status that a true server would choose, and with their words."""
    with FakeServer([error]) as server:
        answered, answer = post(server)
    assert (answered, answer["error"]["message"]) == (status, "No.")


def test_end_of_script_is_an_error_that_is_not_retried() -> None:
    """One request too many is told so with status 400."""
    with FakeServer([]) as server:
        status, answer = post(server)
    assert status == 400
    assert "its script has only 0 replies" in answer["error"]["message"]


@pytest.mark.parametrize("body", ["{", "[]", '{"messages": ["x"]}', '{"messages": [{"role": "wizard"}]}', "{}"])
def test_request_that_is_none_is_refused(body: str) -> None:
    """What is no request gets status 400 and uses up nothing of the script."""
    with FakeServer(["Hi"]) as server:
        status, _ = send(server, "POST", "/chat/completions", body)
        after, _ = post(server)
    assert (status, after) == (400, 200)


def test_other_paths_are_not_found() -> None:
    """There is nothing else to be had."""
    with FakeServer([]) as server:
        assert [send(server, "GET", "/x")[0], send(server, "POST", "/x", "{}")[0]] == [404, 404]


def test_faults_break_the_connection() -> None:
    """A stream is cut after the chunks that were asked for; status 0 hangs up at once."""
    with FakeServer([Fault(cut_after=2), Fault(0)]) as server:
        with pytest.raises(IncompleteRead) as cut:
            post(server, stream=True)
        with pytest.raises(RemoteDisconnected):
            post(server)
    assert cut.value.partial.decode().count("data: ") == 2


def test_server_closes() -> None:
    """After the block nobody listens any more."""
    with FakeServer(["Hi"]) as server:
        post(server)
    with pytest.raises(ConnectionRefusedError):
        post(server)
