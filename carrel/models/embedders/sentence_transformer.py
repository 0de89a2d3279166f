"""Any sentence-transformers model by name or path, on a GPU where there is one. Never downloads by itself."""

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from carrel.errors import NotConfigured
from carrel.protocols import Purpose, Vectors

BATCH = {"cpu": 32, "cuda": 512, "mps": 128}
"""Texts in one forward pass; on a CPU larger ones only pad more."""


class SentenceTransformerEmbedder:
    """Loads at the first call; models with prompts for queries and documents get them."""

    def __init__(
        self,
        name: str,
        fingerprint: str = "",
        dimension: int = 0,
        device: str = "auto",
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._name = name
        self._check = check
        self._fingerprint = fingerprint or f"sentence-transformers/{name}"
        self._dimension = dimension
        self._device = device
        self._model: Any = None

    @property
    def fingerprint(self) -> str:
        """Name and, where it is known, revision and dimension."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """The length of a vector; loads the model where it is not known."""
        if not self._dimension:
            self._dimension = int(self._loaded().get_sentence_embedding_dimension())
        return self._dimension

    @property
    def device(self) -> str:
        """Where the model runs."""
        return chosen_device() if self._device == "auto" else self._device

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one unit vector a text, shape (texts, dimension). Raise NotConfigured where the model is not here."""
        model = self._loaded()
        encode = model.encode_query if purpose == "query" else model.encode_document
        vectors = encode(
            list(texts),
            batch_size=BATCH.get(self.device, 32),
            convert_to_numpy=True,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)

    def _loaded(self) -> Any:
        if self._model is None:
            self._model = self._load()
        return self._model

    def _load(self) -> Any:
        self._check()
        os.environ["HF_HUB_OFFLINE"] = "1"  # read at import; without it the library asks the network first
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import transformers
        from sentence_transformers import SentenceTransformer

        transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        device = self.device
        try:
            model = SentenceTransformer(self._name, device=device, local_files_only=True)
        except (OSError, ValueError) as error:
            remedy = "Give the folder of a model that is on this machine."
            raise NotConfigured(f"Model '{self._name}' cannot be loaded: {error}.", remedy) from None
        return model.half() if device == "cuda" else model


def chosen_device() -> str:
    """Return cuda or mps where torch finds one, else cpu."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
