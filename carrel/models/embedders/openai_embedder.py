"""Embed with any server that speaks OpenAI's `/v1/embeddings`: a GPU inference server, Ollama, OpenAI."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from carrel.errors import ModelFailed, ModelUnreachable, NotAuthorised, OperatorError, RateLimited
from carrel.imports import importing
from carrel.protocols import Purpose, Vectors

BATCH = 64
"""Texts in one request: as many as small servers accept."""


class OpenAIEmbedder:
    """An embedding model behind a server; its dimension is known once the server has answered.

    `timeout` is in seconds.
    """

    def __init__(self, name: str, base_url: str, api_key: str, timeout: float = 60.0) -> None:
        self._name = name
        self._base_url = base_url
        self._api_key = api_key
        self._timeout = timeout
        self._dimension = 0
        self._client: Any = None

    @property
    def fingerprint(self) -> str:
        """The model's name: a server does not report the revision."""
        return f"remote/{self._name}"

    @property
    def dimension(self) -> int:
        """The length of a vector. Embeds one word to find out if nothing was embedded yet."""
        if not self._dimension:
            self.embed(["dimension"])
        return self._dimension

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one unit vector for each text, shape (texts, dimension).

        Raises:
            ModelUnreachable, NotAuthorised, RateLimited, ModelFailed: the server did not answer with vectors.
        """
        parts = [self._request(list(texts[start : start + BATCH])) for start in range(0, len(texts), BATCH)]
        if len({part.shape[1] for part in parts}) > 1:
            raise self._unusable("vectors of different lengths")
        vectors = np.concatenate(parts) if parts else np.zeros((0, self.dimension), np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
        self._dimension = unit.shape[1]
        return unit

    def _request(self, texts: list[str]) -> Vectors:
        with importing("openai"):
            import openai

        if self._client is None:
            key = self._api_key or "none"
            self._client = openai.OpenAI(
                base_url=self._base_url or None, api_key=key, timeout=self._timeout, max_retries=2
            )
        try:
            # many servers do not know base64, which is the SDK's default
            answer = self._client.embeddings.create(model=self._name, input=texts, encoding_format="float")
        except openai.APIError as error:
            raise self._explained(error) from None
        except ValueError:
            raise self._not_an_embedder() from None
        data = getattr(answer, "data", None)  # the SDK does not check what it returns: HTML is a string
        if not isinstance(data, list):
            raise self._not_an_embedder()
        if len(data) != len(texts):
            raise self._unusable(f"{len(data)} vectors for {len(texts)} texts")
        return self._read_vectors(data)

    def _read_vectors(self, data: list[Any]) -> Vectors:
        try:
            ordered = sorted(data, key=lambda item: item.index)
            with np.errstate(over="ignore"):  # a number beyond float32 is infinite, which is refused below
                matrix = np.asarray([item.embedding for item in ordered], dtype=np.float32)
        except (AttributeError, TypeError, ValueError):
            raise self._unusable("something that is not a list of numbers for each text") from None
        if matrix.ndim != 2 or not np.isfinite(matrix).all() or not matrix.any(axis=1).all():
            raise self._unusable("a vector that is empty, zero or not finite")
        return matrix

    def _not_an_embedder(self) -> ModelUnreachable:
        said = f"The server at '{self._base_url or 'api.openai.com'}' does not answer as an embedding server."
        return ModelUnreachable(said, "Check embedder_url; it ends in /v1 as a rule.")

    def _unusable(self, content: str) -> ModelFailed:
        said = f"Embedding server '{self._base_url or 'api.openai.com'}' returned {content}."
        return ModelFailed(said, "Check embedder_url, or use another embedding model.")

    def _explained(self, error: Exception) -> OperatorError:
        with importing("openai"):
            import openai

        server = f"'{self._base_url or 'api.openai.com'}'"
        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return NotAuthorised(f"Embedding server {server} rejected the API key.", "Set embedder_key.")
            case openai.RateLimitError():
                return RateLimited(f"Embedding server {server} is limiting requests.", "Try again later.")
            case openai.NotFoundError():
                said = f"Embedding server {server} has no model '{self._name}'."
                return ModelUnreachable(said, "Check the setting 'embedder'.")
            case openai.APIConnectionError():
                said = f"Embedding server {server} does not answer."
                return ModelUnreachable(said, "Start it, or check the setting 'embedder_url'.")
        return ModelFailed(f"Embedding server {server} failed: {error}.", "See the server's log.")
