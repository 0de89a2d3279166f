"""Any sentence-transformers model on this machine."""

from pathlib import Path

import pytest

from carrel.errors import NotConfigured
from carrel.models.embedders.sentence_transformer_embedder import SentenceTransformerEmbedder

pytestmark = pytest.mark.slow


def test_model_that_is_not_here_is_not_downloaded(tmp_path: Path) -> None:
    """A name that is on no disk is an error with a remedy, not a visit to a hub."""
    with pytest.raises(NotConfigured, match="Give the folder of a model"):
        SentenceTransformerEmbedder(str(tmp_path / "nothing"), device="cpu").embed(["a"])
