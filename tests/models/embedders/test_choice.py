"""Embedders: real MiniLM by two runtimes, and any server."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from carrel.errors import ModelFailed, ModelUnreachable, NotAuthorised, NotConfigured
from carrel.models.embedders.bert_graph import export
from carrel.models.embedders.choice import embedder_named
from carrel.models.embedders.minilm import verify_weights, weights_folder
from carrel.models.embedders.onnx_embedder import OnnxEmbedder
from carrel.models.embedders.remote import BATCH, RemoteEmbedder
from carrel.models.embedders.sentence_transformer import SentenceTransformerEmbedder

TEXTS = (
    "Ada is allergic to peanuts.",
    "Peanut allergies can be serious.",
    "The ferry to Porto leaves at nine.",
    "我对花生过敏。",
    "x",
    "def main(): return 42  # snake_case and CamelCase",
    "long " * 400,
)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the exported model, shared by the tests of this file."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def minilm(models: Path) -> OnnxEmbedder:
    """MiniLM by onnxruntime."""
    return OnnxEmbedder(weights_folder(), models)


def test_onnx_gives_the_vectors_of_sentence_transformers(minilm: OnnxEmbedder) -> None:
    """Both runtimes agree to the fifth digit, whatever the length and script of a text."""
    other = SentenceTransformerEmbedder(str(weights_folder()), "x", 384, "cpu")

    cosines = (minilm.embed(TEXTS) * other.embed(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.99999


def test_vectors_have_unit_length_and_keep_their_order(minilm: OnnxEmbedder) -> None:
    """Sorting by length inside does not show outside: each text alone has the vector that it has in a batch."""
    batch = minilm.embed(TEXTS)
    alone = np.concatenate([minilm.embed([text]) for text in TEXTS])

    np.testing.assert_allclose(np.linalg.norm(batch, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(batch, alone, atol=1e-4)


def test_nothing_to_embed(minilm: OnnxEmbedder) -> None:
    """No texts give no vectors, of the right shape."""
    assert minilm.embed([]).shape == (0, 384)


def test_meaning_is_there(minilm: OnnxEmbedder) -> None:
    """A paraphrase lies nearer than another subject."""
    ada, paraphrase, ferry = minilm.embed(TEXTS[:3])

    assert ada @ paraphrase > 0.5 > ada @ ferry


def test_a_damaged_export_is_written_anew(minilm: OnnxEmbedder, tmp_path: Path) -> None:
    """A model file that was cut short on the disk costs one more export, not the search."""
    minilm.optimize()
    (tmp_path / minilm.path.name).write_bytes(minilm.path.read_bytes()[:1_000_000])
    healed = OnnxEmbedder(weights_folder(), tmp_path)

    np.testing.assert_allclose(healed.embed(TEXTS[:1]), minilm.embed(TEXTS[:1]), atol=1e-5)
    assert healed.path.stat().st_size == minilm.path.stat().st_size


def test_export_happens_once_and_torch_is_never_imported(models: Path) -> None:
    """The exported file is used by the next process, which needs no torch and no onnx."""
    code = (
        "import sys; from pathlib import Path; from carrel.models.embedders.onnx_embedder import OnnxEmbedder;"
        "from carrel.models.embedders.minilm import weights_folder;"
        "e = OnnxEmbedder(weights_folder(), Path(sys.argv[1])); print(e.optimize()); e.embed(['a']);"
        "print(sorted({'torch', 'onnx', 'transformers'} & set(sys.modules)))"
    )
    OnnxEmbedder(weights_folder(), models).optimize()
    done = subprocess.run([sys.executable, "-c", code, str(models)], capture_output=True, text=True, check=True)

    assert done.stdout.split("\n") == ["False", "[]", ""]


def test_export_refuses_other_kinds_of_model(tmp_path: Path) -> None:
    """Only what the graph can stand for is exported."""
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "t5", "hidden_act": "relu"}), encoding="utf-8")

    with pytest.raises(NotConfigured, match="not a BERT encoder"):
        export(tmp_path, tmp_path / "model.onnx")


def test_foreign_weights_are_refused(tmp_path: Path) -> None:
    """Weights that are not the published ones are named as such."""
    (tmp_path / "model.safetensors").write_bytes(b"something else")

    with pytest.raises(NotConfigured, match="not the published ones"):
        verify_weights(tmp_path)


def test_names(tmp_path: Path) -> None:
    """Each name means one embedder; others are refused with the list."""
    made = [
        embedder_named(name, "cpu", tmp_path, "http://127.0.0.1:9/v1", "") for name in ("none", "local", "remote:m")
    ]

    assert [type(item).__name__ for item in made] == ["NoneType", "OnnxEmbedder", "RemoteEmbedder"]
    with pytest.raises(NotConfigured, match=r"'word2vec' is unknown\. It is one of local, none"):
        embedder_named("word2vec", "cpu", tmp_path, "", "")


def test_model_that_is_not_here_is_not_downloaded(tmp_path: Path) -> None:
    """A name that is on no disk is an error with a remedy, not a visit to a hub."""
    with pytest.raises(NotConfigured, match="Give the folder of a model"):
        SentenceTransformerEmbedder(str(tmp_path / "nothing"), device="cpu").embed(["a"])


class Answering(BaseHTTPRequestHandler):
    """Answers /v1/embeddings; the last item first, as a server may."""

    status = 200
    drop = 0

    def do_POST(self) -> None:
        """Give each text its length as a vector."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.bodies.append(body)  # type: ignore[attr-defined]
        texts = enumerate(body["input"])
        data = [{"object": "embedding", "index": n, "embedding": [3.0 * len(t), 4.0 * len(t)]} for n, t in texts]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        answer: dict[str, Any] = {"object": "list", "model": "m", "data": data[self.drop :][::-1], "usage": usage}
        text = json.dumps(answer if self.status == 200 else {"error": {"message": "no"}}).encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
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


def remote(server: HTTPServer) -> RemoteEmbedder:
    """Connect to the server."""
    return RemoteEmbedder("m", f"http://127.0.0.1:{server.server_port}/v1", "key")


def test_remote_vectors_come_back_in_order_and_scaled(server: HTTPServer) -> None:
    """Whatever order a server answers in, each text gets its own vector, of length one; long lists go in batches."""
    embedder = remote(server)
    vectors = embedder.embed(["a"] * (BATCH + 1))
    embedder._client.close()

    np.testing.assert_allclose(vectors, np.tile([0.6, 0.8], (BATCH + 1, 1)), atol=1e-6)
    assert [len(body["input"]) for body in server.bodies] == [BATCH, 1]  # type: ignore[attr-defined]
    assert {body["encoding_format"] for body in server.bodies} == {"float"}  # type: ignore[attr-defined]
    assert (embedder.dimension, embedder.fingerprint) == (2, "remote/m")


@pytest.mark.parametrize(
    ("status", "drop", "error", "said"),
    [
        (401, 0, NotAuthorised, "refuses the key"),
        (404, 0, ModelUnreachable, "'m' is unknown"),
        (400, 0, ModelFailed, "failed"),
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
    embedder._client.close()
