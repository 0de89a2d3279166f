"""What can go wrong with a model server, as one table: which error it becomes and whether asking again may help."""

import math
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from carrel.clock import SystemClock
from carrel.errors import CarrelError, DoesNotFit, ModelFailed, ModelUnreachable, NotAuthorised, RateLimited
from carrel.text import clean_text, one_line

RETRIES = 2
"""How often a request that failed for a passing reason is sent again."""
RETRY_SECONDS = 60.0
"""After so many seconds since the first attempt no further one begins."""
MAX_WAIT = 20.0
"""The longest wait, in seconds, that a server's Retry-After may ask of a turn."""
WORDS = 400
"""The most characters of a server's own words that a message quotes."""

OVERFLOWS = (
    "context_length_exceeded",
    "context window",
    "maximum context length",
    "prompt is too long",
    "input is too long",
    "too many tokens",
    "exceeds the context",
    "exceeds the available context",
    "reduce the length",
    "request too large",
    "model_context_window_exceeded",
)

Kind = Literal[
    "overflow", "quota", "rate", "key", "model", "path", "redirect", "address", "timeout", "unreachable", "broken",
    "server", "refused",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failure:
    """One attempt that came to nothing."""

    kind: Kind
    words: str = ""
    """What the server or the network said, in one line."""
    wait: float | None = None
    """Seconds that the server asks for before the next attempt."""
    cause: Exception | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a kind of failure means to whoever asked."""

    error: type[CarrelError]
    message: str
    hint: str
    again: bool = False
    """Whether the same request may succeed a moment later."""


TABLE: Mapping[Kind, Remedy] = {
    "overflow": Remedy(
        DoesNotFit,
        "The request does not fit the context of model '{model}': {words}.",
        "Set 'window' to what the server really offers.",
    ),
    "quota": Remedy(
        RateLimited,
        "The account at '{server}' has used up its quota: {words}.",
        "Check its plan and billing, or choose another server.",
    ),
    "rate": Remedy(
        RateLimited,
        "The server '{server}' asks for patience{wait}: {words}.",
        "Try again later.",
        again=True,
    ),
    "key": Remedy(
        NotAuthorised,
        "The server '{server}' does not accept the API key.",
        "Set OPENAI_API_KEY, or api_key in credentials.toml.",
    ),
    "model": Remedy(
        ModelUnreachable,
        "Model '{model}' is not known to the server '{server}'.",
        "Set 'model' to one that it serves, or pull the model there first.",
    ),
    "path": Remedy(
        ModelUnreachable,
        "The server '{server}' has no chat completions there: {words}.",
        "Check base_url; most end in /v1.",
    ),
    "redirect": Remedy(
        ModelUnreachable,
        "The server '{server}' sends us elsewhere: {words}.",
        "The key goes to no other address: set base_url to the true one.",
    ),
    "address": Remedy(
        ModelUnreachable,
        "The server '{server}' is no address that can be called: {words}.",
        "Set base_url to something like http://localhost:11434/v1.",
    ),
    "timeout": Remedy(
        ModelUnreachable,
        "The server '{server}' does not answer: {words}.",
        "Check that it runs, or raise 'timeout'.",
        again=True,
    ),
    "unreachable": Remedy(
        ModelUnreachable,
        "The server '{server}' cannot be reached: {words}.",
        "Start the server, or correct base_url.",
        again=True,
    ),
    "broken": Remedy(
        ModelFailed,
        "Model '{model}' broke off its answer: {words}.",
        "Ask again.",
        again=True,
    ),
    "server": Remedy(
        ModelFailed,
        "The server '{server}' failed: {words}.",
        "Try again, or look into its log.",
        again=True,
    ),
    "refused": Remedy(
        ModelFailed,
        "The server '{server}' refused the request: {words}.",
        "Check that model '{model}' takes what was sent.",
    ),
}


def error_for(failure: Failure, model: str, server: str) -> CarrelError:
    """Return the error that tells a person what happened and what to do."""
    remedy = TABLE[failure.kind]
    wait = "" if failure.wait is None else f" for {failure.wait:.0f} s"
    told = {"model": model, "server": server, "words": failure.words.rstrip(".") or "no reason given", "wait": wait}
    return remedy.error(remedy.message.format_map(told), remedy.hint.format_map(told))


def reason(failure: Failure, model: str, server: str) -> str:
    """Return what happened, without what to do about it."""
    return error_for(failure, model, server).message


def pause(failure: Failure, attempt: int) -> float | None:
    """Return the seconds to wait after attempt 0, 1, …, or None where another attempt is of no use.

    Half a second, doubled each time, up to 8, less up to a quarter by chance; or what the server asks for, if that is
    at most MAX_WAIT.
    """
    if not TABLE[failure.kind].again:
        return None
    if failure.wait is not None:
        return failure.wait if failure.wait <= MAX_WAIT else None
    return float(min(0.5 * 2**attempt, 8.0) * (1 - 0.25 * random.random()))


def of_status(status: int, body: object, headers: Mapping[str, str], cause: Exception | None = None) -> Failure:
    """Return the failure that an HTTP answer means."""
    words = words_of(body) or f"HTTP {status}"
    code = _code(body)
    if 300 <= status < 400:
        return Failure("redirect", headers.get("location", words), cause=cause)
    return Failure(_kind(status, code, f"{code} {words}".lower()), words, retry_after(headers), cause)


def of_event(body: object, fallback: str, cause: Exception | None = None) -> Failure:
    """Return the failure that an error event within a stream means."""
    words = words_of(body) or one_line(clean_text(fallback), WORDS)
    code = _code(body)
    told = f"{code} {words}".lower()
    if code.isdigit() and int(code) >= 400:
        return Failure(_kind(int(code), "", told), words, cause=cause)
    return Failure("overflow" if _overflows(told) else "broken", words, cause=cause)


def _kind(status: int, code: str, told: str) -> Kind:
    """Sort an HTTP error; `told` is its code and its words in lower case."""
    if status == 429:
        return _limit(told)
    if _overflows(told):
        return "overflow"
    if code == "model_not_found" or (status == 404 and "model" in told):
        return "model"
    if status in {408, 409} or status >= 500:
        return "server"
    return _BY_STATUS.get(status, "refused")


_BY_STATUS: Mapping[int, Kind] = {401: "key", 403: "key", 404: "path", 405: "path", 413: "overflow"}


def _limit(told: str) -> Kind:
    """Sort an answer 429: some limits pass with time, some do not."""
    if "insufficient_quota" in told:
        return "quota"
    return "overflow" if "request too large" in told else "rate"


def _overflows(told: str) -> bool:
    return any(marker in told for marker in OVERFLOWS)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds that a server asks us to wait, given in milliseconds, in seconds or as a date."""
    for name, divisor in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        if (seconds := _number(headers.get(name, ""))) is not None:
            return seconds / divisor
    try:
        moment = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - (now or SystemClock().now())).total_seconds())


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return max(0.0, number) if math.isfinite(number) else None


def words_of(body: object) -> str:
    """Return a server's own words in one line, from any of the shapes in which servers wrap them."""
    found = _unwrapped(body)
    if isinstance(found, str) and "<" in found:
        found = re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", found, flags=re.DOTALL | re.IGNORECASE)
    return one_line(clean_text(found), WORDS) if isinstance(found, str) else ""


def _unwrapped(body: object) -> object:
    for _ in range(3):
        if not isinstance(body, Mapping):
            break
        body = next((body[key] for key in ("error", "message", "detail") if body.get(key)), "")
    return body


def _code(body: object) -> str:
    """Return an error's code or, where it has none, its type."""
    if not isinstance(body, Mapping):
        return ""
    inner: Any = body.get("error")
    record = inner if isinstance(inner, Mapping) else body
    return next((str(record[key]) for key in ("code", "type") if record.get(key)), "")
