"""Read from an HTTP answer, or from an event in a stream, what went wrong. Pure."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from carrel.models.chat.server.failures import Failure, Kind
from carrel.text import clean_text, one_line

MAX_MESSAGE = 400
"""Characters of a server's message that an error quotes."""

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
"""What servers say of a request that does not fit the context window."""


def failure_of_status(
    status: int, body: object, headers: Mapping[str, str], now: datetime, cause: Exception | None = None
) -> Failure:
    """Return the failure that an HTTP error means."""
    message = message_of(body) or f"HTTP {status}"
    code = _code(body)
    if 300 <= status < 400:
        return Failure("redirect", headers.get("location", message), cause=cause)
    kind = _kind(status, code, f"{code} {message}".lower())
    return Failure(kind, message, retry_after(headers, now), cause)


def failure_of_event(body: object, fallback: str, cause: Exception | None = None) -> Failure:
    """Return the failure that an error event in a stream means; `fallback` is its message if the body has none."""
    message = message_of(body) or one_line(clean_text(fallback), MAX_MESSAGE)
    code = _code(body)
    lowered = f"{code} {message}".lower()
    if code.isdigit() and int(code) >= 400:
        return Failure(_kind(int(code), "", lowered), message, cause=cause)
    return Failure("overflow" if _is_overflow(lowered) else "broken", message, cause=cause)


def _kind(status: int, code: str, lowered: str) -> Kind:
    """Return the kind of an HTTP error; `lowered` is its code and its message in lower case."""
    if status == 429:
        return _kind_of_limit(lowered)
    if _is_overflow(lowered):
        return "overflow"
    if code == "model_not_found" or (status == 404 and "model" in lowered):
        return "model"
    if status in {408, 409} or status >= 500:
        return "server"
    return _BY_STATUS.get(status, "refused")


_BY_STATUS: Mapping[int, Kind] = {401: "key", 403: "key", 404: "path", 405: "path", 413: "overflow"}


def _kind_of_limit(lowered: str) -> Kind:
    """Return the kind of a 429: a rate limit passes with time, a quota or a size limit does not."""
    if "insufficient_quota" in lowered:
        return "quota"
    return "overflow" if "request too large" in lowered else "rate"


def _is_overflow(lowered: str) -> bool:
    return any(marker in lowered for marker in OVERFLOWS)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that a server asks to wait, whether it gives milliseconds, seconds or a date."""
    for name, divisor in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        if (seconds := _number(headers.get(name, ""))) is not None:
            return seconds / divisor
    try:
        moment = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return max(0.0, number) if math.isfinite(number) else None


def message_of(body: object) -> str:
    """Return the message in an error's body as one line, in whichever of the usual ways it is wrapped."""
    found = _unwrap(body)
    if isinstance(found, str) and "<" in found:
        found = re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", found, flags=re.DOTALL | re.IGNORECASE)
    return one_line(clean_text(found), MAX_MESSAGE) if isinstance(found, str) else ""


def _unwrap(body: object) -> object:
    for _ in range(3):
        if not isinstance(body, Mapping):
            break
        body = next((body[key] for key in ("error", "message", "detail") if body.get(key)), "")
    return body


def _code(body: object) -> str:
    """Return an error's code or, if it has none, its type."""
    if not isinstance(body, Mapping):
        return ""
    inner: Any = body.get("error")
    record = inner if isinstance(inner, Mapping) else body
    return next((str(record[key]) for key in ("code", "type") if record.get(key)), "")
