"""The connection to a Chat Completions server by the openai SDK: the chunks of an answer, or why there is none."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from carrel.imports import importing
from carrel.models.chat.server.failures.error_body import one_line_of
from carrel.models.chat.server.failures.failure import Failure, Kind
from carrel.models.chat.server.failures.http_failures import failure_of_event, failure_of_status
from carrel.models.openai_client import create_client
from carrel.network import certificate_problem, proxy_for
from carrel.protocols import Clock

if TYPE_CHECKING:
    from openai import OpenAI


class Connection:
    """A connection that is opened at the first request, with no retries and no redirects of the SDK's own.

    `timeout` is in seconds without a byte from the server.
    """

    def __init__(self, base_url: str, api_key: str, timeout: float, clock: Clock) -> None:
        self.base_url = base_url
        self._api_key = api_key
        self._timeout = timeout
        self._clock = clock
        self._client: OpenAI | None = None

    def client(self) -> "OpenAI":
        """Return the SDK's client.

        Raises:
            NotConfigured: a variable names a proxy or certificates that cannot be used.
        """
        if self._client is None:
            with importing("openai", "openai.resources.chat"):
                pass  # the SDK would import it at the first request, in whatever thread

            from carrel.models.chat.server.stream_guard import guard_responses

            guard = guard_responses(self._timeout, self._clock)
            self._client = create_client(self.base_url, self._api_key, self._timeout, on_response=[guard])
        return self._client

    def close(self) -> None:
        """Close the connection; a later request opens another."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def chunks(self, payload: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Send a payload and yield the chunks of the answer; the first is empty and says that the answer has begun.

        Raises:
            openai.APIError, httpx2.HTTPError, httpx2.InvalidURL, ValueError, RecursionError: as `failure` takes them.
            NotConfigured: a variable names a proxy or certificates that cannot be used.
        """
        completions = self.client().chat.completions
        if not payload["stream"]:
            yield _plain(completions.create(**payload))
            return
        with completions.create(**payload) as chunks:
            yield {}
            if "json" in chunks.response.headers.get("content-type", ""):
                yield _completion(chunks.response.read())
            else:
                yield from map(_plain, chunks)

    def failure(self, error: Exception, begun: bool) -> Failure:
        """Return what an error of `chunks` means; `begun` says whether the server had begun to answer."""
        with importing("httpx2", "openai"):
            import httpx2
            import openai

        match error:
            case openai.APIStatusError():
                return failure_of_status(
                    error.status_code, error.body, error.response.headers, self._clock.now(), error
                )
            case openai.APITimeoutError():
                message = f"nothing came within {self._timeout:g} s"
                return Failure("broken" if begun else "timeout", message, cause=error)
            case openai.APIConnectionError():
                return _not_connected(self.base_url, error, begun)
            case openai.APIError():
                return failure_of_event(error.body, error.message, error)
            case httpx2.HTTPError() | httpx2.InvalidURL():
                kind: Kind = "address" if isinstance(error, httpx2.InvalidURL) else "broken"
                return Failure(kind, one_line_of(str(error)), cause=error)
            case _:
                return Failure("broken", "the server sent something that is not JSON", cause=error)


def _not_connected(base_url: str, error: Exception, begun: bool) -> Failure:
    """Return why no connection came about: the certificate, the address, the proxy or the server; or why it broke."""
    with importing("httpx2"):
        import httpx2

    message = one_line_of(str(error.__cause__ or error))
    if begun:
        return Failure("broken", message, cause=error)
    if problem := certificate_problem(error):
        return Failure("certificate", problem, cause=error)
    if isinstance(error.__cause__, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError):
        return Failure("address", message, cause=error)
    if proxy := proxy_for(base_url):
        return Failure("proxy", f"{proxy.shown} says: {message}", cause=error)
    return Failure("unreachable", message, cause=error)


def _completion(body: bytes) -> Mapping[str, Any]:
    """Return a completion that a server sends instead of a stream. Raise ValueError, openai.APIError."""
    with importing("httpx2", "openai"):
        import httpx2
        import openai

    found = json.loads(body)
    if not isinstance(found, dict):
        return {}
    if found.get("error"):
        raise openai.APIError("", httpx2.Request("POST", "http://localhost"), body=found["error"])
    return found


def _plain(chunk: object) -> Mapping[str, Any]:
    """Return a chunk as plain JSON values; the SDK does not check that it is one."""
    from pydantic import BaseModel

    return chunk.model_dump(warnings=False) if isinstance(chunk, BaseModel) else {}
