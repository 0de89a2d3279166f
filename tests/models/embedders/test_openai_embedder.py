"""Embeddings from a server."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import numpy as np
import pytest

from carrel.errors import ModelFailed, ModelUnreachable, NotAuthorised
from carrel.models.embedders.openai_embedder import BATCH, OpenAIEmbedder

pytestmark = pytest.mark.network


class Answering(BaseHTTPRequestHandler):
    """Answers /v1/embeddings; the last item first, as a server may."""

    status = 200
    drop = 0
    raw: str | None = None
    """What is returned in place of an answer."""
    vector: list[Any] | None = None
    """The vector of the first text, in place of its own."""

    def do_POST(self) -> None:
        """Give each text its length as a vector."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.bodies.append(body)  # type: ignore[attr-defined]
        texts = enumerate(body["input"])
        data = [{"object": "embedding", "index": n, "embedding": [3.0 * len(t), 4.0 * len(t)]} for n, t in texts]
        if self.vector is not None:
            data[0]["embedding"] = self.vector
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        answer: dict[str, Any] = {"object": "list", "model": "m", "data": data[self.drop :][::-1], "usage": usage}
        said = json.dumps(answer if self.status == 200 else {"error": {"message": "no"}})
        text = (said if self.raw is None else self.raw).encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "text/html" if text.startswith(b"<") else "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    """An embeddings server on loopback."""
    made = HTTPServer(("127.0.0.1", 0), type("Handler", (Answering,), {}))
    made.bodies = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def remote(server: HTTPServer) -> OpenAIEmbedder:
    """Connect to the server."""
    return OpenAIEmbedder("m", f"http://127.0.0.1:{server.server_port}/v1", "key")


def test_remote_vectors_come_back_in_order_and_scaled(server: HTTPServer) -> None:
    """Whatever order a server answers in, each text gets its own vector, of length one; long lists go in batches."""
    embedder = remote(server)
    vectors = embedder.embed(["a"] * (BATCH + 1))

    np.testing.assert_allclose(vectors, np.tile([0.6, 0.8], (BATCH + 1, 1)), atol=1e-6)
    assert [len(body["input"]) for body in server.bodies] == [BATCH, 1]  # type: ignore[attr-defined]
    assert {body["encoding_format"] for body in server.bodies} == {"float"}  # type: ignore[attr-defined]
    assert (embedder.dimension, embedder.fingerprint) == (2, "remote/m")


@pytest.mark.parametrize(
    ("status", "drop", "error", "said"),
    [
        (401, 0, NotAuthorised, "rejected the API key"),
        (404, 0, ModelUnreachable, "has no model 'm'"),
        (400, 0, ModelFailed, "failed"),
        (307, 0, ModelUnreachable, "redirects to another address"),
        (200, 1, ModelFailed, "1 vectors for 2 texts"),
    ],
)
def test_remote_errors_are_sentences(
    server: HTTPServer, status: int, drop: int, error: type[Exception], said: str
) -> None:
    """Each way to fail has its own error with a remedy."""
    server.RequestHandlerClass.status = status  # type: ignore[attr-defined]
    server.RequestHandlerClass.drop = drop  # type: ignore[attr-defined]
    embedder = remote(server)

    with pytest.raises(error, match=said):
        embedder.embed(["a", "b"])


@pytest.mark.parametrize(
    "vector",
    [
        [None, 1.0],
        [float("nan"), 1.0],
        [float("inf"), 1.0],
        [1e300, 1.0],
        [10**400, 1.0],
        [0.0, 0.0],
        [],
        [1.0],
        [1.0, 2.0, 3.0],
        [[1.0], [2.0]],
        ["a", "b"],
        [{}, 1.0],
    ],
    ids=lambda vector: repr(vector)[:20],
)
def test_what_is_no_vector_is_refused(server: HTTPServer, vector: list[Any]) -> None:
    """A vector that is not finite, is zero or has another length or shape than its neighbour fails the answer."""
    server.RequestHandlerClass.vector = vector  # type: ignore[attr-defined]
    with pytest.raises(ModelFailed, match="returned"):
        remote(server).embed(["a", "b"])


@pytest.mark.parametrize(
    "raw",
    ["<html>Welcome</html>", "[]", "{}", '{"data": null}', '{"data": "x"}', "not JSON", "", "[" * 99_999],
    ids=lambda raw: raw[:20],
)
def test_a_server_that_is_none_of_embeddings_is_named(server: HTTPServer, raw: str) -> None:
    """HTML, or JSON of another shape, says that the address is wrong, and nothing of the texts."""
    server.RequestHandlerClass.raw = raw  # type: ignore[attr-defined]
    with pytest.raises(ModelUnreachable, match="does not answer as an embedding server"):
        remote(server).embed(["a", "b"])
