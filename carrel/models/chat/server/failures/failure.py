"""What can go wrong with a model server, as one table: the error that it becomes, and whether to send again."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from carrel.errors import (
    CarrelError,
    ContentRefused,
    DoesNotFit,
    ModelFailed,
    ModelUnreachable,
    NotAuthorised,
    RateLimited,
)
from carrel.network import is_openai
from carrel.text import one_line

RETRIES = 2
"""How often a request that failed for a temporary reason is sent again."""
RETRY_SECONDS = 60.0
"""Seconds after the first attempt beyond which no further attempt begins."""
MAX_WAIT = 20.0
"""The longest wait, in seconds, that a server's Retry-After may impose on a turn."""

MAX_QUOTE = 400
"""Characters of a server's words that an error quotes."""

OPENAI_KEY_RULE = " OPENAI_API_KEY goes to OpenAI and to OPENAI_BASE_URL alone."

Kind = Literal[
    "overflow", "content", "quota", "rate", "key", "forbidden", "model", "path", "redirect", "address", "certificate",
    "proxy", "timeout", "unreachable", "broken", "server", "refused",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that failed."""

    kind: Kind
    message: str = ""
    """All that the server or the network said, in one line."""
    wait: float | None = None
    """Seconds that the server asks to wait before the next attempt."""
    cause: Exception | None = None
    window: int | None = None
    """Tokens of the context window that the server states."""

    @property
    def quoted(self) -> str:
        """The message as an error quotes it: at most MAX_QUOTE characters, without a full stop at its end."""
        return one_line(self.message, MAX_QUOTE).rstrip(".")


@dataclass(frozen=True, slots=True)
class Remedy:
    """The error that a kind of failure becomes, and what to do about it."""

    error: type[CarrelError]
    message: str
    hint: str
    temporary: bool = False
    """Whether the same request may succeed a moment later."""


TABLE: Mapping[Kind, Remedy] = {
    "overflow": Remedy(
        DoesNotFit,
        "The request does not fit the context window of model '{model}': {message}.",
        "Set 'window' to the context window that the server really has.",
    ),
    "content": Remedy(
        ContentRefused,
        "The server '{server}' refuses this request for its content: {message}.",
        "Put it differently, or use another model.",
    ),
    "quota": Remedy(
        RateLimited,
        "The account at '{server}' has used up its quota: {message}.",
        "Check its plan and billing, or use another server.",
    ),
    "rate": Remedy(
        RateLimited,
        "The server '{server}' is limiting requests{wait}: {message}.",
        "Try again later.",
        temporary=True,
    ),
    "key": Remedy(
        NotAuthorised,
        "The server '{server}' does not accept the API key: {message}.",
        "Set {key_setting}, or api_key in credentials.toml.{key_rule}",
    ),
    "forbidden": Remedy(
        NotAuthorised,
        "The server '{server}' does not allow this request: {message}.",
        "Check what the account, its region and its privacy settings allow, or use another server or model.",
    ),
    "model": Remedy(
        ModelUnreachable,
        "The server '{server}' has no model '{model}': {message}.",
        "Set 'model' to one that it has, or install the model there first.",
    ),
    "path": Remedy(
        ModelUnreachable,
        "The server '{server}' has no chat completions at this address: {message}.",
        "Check base_url: it usually ends in /v1.",
    ),
    "redirect": Remedy(
        ModelUnreachable,
        "The server '{server}' redirects to another address: {message}.",
        "Redirects are not followed, to keep the key from other servers. Set base_url to the final address.",
    ),
    "address": Remedy(
        ModelUnreachable,
        "The server's address '{server}' is not valid: {message}.",
        "Set base_url to an address such as http://localhost:11434/v1.",
    ),
    "certificate": Remedy(
        ModelUnreachable,
        "The certificate of the server '{server}' is not trusted: {message}.",
        "If it is the server's own, set SSL_CERT_FILE to a file that holds it; else check base_url and this "
        "machine's clock.",
    ),
    "proxy": Remedy(
        ModelUnreachable,
        "The server '{server}' cannot be reached through its proxy: {message}.",
        "Correct the variable that names the proxy, or list the server in NO_PROXY.",
        temporary=True,
    ),
    "timeout": Remedy(
        ModelUnreachable,
        "The server '{server}' does not answer: {message}.",
        "Check that it is running, or raise 'timeout'.",
        temporary=True,
    ),
    "unreachable": Remedy(
        ModelUnreachable,
        "The server '{server}' cannot be reached: {message}.",
        "Start the server, or correct base_url.",
        temporary=True,
    ),
    "broken": Remedy(
        ModelFailed,
        "The reply of model '{model}' broke off: {message}.",
        "Try again.",
        temporary=True,
    ),
    "server": Remedy(
        ModelFailed,
        "The server '{server}' failed: {message}.",
        "Try again, or look at its log.",
        temporary=True,
    ),
    "refused": Remedy(
        ModelFailed,
        "The server '{server}' refused the request: {message}.",
        "Check that model '{model}' supports what was sent.",
    ),
}


def error_for(failure: Failure, model: str, server: str) -> CarrelError:
    """Return the error that tells a person what happened and what to do."""
    remedy = TABLE[failure.kind]
    wait = "" if failure.wait is None else f" and asks to wait {failure.wait:.0f} s"
    message = failure.quoted or "it gave no reason"
    setting, rule = ("OPENAI_API_KEY", "") if is_openai(server) else ("CARREL_API_KEY", OPENAI_KEY_RULE)
    values = {"model": model, "server": server, "message": message, "wait": wait}
    values |= {"key_setting": setting, "key_rule": rule}
    return remedy.error(remedy.message.format_map(values), remedy.hint.format_map(values))


def seconds_before_retry(failure: Failure, attempt: int) -> float | None:
    """Return the seconds to wait after attempt 0, 1, …, or None if another attempt cannot help.

    Half a second, doubled each time up to 8 seconds, less a random part of up to a quarter; or what the server asks
    for, unless that is more than MAX_WAIT.
    """
    if not TABLE[failure.kind].temporary:
        return None
    if failure.wait is not None:
        return failure.wait if failure.wait <= MAX_WAIT else None
    return float(min(0.5 * 2**attempt, 8.0) * (1 - 0.25 * random.random()))
