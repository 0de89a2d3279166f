"""Embed with any server that speaks OpenAI's `/v1/embeddings`: a GPU inference server, Ollama, OpenAI."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from carrel.errors import ModelFailed, ModelUnreachable, NotAuthorised, OperatorError, RateLimited
from carrel.imports import importing
from carrel.keys import mask
from carrel.models.openai_client import OPENAI_URL, create_client
from carrel.network import certificate_problem, hide_credentials, proxy_for
from carrel.protocols import Purpose, Vectors

BATCH = 64
"""Texts in one request: as many as small servers accept."""


class OpenAIEmbedder:
    """An embedding model behind a server; its dimension is known once the server has answered.

    `timeout` is in seconds.
    """

    def __init__(self, name: str, base_url: str, api_key: str, timeout: float = 60.0) -> None:
        self._name = name
        self._base_url = base_url or OPENAI_URL
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
        with importing("httpx2", "openai"):
            import httpx2
            import openai

        if self._client is None:
            self._client = create_client(self._base_url, self._api_key, self._timeout, max_retries=2)
        try:
            # many servers do not know base64, which is the SDK's default
            answer = self._client.embeddings.create(model=self._name, input=texts, encoding_format="float")
        except openai.APIError as error:
            raise self._explained(error) from None
        except httpx2.HTTPError as error:
            raise self._unusable(f"an answer that cannot be read ({mask(str(error), [self._api_key])})") from None
        except OverflowError:
            raise self._unusable("a number that no vector can hold") from None
        except (ValueError, RecursionError):
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
        except (AttributeError, TypeError, ValueError, OverflowError):
            raise self._unusable("something that is not a list of numbers for each text") from None
        if matrix.ndim != 2 or not np.isfinite(matrix).all() or not matrix.any(axis=1).all():
            raise self._unusable("a vector that is empty, zero or not finite")
        return matrix

    @property
    def _server(self) -> str:
        return f"'{hide_credentials(self._base_url)}'"

    def _not_an_embedder(self) -> ModelUnreachable:
        said = f"The server at {self._server} does not answer as an embedding server."
        return ModelUnreachable(said, "Check embedder_url; it ends in /v1 as a rule.")

    def _unusable(self, content: str) -> ModelFailed:
        said = f"Embedding server {self._server} returned {content}."
        return ModelFailed(said, "Check embedder_url, or use another embedding model.")

    def _explained(self, error: Exception) -> OperatorError:
        with importing("openai"):
            import openai

        match error:
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return NotAuthorised(f"Embedding server {self._server} rejected the API key.", "Set embedder_key.")
            case openai.RateLimitError():
                return RateLimited(f"Embedding server {self._server} is limiting requests.", "Try again later.")
            case openai.NotFoundError():
                said = f"Embedding server {self._server} has no model '{self._name}'."
                return ModelUnreachable(said, "Check the setting 'embedder'.")
            case openai.APIConnectionError():
                return self._not_connected(error)
            case openai.APIStatusError(status_code=300 | 301 | 302 | 303 | 307 | 308):
                said = f"Embedding server {self._server} redirects to another address."
                return ModelUnreachable(said, "Set embedder_url to the final address: the key goes to no other.")
        reason = mask(str(error), [self._api_key])
        return ModelFailed(f"Embedding server {self._server} failed: {reason}.", "See the server's log.")

    def _not_connected(self, error: Exception) -> ModelUnreachable:
        if problem := certificate_problem(error):
            said = f"The certificate of embedding server {self._server} is not trusted: {problem}."
            return ModelUnreachable(said, "If it is the server's own, set SSL_CERT_FILE to a file that holds it.")
        if proxy := proxy_for(self._base_url):
            said = f"Embedding server {self._server} cannot be reached through its proxy {proxy.shown}."
            return ModelUnreachable(said, f"Correct {proxy.variable}, or list the server in NO_PROXY.")
        said = f"Embedding server {self._server} does not answer."
        return ModelUnreachable(said, "Start it, or check the setting 'embedder_url'.")
