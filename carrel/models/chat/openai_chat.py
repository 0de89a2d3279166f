"""Talk to any server that speaks Chat Completions: OpenAI, Ollama, llama.cpp, vLLM, LM Studio."""

import json
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from carrel.clock import SystemClock
from carrel.errors import CarrelError, DoesNotFit
from carrel.messages import AssistantMessage, Message, ToolCall, canonical, to_json
from carrel.models.chat import faults
from carrel.models.chat.assembly import Assembly, is_object
from carrel.models.chat.capabilities import Capabilities, lesson, stated_window
from carrel.models.chat.faults import Failure, Kind
from carrel.models.chat.toolless import without_calls
from carrel.protocols import Clock, Reply, Request, Retrying, TextPiece

if TYPE_CHECKING:
    from openai import OpenAI

OPENAI_URL = "https://api.openai.com/v1"
MOST_LESSONS = 5
"""How often one request is sent again because the server cannot do all that it asks."""
NO_KEY = "none"
"""What is sent where no key is set: the SDK refuses an empty one, and local servers do not look at it."""


class OpenAIChat:
    """A chat model behind an OpenAI-compatible server.

    `timeout` is in seconds without a byte from the server. A request that fails for a temporary reason is sent again,
    up to `max_retries` times and no later than RETRY_SECONDS after the first attempt. A request that asks for more
    than the server can do is sent again without it: `capabilities` remembers that, and `learned` is called with what
    was found out. Facts named in `fixed` were set by the user and are never changed. Nothing is imported or connected
    before the first request. Close the model after the last one.
    """

    is_language_model: bool = True

    def __init__(
        self,
        name: str,
        base_url: str = "",
        api_key: str = "",
        timeout: float = 90.0,
        *,
        max_retries: int = faults.RETRIES,
        clock: Clock | None = None,
        capabilities: Capabilities | None = None,
        fixed: Collection[str] = (),
        learned: Callable[[Mapping[str, Any]], None] = lambda facts: None,
    ) -> None:
        self.name = name
        self.base_url = base_url or OPENAI_URL
        self.capabilities = capabilities or Capabilities()
        self._fixed = frozenset(fixed)
        self._learned = learned
        self._api_key = api_key.strip()
        self._timeout = timeout
        self._max_retries = max_retries
        self._clock = clock or SystemClock()
        self._client: OpenAI | None = None

    @property
    def context_window(self) -> int | None:
        """The tokens of context that the user has set or the server has stated; None while that is unknown."""
        return self.capabilities.window

    @property
    def supports_tools(self) -> bool:
        """Whether requests may offer tools: true until the server has refused them."""
        return self.capabilities.tools is not False

    def stream(self, request: Request) -> Iterator[TextPiece | Retrying | Reply]:
        """Yield the reply's text as it arrives, a Retrying before each further attempt, then exactly one Reply.

        Raises:
            RateLimited, NotAuthorised, ModelUnreachable, ModelFailed, DoesNotFit: there is no reply.
        """
        if not self._api_key.isascii():
            raise faults.error_for(Failure("key"), self.name, self.server)
        attempt, lessons, began = 0, 0, self._clock.monotonic()
        while True:
            payload = payload_of(request, self.name, self.capabilities, self.long_limit)
            assembly = Assembly(_call_ids(request), bool(self.capabilities.text_calls))
            failure = yield from self._attempt(payload, assembly)
            if failure is None:
                self._observe(assembly.facts())
                yield assembly.reply()
                return
            if self._taught(failure, payload) and lessons < MOST_LESSONS:
                lessons += 1
                yield Retrying(f"The server cannot do all that was asked: {failure.words}.", 0.0, assembly.shown)
                continue
            wait = self._wait(failure, attempt, began)
            if wait is None:
                raise self._error(failure) from failure.cause
            yield Retrying(faults.reason(self._discreet(failure), self.name, self.server), wait, assembly.shown)
            self._clock.sleep(wait)
            attempt += 1

    def learn(self, **facts: Any) -> None:
        """Remember facts about the server, but for those that the user has set."""
        known = self.capabilities.to_json()
        fresh = {name: value for name, value in facts.items() if name not in self._fixed and known.get(name) != value}
        if fresh:
            self.capabilities = replace(self.capabilities, **fresh)
            self._learned(fresh)

    def forget(self) -> None:
        """Forget all that was learned: the server may have been started anew. What the user has set stays."""
        facts: dict[str, Any] = {name: None for name in self.capabilities.to_json() if name not in self._fixed}
        self.capabilities = replace(self.capabilities, **facts)
        self._learned(facts)

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

    @property
    def server(self) -> str:
        """The address as it may be shown: without a user name and password."""
        scheme, mark, rest = self.base_url.partition("://")
        return f"{scheme}{mark}{rest.rpartition('@')[2]}" if mark else self.base_url

    def client(self) -> "OpenAI":
        """Return the SDK's client, made at the first call: no retries and no redirects but our own."""
        if self._client is None:
            import openai

            from carrel.models.chat.guarded import guard

            limits = openai.Timeout(self._timeout, connect=min(self._timeout, 10.0))
            hooks: dict[str, list[Callable[..., Any]]] = {"response": [guard(self._timeout, self._clock)]}
            self._client = openai.OpenAI(
                api_key=self._api_key or NO_KEY,
                base_url=self.base_url,
                max_retries=0,
                timeout=limits,
                default_headers={"Accept-Encoding": "identity"},
                http_client=openai.DefaultHttpxClient(follow_redirects=False, timeout=limits, event_hooks=hooks),
            )
        return self._client

    def _taught(self, failure: Failure, payload: Mapping[str, Any]) -> bool:
        """Learn from a refusal what the server cannot do, and return whether to ask again with less."""
        if failure.kind == "overflow" and (window := stated_window(failure.words)):
            self.learn(window=window)
        before = self.capabilities
        self.learn(**lesson(failure, payload))
        return failure.kind != "overflow" and self.capabilities != before

    def _observe(self, facts: Mapping[str, bool]) -> None:
        """Learn from a reply; that it shows less than one before means nothing."""
        known = self.capabilities.to_json()
        self.learn(**{name: shown for name, shown in facts.items() if shown or name not in known})

    def _wait(self, failure: Failure, attempt: int, began: float) -> float | None:
        """Return the seconds to wait before another attempt, or None where there is to be none."""
        wait = faults.pause(failure, attempt)
        if wait is None or attempt >= self._max_retries:
            return None
        return wait if self._clock.monotonic() - began + wait <= faults.RETRY_SECONDS else None

    def _error(self, failure: Failure) -> CarrelError:
        error = faults.error_for(self._discreet(failure), self.name, self.server)
        if isinstance(error, DoesNotFit):
            error.limit = stated_window(failure.words)
        return error

    def _attempt(self, payload: Mapping[str, Any], assembly: Assembly) -> Generator[TextPiece, None, Failure | None]:
        """Ask once. Return None if the reply is complete, else what went wrong."""
        import httpx2
        import openai

        opened = False
        try:
            for chunk in self._chunks(payload):
                opened = True
                if text := assembly.add(chunk):
                    yield TextPiece(text)
        except (openai.APIError, httpx2.HTTPError, httpx2.InvalidURL, ValueError, RecursionError) as error:
            # What breaks after the model has said why it ended takes nothing from the reply.
            if not assembly.complete:
                return self._failure(error, opened)
        if tail := assembly.end():
            yield TextPiece(tail)
        return None if assembly.complete else Failure("broken", "the stream ended before the answer did")

    def _chunks(self, payload: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Ask, and yield the answer in chunks; an empty one first, once the server has begun to answer."""
        completions = self.client().chat.completions
        if not payload["stream"]:
            yield _plain(completions.create(**payload))
            return
        with completions.create(**payload) as chunks:
            yield {}
            if "json" in chunks.response.headers.get("content-type", ""):
                yield _whole(chunks.response.read())
            else:
                yield from map(_plain, chunks)

    def _failure(self, error: Exception, opened: bool) -> Failure:
        """Sort what the SDK raised; `opened` tells whether the server had begun to answer."""
        kind: Kind
        import httpx2
        import openai

        match error:
            case openai.APIStatusError():
                return faults.of_status(error.status_code, error.body, error.response.headers, error)
            case openai.APITimeoutError():
                words = f"nothing came within {self._timeout:g} s"
                return Failure("broken" if opened else "timeout", words, cause=error)
            case openai.APIConnectionError():
                wrong = isinstance(error.__cause__, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError)
                kind = "broken" if opened else "address" if wrong else "unreachable"
                return Failure(kind, faults.words_of(str(error.__cause__ or error)), cause=error)
            case openai.APIError():
                return faults.of_event(error.body, error.message, error)
            case httpx2.HTTPError() | httpx2.InvalidURL():
                kind = "address" if isinstance(error, httpx2.InvalidURL) else "broken"
                return Failure(kind, faults.words_of(str(error)), cause=error)
            case _:
                return Failure("broken", "the server sent something that is not JSON", cause=error)

    @property
    def long_limit(self) -> bool:
        """Whether the limit of a reply goes by its long name: OpenAI's newer models know no other, Ollama not this."""
        if self.capabilities.long_limit is not None:
            return self.capabilities.long_limit
        authority = self.base_url.partition("://")[2].partition("/")[0].rpartition("@")[2]
        return authority.partition(":")[0].endswith(("openai.com", "openai.azure.com"))

    def _discreet(self, failure: Failure) -> Failure:
        """Return the failure without the key, which some servers quote."""
        if len(self._api_key) < 8 or self._api_key not in failure.words:
            return failure
        return Failure(failure.kind, failure.words.replace(self._api_key, "…"), failure.wait, failure.cause)


def payload_of(request: Request, model: str, can: Capabilities, long_limit: bool) -> dict[str, Any]:
    """Return a request as it is sent to a server of these capabilities."""
    tools = request.tools if can.tools is not False else ()
    messages = request.messages if can.tools is not False else without_calls(request.messages)
    payload: dict[str, Any] = {
        "model": model,
        "messages": [_wire(message) for message in messages],
        "stream": can.streaming is not False,
    }
    if payload["stream"] and can.stream_options is not False:
        payload["stream_options"] = {"include_usage": True}
    if tools:
        payload["tools"] = [tool.to_json() for tool in tools]
    if request.max_tokens is not None:
        payload["max_completion_tokens" if long_limit else "max_tokens"] = request.max_tokens
    return payload


def _whole(body: bytes) -> Mapping[str, Any]:
    """Return the completion that a server sends where a stream was asked for. Raise ValueError, openai.APIError."""
    import httpx2
    import openai

    found = json.loads(body)
    if not isinstance(found, dict):
        return {}
    if found.get("error"):
        raise openai.APIError("", httpx2.Request("POST", "http://localhost"), body=found["error"])
    return found


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
