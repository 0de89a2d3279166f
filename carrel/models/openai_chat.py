"""Talk to any server that speaks Chat Completions: OpenAI, Ollama, llama.cpp, vLLM, LM Studio."""

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from json import JSONDecodeError
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from carrel.messages import AssistantMessage, Message, ToolCall, canonical, to_json
from carrel.models import faults
from carrel.models.assembly import Assembly, is_object
from carrel.models.faults import Failure, Kind
from carrel.protocols import Reply, Request, TextPiece

if TYPE_CHECKING:
    from openai import OpenAI

OPENAI_URL = "https://api.openai.com/v1"
NO_KEY = "none"
"""What is sent where no key is set: the SDK refuses an empty one, and local servers do not look at it."""


class OpenAIChat:
    """A chat model behind an OpenAI-compatible server.

    `timeout` is in seconds without a byte from the server. A request that fails for a passing reason is sent again, at
    most `max_retries` times, as long as nothing of the answer has been shown; `sleep` waits the seconds in between.
    Nothing is imported or connected before the first request; close the model after the last.
    """

    def __init__(
        self,
        name: str,
        base_url: str = "",
        api_key: str = "",
        timeout: float = 90.0,
        max_retries: int = 2,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self.base_url = base_url or OPENAI_URL
        self._api_key = api_key.strip()
        self._timeout = timeout
        self._max_retries = max_retries
        self._sleep = sleep
        self._client: OpenAI | None = None

    def stream(self, request: Request) -> Iterator[TextPiece | Reply]:
        """Yield pieces of text as they come, then exactly one Reply.

        Raise RateLimited, NotAuthorised, ModelUnreachable, ModelFailed or DoesNotFit.
        """
        if not self._api_key.isascii():
            raise faults.error_for(Failure("key"), self.name, self._server())
        payload = self._payload(request)
        attempt = 0
        while True:
            assembly = Assembly(_call_ids(request))
            failure = yield from self._attempt(payload, assembly)
            if failure is None:
                yield assembly.reply()
                return
            wait = faults.pause(failure, attempt)
            if wait is None or assembly.shown or attempt >= self._max_retries:
                raise faults.error_for(self._discreet(failure), self.name, self._server()) from failure.cause
            self._sleep(wait)
            attempt += 1

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _attempt(self, payload: Mapping[str, Any], assembly: Assembly) -> Generator[TextPiece, None, Failure | None]:
        """Ask once. Return None if the reply is complete, else what went wrong."""
        import httpx2
        import openai

        opened = False
        try:
            with self._connected().chat.completions.create(**payload) as chunks:
                opened = True
                for chunk in chunks:
                    if text := assembly.add(_plain(chunk)):
                        yield TextPiece(text)
        except (openai.APIError, httpx2.InvalidURL, JSONDecodeError, UnicodeDecodeError) as error:
            # What breaks after the model has said why it ended takes nothing from the reply.
            if not assembly.complete:
                return self._failure(error, opened)
        if tail := assembly.end():
            yield TextPiece(tail)
        return None if assembly.complete else Failure("broken", "the stream ended before the answer did")

    def _failure(self, error: Exception, opened: bool) -> Failure:
        """Sort what the SDK raised; `opened` tells whether the server had begun to answer."""
        import httpx2
        import openai

        match error:
            case openai.APIStatusError():
                return faults.of_status(error.status_code, error.body, error.response.headers, error)
            case openai.APITimeoutError():
                words = f"nothing came within {self._timeout:.0f} s"
                return Failure("broken" if opened else "timeout", words, cause=error)
            case openai.APIConnectionError():
                wrong = isinstance(error.__cause__, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError)
                kind: Kind = "broken" if opened else "address" if wrong else "unreachable"
                return Failure(kind, faults.words_of(str(error.__cause__ or error)), cause=error)
            case openai.APIError():
                return faults.of_event(error.body, error.message, error)
            case httpx2.InvalidURL():
                return Failure("address", faults.words_of(str(error)), cause=error)
            case _:
                return Failure("broken", "the server sent something that is not JSON", cause=error)

    def _connected(self) -> "OpenAI":
        """Return the SDK's client, made at the first call: no retries and no redirects but our own."""
        if self._client is None:
            import openai

            limits = openai.Timeout(self._timeout, connect=min(self._timeout, 10.0))
            self._client = openai.OpenAI(
                api_key=self._api_key or NO_KEY,
                base_url=self.base_url,
                max_retries=0,
                timeout=limits,
                http_client=openai.DefaultHttpxClient(follow_redirects=False, timeout=limits),
            )
        return self._client

    def _payload(self, request: Request) -> dict[str, Any]:
        payload: dict[str, Any] = {
            "model": self.name,
            "messages": [_wire(message) for message in request.messages],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.tools:
            payload["tools"] = [tool.to_json() for tool in request.tools]
        if request.max_tokens is not None:
            payload[self._limit_name()] = request.max_tokens
        return payload

    def _limit_name(self) -> str:
        """OpenAI's newer models know only the long name, Ollama only the short one."""
        host = urlsplit(self.base_url).hostname or ""
        return "max_completion_tokens" if host.endswith(("openai.com", "openai.azure.com")) else "max_tokens"

    def _server(self) -> str:
        """Return the address as it may be shown: without a user name and password."""
        scheme, mark, rest = self.base_url.partition("://")
        return f"{scheme}{mark}{rest.rpartition('@')[2]}" if mark else self.base_url

    def _discreet(self, failure: Failure) -> Failure:
        """Return the failure without the key, which some servers quote."""
        if len(self._api_key) < 8 or self._api_key not in failure.words:
            return failure
        return Failure(failure.kind, failure.words.replace(self._api_key, "…"), failure.wait, failure.cause)


def _plain(chunk: object) -> Mapping[str, Any]:
    """Return a chunk as plain JSON values; the SDK does not check that a chunk is one."""
    from pydantic import BaseModel

    return chunk.model_dump(warnings=False) if isinstance(chunk, BaseModel) else {}


def _wire(message: Message) -> dict[str, Any]:
    """Return a message as it is sent: some servers parse old calls, and refuse the request for one that is not JSON."""
    if isinstance(message, AssistantMessage) and not all(is_object(call.arguments) for call in message.calls):
        return to_json(AssistantMessage(message.text, tuple(_sound(call) for call in message.calls)))
    return to_json(message)


def _sound(call: ToolCall) -> ToolCall:
    if is_object(call.arguments):
        return call
    return ToolCall(call.id, call.name, canonical({"unreadable": call.arguments}))


def _call_ids(request: Request) -> set[str]:
    said = (message for message in request.messages if isinstance(message, AssistantMessage))
    return {call.id for message in said for call in message.calls}
