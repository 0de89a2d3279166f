"""Each kind of server is asked where it tells its window, twice at most, and none of them can do harm."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from carrel.bootstrap import Carrel
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.models.discovery.window_discovery import WindowDiscovery

pytestmark = pytest.mark.network

OLLAMA = {"models": [{"name": "qwen3:latest", "model": "qwen3:latest", "context_length": 4096}]}
LLAMA = {"default_generation_settings": {"n_ctx": 16384}, "total_slots": 1}
STUDIO = {"data": [{"id": "qwen3", "loaded_context_length": 8192, "max_context_length": 262144}]}
VLLM = {"object": "list", "data": [{"id": "other", "max_model_len": 1000}, {"id": "qwen3", "max_model_len": 32768}]}
STUDIO_IDLE = {"data": [{"id": "qwen3", "state": "not-loaded", "max_context_length": 262144}]}
PLAIN = {"object": "list", "data": [{"id": "qwen3", "object": "model"}]}


class Told(ThreadingHTTPServer):
    """Answers GETs from a table and notes what was asked."""

    answers: dict[str, Any]
    asked: list[str]
    keys: set[str | None]


class Handler(BaseHTTPRequestHandler):
    """Looks up the path."""

    server: Told

    def do_GET(self) -> None:
        """Answer from the table."""
        self.server.asked.append(self.path)
        self.server.keys.add(self.headers.get("Authorization"))
        found = self.server.answers.get(self.path)
        body = found if isinstance(found, bytes) else json.dumps(found).encode()
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def told() -> Iterator[Told]:
    """A server of the loopback interface."""
    server = Told(("127.0.0.1", 0), Handler)
    server.answers, server.asked, server.keys = {}, [], set()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def url(told: Told) -> str:
    """Return the base URL as a user sets it."""
    return f"http://127.0.0.1:{told.server_port}/v1"


UNKNOWN = {"error": "Unexpected endpoint or method. (GET /api/ps)"}
"""What LM Studio answers, with 200, to what it does not know."""
SILENT: dict[str, Any] = {"default_generation_settings": {}}


@pytest.mark.network
@pytest.mark.parametrize(
    ("answers", "window", "fix"),
    [
        ({"/v1/models": VLLM}, 32768, "Raise the server's context length to 9000"),
        ({"/v1/models": PLAIN, "/api/ps": OLLAMA}, 4096, "OLLAMA_CONTEXT_LENGTH=9000 ollama serve"),
        ({"/v1/models": PLAIN, "/api/ps": {"models": []}}, None, "OLLAMA_CONTEXT_LENGTH=9000 ollama serve"),
        ({"/v1/models": PLAIN, "/props": LLAMA}, 16384, "llama-server -c 9000 -np 1"),
        ({"/v1/models": PLAIN, "/api/v0/models": STUDIO}, 8192, "LM Studio with a context length of 9000"),
        ({"/v1/models": PLAIN}, None, "Raise the server's context length to 9000"),
        ({"/v1/models": b"<html>", "/props": b"[1]"}, None, "Raise the server's context length to 9000"),
        ({"/v1/models": {"data": [{"id": "qwen3", "max_model_len": "many"}, 7, None]}}, None, "Raise the server's"),
        ({"/v1/models": {"data": [{"id": "qwen3", "max_model_len": True}]}, "/props": SILENT}, None, "llama-server"),
        (
            {"/v1/models": PLAIN, "/api/ps": UNKNOWN, "/props": UNKNOWN, "/api/v0/models": STUDIO},
            8192,
            "LM Studio with a context length of 9000",
        ),
        ({"/v1/models": PLAIN, "/api/v0/models": STUDIO_IDLE}, None, "LM Studio with a context length of 9000"),
        ({"/api/ps": OLLAMA}, 4096, "OLLAMA_CONTEXT_LENGTH=9000 ollama serve"),
        ({"/props": LLAMA}, 16384, "llama-server -c 9000 -np 1"),
        ({"/v1/models": PLAIN, "/api/ps": {"models": {}}}, None, "Raise the server's context length to 9000"),
        ({"/v1/models": PLAIN, "/props": {"default_generation_settings": [1]}}, None, "Raise the server's"),
        (dict.fromkeys(("/v1/models", "/api/ps", "/props", "/api/v0/models"), PLAIN["data"]), None, "Raise the server"),
        ({"/v1/models": VLLM["data"]}, 32768, "Raise the server's context length to 9000"),
    ],
)
def test_each_server_tells_in_its_own_place(told: Told, answers: dict[str, Any], window: int, fix: str) -> None:
    """The window is read where the server tells it, and the fix is the one for that server."""
    told.answers = answers
    server = WindowDiscovery(url(told), "qwen3", "secret")
    assert server.window() == window
    assert fix in server.how_to_raise(9000)
    assert told.keys == {"Bearer secret"}


@pytest.mark.network
@pytest.mark.parametrize("listed", [PLAIN, None])
def test_a_server_is_asked_until_it_tells(told: Told, listed: dict[str, Any] | None) -> None:
    """A model that is loaded with the first request is found with the second question, and then no more is asked."""
    told.answers = {"/v1/models": listed, "/api/ps": {"models": []}}
    server = WindowDiscovery(url(told), "qwen3")
    assert server.window() is None
    told.answers["/api/ps"] = OLLAMA
    assert [server.window() for _ in range(3)] == [4096] * 3
    assert len(told.asked) == 4


@pytest.mark.network
def test_a_silent_server_is_asked_twice(told: Told) -> None:
    """A server that never tells is left alone."""
    server = WindowDiscovery(url(told), "qwen3")
    assert [server.window() for _ in range(5)] == [None] * 5
    assert len(told.asked) == 8


@pytest.mark.network
@pytest.mark.parametrize("address", ["", "http://127.0.0.1:9/v1", "https://api.openai.com/v1", "nonsense", "http://["])
def test_nobody_answers(address: str) -> None:
    """No server, a wrong address and OpenAI tell nothing and raise nothing."""
    assert WindowDiscovery(address, "qwen3").window() is None


@pytest.mark.network
def test_the_configured_key_goes_to_the_configured_server_alone(told: Told, home: Path) -> None:
    """A model of the user's own has a key of its own: its server is asked without the one in the settings."""
    told.answers["/v1/models"] = VLLM
    url = f"http://127.0.0.1:{told.server_port}/v1"
    key = {"api_key": "sk-configured"}
    with Carrel.open(home, OpenAIChat("qwen3", url, "sk-own"), "none", flags=key) as carrel:
        assert carrel.window_discovery.window() == 32768
    assert told.keys == {None}
    with Carrel.open(home, "qwen3", "none", flags={**key, "base_url": url}) as carrel:
        assert carrel.window_discovery.window() == 32768
    assert told.keys == {None, "Bearer sk-configured"}
