"""Read from an HTTP answer, or from an event in a stream, what went wrong. Pure."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from carrel.models.chat.server.failures.error_body import one_line_of, read_error
from carrel.models.chat.server.failures.error_kinds import kind_of, kind_of_event
from carrel.models.chat.server.failures.failure import Failure
from carrel.text import one_line

MAX_QUOTE = 120
"""Characters of an answer that is no reply which an error quotes."""


def failure_of_status(
    status: int, body: object, headers: Mapping[str, str], now: datetime, cause: Exception | None = None
) -> Failure:
    """Return the failure that an HTTP error means."""
    found = read_error(body)
    message = found.message or f"HTTP {status}"
    if 300 <= status < 400:
        return Failure("redirect", headers.get("location", message), cause=cause)
    return Failure(kind_of(status, found.codes, found.message), message, retry_after(headers, now), cause)


def failure_of_event(body: object, fallback: str, cause: Exception | None = None) -> Failure:
    """Return the failure that an error event in a stream means; `fallback` is its message if the body has none."""
    found = read_error(body)
    message = found.message or one_line_of(fallback)
    return Failure(kind_of_event(found.codes, message), message, cause=cause)


def failure_of_other_answer(body: object, cause: Exception | None = None) -> Failure:
    """Return the failure that an answer with status 200 means that is no reply: a wrong address, or what it says."""
    found = read_error(body)
    kind = kind_of_event(found.codes, found.message)
    if kind not in {"path", "broken", "server"}:
        return Failure(kind, found.message, cause=cause)
    said = one_line(found.message, MAX_QUOTE)
    message = f"it answers, but not with a reply: {said}" if said else "it answers with nothing"
    return Failure("path", message, cause=cause)


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
