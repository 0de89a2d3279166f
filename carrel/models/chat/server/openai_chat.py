"""Talk to any server that speaks Chat Completions or the Responses API: OpenAI, Ollama, llama.cpp, vLLM, LM Studio."""

from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from carrel.clock import SystemClock
from carrel.errors import CarrelError, DoesNotFit
from carrel.imports import importing
from carrel.keys import clean_key, mask
from carrel.markup import Offered
from carrel.messages import canonical
from carrel.models.chat.server.assembly import Assembly
from carrel.models.chat.server.capabilities import Capabilities
from carrel.models.chat.server.failures.failure import RETRIES, RETRY_SECONDS, Failure, error_for, seconds_before_retry
from carrel.models.chat.server.failures.http_failures import failure_of_event
from carrel.models.chat.server.failures.overflow import is_overflow_by_count, stated_window
from carrel.models.chat.server.failures.refusals import facts_from
from carrel.models.chat.server.request.payload import build_payload, call_ids
from carrel.models.chat.server.responses.body import responses_body
from carrel.models.chat.server.responses.choice import wants_responses
from carrel.models.chat.server.transport.connection import ALL_SENT, Connection
from carrel.models.openai_client import OPENAI_URL
from carrel.models.tokens.estimator import Estimator
from carrel.network import hide_credentials
from carrel.protocols import Clock, Request, Retrying, StreamItem
from carrel.replies import items_of

if TYPE_CHECKING:
    from openai import OpenAI

