"""Embed with any sentence-transformers model on this machine, on a GPU if there is one. Never downloads a model."""

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from carrel.errors import NotConfigured
from carrel.imports import importing
from carrel.protocols import Purpose, Vectors

BATCH = {"cpu": 32, "cuda": 512, "mps": 128}
"""Texts in one forward pass, by device; on a CPU a larger batch only adds padding."""


class SentenceTransformerEmbedder:
    """Embeds with a model that is loaded at the first call.

    `name` is the model's name or folder, `dimension` 0 if it is not known yet, and `check` is called before the model
    is loaded. A model that has prompts for queries and documents is given them.
    """

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
        """The model's name and, if they are known, its revision and dimension."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """The length of a vector. Loads the model if it is not known yet."""
        if not self._dimension:
            self._dimension = int(self.load().get_sentence_embedding_dimension())
        return self._dimension

    @property
    def device(self) -> str:
        """The device that the model runs on: cuda, mps or cpu."""
        return best_device() if self._device == "auto" else self._device

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one unit vector for each text, shape (texts, dimension).

        Raises:
            NotConfigured: the model is not on this machine.
        """
        model = self.load()
        encode = model.encode_query if purpose == "query" else model.encode_document
        vectors = encode(
            list(texts),
            batch_size=BATCH.get(self.device, 32),
            convert_to_numpy=True,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)

    def load(self) -> Any:
        """Return the sentence-transformers model, which is loaded at the first call. Raise NotConfigured."""
        if self._model is None:
            self._model = self._load()
        return self._model

    def _load(self) -> Any:
        self._check()
        os.environ["HF_HUB_OFFLINE"] = "1"  # read when the library is imported, which would ask the network first
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import transformers

        with importing("sentence_transformers"):
            from sentence_transformers import SentenceTransformer

        transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        device = self.device
        try:
            model = SentenceTransformer(self._name, device=device, local_files_only=True)
        except (OSError, ValueError) as error:
            remedy = "Give the folder of a model that is on this machine."
            raise NotConfigured(f"Embedding model '{self._name}' cannot be loaded: {error}.", remedy) from None
        return model.half() if device == "cuda" else model


def best_device() -> str:
    """Return cuda or mps if torch finds such a device, else cpu."""
    with importing("torch"):
        import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
