"""Embeddings from any OpenAI-compatible `/v1/embeddings`: a GPU inference server, Ollama, OpenAI."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from carrel.errors import ModelFailed, ModelUnreachable, NotAuthorised, OperatorError, RateLimited
from carrel.protocols import Purpose, Vectors

BATCH = 64
"""Texts in one request: what small servers take without complaint."""


class RemoteEmbedder:
    """An embedding model behind a server; the dimension is learned from the first answer."""

    def __init__(self, name: str, base_url: str, api_key: str, timeout: float = 60.0) -> None:
        self._name = name
        self._base_url = base_url
        self._api_key = api_key
        self._timeout = timeout
        self._dimension = 0
        self._client: Any = None

    @property
    def fingerprint(self) -> str:
        """The model's name: a server does not tell its revision."""
        return f"remote/{self._name}"

    @property
    def dimension(self) -> int:
        """The length of a vector; asks the server for one if none was made yet."""
        if not self._dimension:
            self.embed(["dimension"])
        return self._dimension

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one unit vector a text. Raise ModelUnreachable, NotAuthorised, RateLimited or ModelFailed."""
        parts = [self._request(list(texts[start : start + BATCH])) for start in range(0, len(texts), BATCH)]
        vectors = np.concatenate(parts) if parts else np.zeros((0, self.dimension), np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
        self._dimension = unit.shape[1]
        return unit

    def _request(self, texts: list[str]) -> Vectors:
        import openai

        if self._client is None:
            key = self._api_key or "none"
            self._client = openai.OpenAI(
                base_url=self._base_url or None, api_key=key, timeout=self._timeout, max_retries=2
            )
        try:
            # floats, since many servers do not know the SDK's default of base64
            answer = self._client.embeddings.create(model=self._name, input=texts, encoding_format="float")
        except openai.APIError as error:
            raise self._explained(error) from None
        if len(answer.data) != len(texts):
            said = f"Embedding server '{self._base_url}' returned {len(answer.data)} vectors for {len(texts)} texts."
            raise ModelFailed(said, "Try another model.")
        ordered = sorted(answer.data, key=lambda item: item.index)
        return np.asarray([item.embedding for item in ordered], dtype=np.float32)

    def _explained(self, error: Exception) -> OperatorError:
        import openai

        where = f"'{self._base_url or 'api.openai.com'}'"
        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return NotAuthorised(f"Embedding server {where} refuses the key.", "Set embedder_key.")
            case openai.RateLimitError():
                return RateLimited(f"Embedding server {where} asks for patience.", "Try again later.")
            case openai.NotFoundError():
                return ModelUnreachable(f"Model '{self._name}' is unknown at {where}.", "Check the setting 'embedder'.")
            case openai.APIConnectionError():
                return ModelUnreachable(f"Embedding server {where} does not answer.", "Check embedder_url.")
        return ModelFailed(f"Embedding server {where} failed: {error}.", "See the server's log.")
