"""MiniLM for the tests of embedders, exported once."""

from pathlib import Path

import pytest

from carrel.models.embedders.minilm_weights import weights_folder
from carrel.models.embedders.onnx_embedder import OnnxEmbedder


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the exported model, shared by all tests."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def minilm(models: Path) -> OnnxEmbedder:
    """MiniLM on onnxruntime."""
    return OnnxEmbedder(weights_folder(), models)
