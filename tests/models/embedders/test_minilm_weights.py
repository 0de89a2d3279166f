"""The weights of the default embedding model."""

from pathlib import Path

import pytest

from carrel.errors import NotConfigured
from carrel.models.embedders.minilm_weights import verify_weights


def test_foreign_weights_are_refused(tmp_path: Path) -> None:
    """Weights that are not the published ones are named as such."""
    (tmp_path / "model.safetensors").write_bytes(b"something else")

    with pytest.raises(NotConfigured, match="not the published ones"):
        verify_weights(tmp_path)
