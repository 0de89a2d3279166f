"""The connection to a server by the openai SDK: the chunks of an answer, by either API, or why there is none."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from carrel.imports import importing
from carrel.models.chat.server.failures.error_body import is_error, one_line_of
from carrel.models.chat.server.failures.failure import Failure, Kind
from carrel.models.chat.server.failures.http_failures import (
    failure_of_event,
    failure_of_other_answer,
    failure_of_status,
)
from carrel.models.chat.server.responses.events import EventReader, error_of
from carrel.models.chat.server.transport.address import split_address
from carrel.models.chat.server.transport.whole_answer import NotChat, raise_error, read_completion
from carrel.models.openai_client import create_client
from carrel.network import certificate_problem, proxy_for
from carrel.protocols import Clock

if TYPE_CHECKING:
    import httpx2
    import openai
    from openai import OpenAI, Stream

    from carrel.models.chat.server.transport.stream_guard import StreamGuard

ALL_SENT: Mapping[str, Any] = {"all_sent": True}
"""The chunk that ends an answer of which nothing is missing."""


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
            with importing("openai", "openai.resources.chat", "openai.resources.responses"):
                pass  # the SDK would import it at the first request, in whatever thread

            from carrel.models.chat.server.transport.stream_guard import guard_responses

            address = split_address(self.base_url)
            self._client = create_client(
                address.url,
                self._api_key,
                self._timeout,
                query=address.query,
                on_request=[_with_azure_key] if address.is_deployment else [],
                on_response=[guard_responses(self._timeout, self._clock)],
            )
        return self._client

    def close(self) -> None:
        """Close the connection; a later request opens another."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def chunks(self, payload: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Send a payload and yield the chunks of the answer; the first is empty and says that the answer has begun.

        The last is ALL_SENT where the server says that nothing more comes, whether or not the reply says so too.

        Raises:
            openai.APIError, httpx2.HTTPError, httpx2.InvalidURL, ValueError, RecursionError: as `failure` takes them.
            NotConfigured: a variable names a proxy or certificates that cannot be used.
        """
        completions = self.client().chat.completions
        if not payload["stream"]:
            response = completions.with_raw_response.create(**payload).http_response
            yield read_completion(response.content, response.headers.get("content-type", ""))
            yield ALL_SENT
            return
        with completions.create(**payload) as chunks:
            yield {}
            kind = chunks.response.headers.get("content-type", "")
            if "json" in kind or "html" in kind:
                yield read_completion(chunks.response.read(), kind)
                yield ALL_SENT
            else:
                yield from _events(chunks, "choices")

    def response_chunks(self, body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Send a body to the Responses API and yield the answer as the chunks that `chunks` yields.

        Raises:
            openai.APIError, httpx2.HTTPError, httpx2.InvalidURL, ValueError, RecursionError: as `failure` takes them.
            NotConfigured: a variable names a proxy or certificates that cannot be used.
        """
        responses, reader = self.client().responses, EventReader()
        if not body["stream"]:
            answer = responses.with_raw_response.create(**body).http_response
            whole = read_completion(answer.content, answer.headers.get("content-type", ""), "output")
            yield from reader.end(whole)
            return
        with responses.create(**body) as events:
            yield {}
            kind = events.response.headers.get("content-type", "")
            if "json" in kind or "html" in kind:
                yield from reader.end(read_completion(events.response.read(), kind, "output"))
                return
            for event in _events(events, "type"):
                if error := error_of(event):
                    raise_error(error)
                yield from reader.chunks(event)

    def failure(self, error: Exception, begun: bool) -> Failure:
        """Return what an error of `chunks` means; `begun` says whether the server had begun to answer."""
        with importing("httpx2", "openai"):
            import httpx2
            import openai

        match error:
            case openai.APIStatusError():
                body = _body_of(error)
                return failure_of_status(error.status_code, body, error.response.headers, self._clock.now(), error)
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
                return _failure_of_content(error)


def _body_of(error: "openai.APIStatusError") -> object:
    """Return the body of an answer as it came: the SDK keeps what is in its field `error`, and loses what is beside."""
    with importing("httpx2"):
        import httpx2

    try:
        return error.response.text or error.body
    except httpx2.StreamError:  # it was never read
        return error.body


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


def _with_azure_key(request: "httpx2.Request") -> None:
    """Send the key as Azure wants it, in place of the header of OpenAI."""
    request.headers["api-key"] = request.headers.pop("Authorization", "").removeprefix("Bearer ")


def _events(chunks: "Stream[Any]", field: str) -> Iterator[Mapping[str, Any]]:
    """Yield the chunks of a stream of events; `field` is one that those of a reply have.

    Raises:
        openai.APIError: an event tells of an error; its body is that event as it came.
        NotChat: no event belongs to a reply.
    """
    last: Mapping[str, Any] = {}
    of_chat = False
    for chunk in _until_error(chunks):
        last = _plain(chunk)
        of_chat = of_chat or field in last
        yield last
    if last and not of_chat:
        raise NotChat(last)
    if (guard := _guard(chunks)) is not None:
        if not guard.has_events:
            raise NotChat(guard.first_line)
        if guard.all_sent:
            yield ALL_SENT


def _until_error(chunks: "Stream[Any]") -> Iterator[object]:
    """Yield the SDK's chunks. Raise openai.APIError with the event that tells of an error, if there is one.

    The SDK keeps what is in the field `error` and loses what is beside it, and takes nothing else for an error.
    """
    with importing("openai"):
        import openai

    guard = _guard(chunks)
    try:
        yield from chunks
    except (openai.APIError, ValueError) as error:
        if guard is None or not guard.error_line:
            raise
        raise openai.APIError("", chunks.response.request, body=guard.error_line) from error
    if guard is not None and guard.error_line and not guard.all_sent:
        raise openai.APIError("", chunks.response.request, body=guard.error_line)


def _guard(chunks: "Stream[Any]") -> "StreamGuard | None":
    from carrel.models.chat.server.transport.stream_guard import StreamGuard

    stream = chunks.response.stream
    return stream if isinstance(stream, StreamGuard) else None


def _failure_of_content(error: Exception) -> Failure:
    """Return what an answer means that cannot be read."""
    if isinstance(error, NotChat):
        if is_error(error.body):
            return failure_of_event(error.body, "", error)
        return failure_of_other_answer(error.body, error)
    return Failure("broken", "the server sent something that is not JSON", cause=error)


def _plain(chunk: object) -> Mapping[str, Any]:
    """Return a chunk as plain JSON values; the SDK does not check that it is one."""
    from pydantic import BaseModel

    return chunk.model_dump(warnings=False, exclude_unset=True) if isinstance(chunk, BaseModel) else {}
