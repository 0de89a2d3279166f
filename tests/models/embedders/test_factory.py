"""Embedders by the names that the settings give them."""

from pathlib import Path

import pytest

from carrel.errors import NotConfigured
from carrel.models.embedders.factory import create_by_name
from carrel.protocols import Embedder


def test_names(tmp_path: Path) -> None:
    """Each name means one embedder; others are refused with the list."""

    def create(name: str) -> Embedder | None:
        return create_by_name(name, device="cpu", models=tmp_path, url="http://127.0.0.1:9/v1", key="")

    created = [type(create(name)).__name__ for name in ("none", "local", "remote:m", "st:m")]
    assert created == ["NoneType", "OnnxEmbedder", "OpenAIEmbedder", "SentenceTransformerEmbedder"]
    with pytest.raises(NotConfigured, match=r"'word2vec' is unknown\. Set 'embedder' to one of: local, none"):
        create("word2vec")