MAX_LESSONS = 8
"""How often one request is sent again because the server does not support all of it."""


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
        max_retries: int = RETRIES,
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
        self._api_key, self._key_problem = _read_key(api_key)
        self._max_retries = max_retries
        self._clock = clock or SystemClock()
        self._connection = Connection(self.base_url, self._api_key, timeout, self._clock)

    @property
    def context_window(self) -> int | None:
        """The tokens of context that the user has set or the server has stated lately; None while that is unknown."""
        can = self.capabilities
        return can.window if "window" in self._fixed else can.recent_window(self._clock.now())

    @property
    def supports_tools(self) -> bool:
        """Whether requests may offer tools: true until the server has refused them."""
        return self.capabilities.tools is not False

    @property
    def long_limit(self) -> bool:
        """Whether the limit of a reply is called max_completion_tokens.

        OpenAI's newer models accept no other name, and Ollama does not accept this one.
        """
        if self.capabilities.long_limit is not None:
            return self.capabilities.long_limit
        authority = self.base_url.partition("://")[2].partition("/")[0].rpartition("@")[2]
        return authority.partition(":")[0].endswith(("openai.com", "openai.azure.com"))

    @property
    def uses_responses(self) -> bool:
        """Whether the model is asked by the Responses API: as set, as found out, or else by its name."""
        api = self.capabilities.api
        return wants_responses(self.base_url, self.name) if api is None else api == "responses"

    @property
    def server(self) -> str:
        """The server's address without a user name, a password and parameters, to be shown."""
        return hide_credentials(self.base_url.partition("?")[0])

    @property
    def origin(self) -> str:
        """The server, the model and the API, by which its opaque fields are known."""
        return f"{self.server} {self.name}{' by responses' if self.uses_responses else ''}"

    def client(self) -> "OpenAI":
        """Return the SDK's client, for requests other than chat completions."""
        return self._connection.client()

    def stream(self, request: Request) -> Iterator[StreamItem]:
        """Yield the reply's text as it arrives, a Retrying before each further attempt, then exactly one Reply.

        Raises:
            RateLimited, NotAuthorised, ModelUnreachable, ModelFailed, DoesNotFit: there is no reply.
        """
        if self._key_problem:
            raise error_for(Failure("key", f"it holds {self._key_problem}"), self.name, self.server)
        attempt, lessons, start = 0, 0, self._clock.monotonic()
        while True:
            payload = build_payload(request, self.name, self.capabilities, self.long_limit, self.origin)
            assembly = Assembly(call_ids(request), self._offered(request), self.origin)
            failure = self._judge((yield from self._attempt(payload, assembly)), payload)
            if failure is None:
                self._learn_from_reply(assembly.facts())
                yield assembly.reply()
                return
            if self._learn_from_refusal(failure, payload) and lessons < MAX_LESSONS:
                lessons += 1
                reason = f"The server does not support all of the request: {failure.quoted}."
                yield Retrying(reason, 0.0, assembly.shown)
                continue
            wait = self._seconds_before_retry(failure, attempt, start)
            if wait is None:
                raise self._error(failure) from failure.cause
            yield Retrying(self._error(failure).message, wait, assembly.shown)
            self._clock.sleep(wait)
            attempt += 1

    def learn(self, **facts: Any) -> None:
        """Remember facts about the server, except those that the user has set; of a window also when it was stated."""
        known = self.capabilities.to_json()
        if facts.get("window") and "window" not in self._fixed:
            facts["window_at"] = self._clock.now().isoformat(timespec="seconds")
        fresh = {name: value for name, value in facts.items() if name not in self._fixed and known.get(name) != value}
        if fresh:
            self.capabilities = replace(self.capabilities, **fresh)
            self._learned(fresh)

    def forget(self) -> None:
        """Forget everything that was learned, because the server may have been restarted with other settings."""
        facts: dict[str, Any] = {name: None for name in self.capabilities.to_json() if name not in self._fixed}
        self.capabilities = replace(self.capabilities, **facts)
        self._learned(facts)

    def close(self) -> None:
        """Close the connections to the server; a later request opens others."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _offered(self, request: Request) -> Offered:
        """Return the tools whose calls are read from the reply's text: none where the user has set that."""
        return Offered(() if self.capabilities.text_calls is False else (*request.tools, *request.text_tools))

    def _attempt(self, payload: Mapping[str, Any], assembly: Assembly) -> Generator[StreamItem, None, Failure | None]:
        """Send a payload once. Return None if the reply is complete, else what went wrong."""
        with importing("httpx2", "openai"):
            import httpx2
            import openai

        begun = False
        try:
            for chunk in self._chunks(payload):
                begun = True
                if chunk is ALL_SENT:
                    assembly.note_all_sent()
                else:
                    yield from items_of(assembly.add(chunk))
        except (openai.APIError, httpx2.HTTPError, httpx2.InvalidURL, ValueError, RecursionError) as error:
            # An error after the model has said why it ended does not change the reply.
            if not assembly.complete:
                yield from items_of(assembly.end())
                failure = self._connection.failure(error, begun)
                if assembly.error:
                    failure = failure_of_event(assembly.error, failure.message, error)
                return replace(failure, message=mask(failure.message, [self._api_key]))  # some servers quote the key
        yield from items_of(assembly.end())
        if assembly.complete:
            return None
        return failure_of_event(assembly.error, "the stream ended before the reply did")

    def _chunks(self, payload: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        if not self.uses_responses:
            return self._connection.chunks(payload)
        encrypted = self.capabilities.encrypted_reasoning is not False
        return self._connection.response_chunks(responses_body(payload, encrypted))

    def _judge(self, failure: Failure | None, payload: Mapping[str, Any]) -> Failure | None:
        """Return a failure with what our own count of the request says of it."""
        if failure is None or failure.kind not in {"overflow", "refused", "server"} or facts_from(failure, payload):
            return failure
        sent = _estimate_tokens(payload)
        if failure.kind == "overflow" or is_overflow_by_count(failure.message.lower(), sent, self.context_window):
            return replace(failure, kind="overflow", window=stated_window(failure.message, sent))
        return failure

    def _learn_from_refusal(self, failure: Failure, payload: Mapping[str, Any]) -> bool:
        """Learn what the server cannot do, and return whether to send the request again with less."""
        if failure.window:
            self.learn(window=failure.window)
        before = self.capabilities
        self.learn(**facts_from(failure, payload))
        return failure.kind != "overflow" and self.capabilities != before

    def _learn_from_reply(self, facts: Mapping[str, bool]) -> None:
        """Learn what a reply shows; a fact that an earlier reply showed stays true."""
        known = self.capabilities.to_json()
        self.learn(**{name: shown for name, shown in facts.items() if shown or name not in known})

    def _seconds_before_retry(self, failure: Failure, attempt: int, start: float) -> float | None:
        """Return the seconds to wait before another attempt, or None if there is to be none."""
        wait = seconds_before_retry(failure, attempt)
        if wait is None or attempt >= self._max_retries:
            return None
        return wait if self._clock.monotonic() - start + wait <= RETRY_SECONDS else None

    def _error(self, failure: Failure) -> CarrelError:
        """Return the error that a failure becomes."""
        error = error_for(failure, self.name, self.server)
        if isinstance(error, DoesNotFit):
            error.limit = failure.window
        return error


def _read_key(given: str) -> tuple[str, str]:
    """Return a key without what is around it, and what it holds that no header can; one of the two is empty."""
    try:
        return clean_key(given), ""
    except ValueError as problem:
        return "", str(problem)


def _estimate_tokens(payload: Mapping[str, Any]) -> int:
    """Return an estimate of the tokens that a payload takes, with those that it sets aside for the reply."""
    reply = payload.get("max_completion_tokens") or payload.get("max_tokens") or 0
    return Estimator().count(canonical({name: payload.get(name) for name in ("messages", "tools")})) + int(reply)
