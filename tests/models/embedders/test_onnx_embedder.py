"""MiniLM on onnxruntime: the vectors of sentence-transformers, without torch."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from carrel.errors import NotConfigured
from carrel.models.embedders.minilm_weights import weights_folder
from carrel.models.embedders.onnx_embedder import OnnxEmbedder
from carrel.models.embedders.sentence_transformer_embedder import SentenceTransformerEmbedder

TEXTS = (
    "Ada is allergic to peanuts.",
    "Peanut allergies can be serious.",
    "The ferry to Porto leaves at nine.",
    "我对花生过敏。",
    "x",
    "def main(): return 42  # snake_case and CamelCase",
    "long " * 400,
)


@pytest.mark.slow
def test_onnx_gives_the_vectors_of_sentence_transformers(minilm: OnnxEmbedder) -> None:
    """Both runtimes agree to the fifth digit, whatever the length and script of a text."""
    other = SentenceTransformerEmbedder(str(weights_folder()), "x", 384, "cpu")

    cosines = (minilm.embed(TEXTS) * other.embed(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.99999


@pytest.mark.slow
def test_vectors_have_unit_length_and_keep_their_order(minilm: OnnxEmbedder) -> None:
    """Sorting by length inside does not show outside: each text alone has the vector that it has in a batch."""
    batch = minilm.embed(TEXTS)
    alone = np.concatenate([minilm.embed([text]) for text in TEXTS])

    np.testing.assert_allclose(np.linalg.norm(batch, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(batch, alone, atol=1e-4)


@pytest.mark.slow
def test_nothing_to_embed(minilm: OnnxEmbedder) -> None:
    """No texts give no vectors, of the right shape."""
    assert minilm.embed([]).shape == (0, 384)


def test_meaning_is_there(minilm: OnnxEmbedder) -> None:
    """A paraphrase lies nearer than another subject."""
    ada, paraphrase, ferry = minilm.embed(TEXTS[:3])

    assert ada @ paraphrase > 0.5 > ada @ ferry


@pytest.mark.slow
def test_a_damaged_export_is_written_anew(minilm: OnnxEmbedder, tmp_path: Path) -> None:
    """A model file that was cut short on the disk costs one more export, not the search."""
    minilm.export()
    (tmp_path / minilm.path.name).write_bytes(minilm.path.read_bytes()[:1_000_000])
    healed = OnnxEmbedder(weights_folder(), tmp_path)

    np.testing.assert_allclose(healed.embed(TEXTS[:1]), minilm.embed(TEXTS[:1]), atol=1e-5)
    assert healed.path.stat().st_size == minilm.path.stat().st_size


@pytest.mark.process
def test_export_happens_once_and_torch_is_never_imported(models: Path) -> None:
    """The exported file is used by the next process, which needs no torch and no onnx."""
    code = (
        "import sys; from pathlib import Path; from carrel.models.embedders.onnx_embedder import OnnxEmbedder;"
        "from carrel.models.embedders.minilm_weights import weights_folder;"
        "e = OnnxEmbedder(weights_folder(), Path(sys.argv[1])); print(e.export()); e.embed(['a']);"
        "print(sorted({'torch', 'onnx', 'transformers'} & set(sys.modules)))"
    )
    OnnxEmbedder(weights_folder(), models).export()
    done = subprocess.run([sys.executable, "-c", code, str(models)], capture_output=True, text=True, check=True)

    assert done.stdout.split("\n") == ["False", "[]", ""]


def test_where_the_model_cannot_be_written_it_is_made_for_the_process_alone(
    minilm: OnnxEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a home that can only be read: the vectors are the same; without a temporary folder either, it is told."""
    (tmp_path / "file").write_text("I am in the way.", encoding="utf-8")
    barred = OnnxEmbedder(weights_folder(), tmp_path / "file" / "models")
    np.testing.assert_array_equal(barred.embed(["Ada keeps bees."]), minilm.embed(["Ada keeps bees."]))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(NotConfigured, match=r"cannot be written to '.*models': No such file or directory\."):
        OnnxEmbedder(weights_folder(), tmp_path / "file" / "models").embed(["Ada keeps bees."])
