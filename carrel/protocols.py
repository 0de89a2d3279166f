"""The protocols between Carrel and the outside: chat models, embedders, token counters and clocks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from carrel.messages import AssistantMessage, Message, ToolSchema, Usage

Vectors = NDArray[np.float32]
"""Rows of unit length, shape (texts, dimension)."""

Purpose = Literal["document", "query"]
Finish = Literal["stop", "tool_calls", "length", "content_filter", "other"]
"""Why a reply ended; "other" where the server gives a reason that is not known."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent to a model: the whole main context and the tools that it may call."""

    messages: tuple[Message, ...]
    tools: tuple[ToolSchema, ...] = ()
    max_tokens: int | None = None
    """The limit of the reply, in tokens; None for the server's own."""
    text_tools: tuple[ToolSchema, ...] = ()
    """Tools that are not offered through the server's interface: calls of them are read from the reply's text."""
    schema: Mapping[str, Any] | None = None
    """The JSON schema that the reply's text has to follow; None for free text."""
    temperature: float | None = None
    """How freely the model chooses its words, from 0; None for the server's own."""


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A piece of the reply's text, as it arrives."""

    text: str


@dataclass(frozen=True, slots=True)
class ThoughtPiece:
    """A piece of what the model thinks before it replies, as it arrives; it is no part of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class Discarded:
    """All text that was yielded so far was a thought: the reply begins with what follows."""


@dataclass(frozen=True, slots=True)
class Retrying:
    """An attempt failed for a temporary reason, and the request is sent again after `wait` seconds.

    With `discard`, forget the text that was yielded so far: the next attempt starts from the beginning.
    """

    reason: str
    wait: float
    discard: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The complete reply."""

    message: AssistantMessage
    usage: Usage | None = None
    """The tokens that the server reports; None if it reports none."""
    finish: Finish = "stop"
    thought: str = ""
    """What the model thought, apart from the message."""
    text_calls: bool = False
    """Whether the calls of the message were written as text and not through the server's interface."""
    malformed: bool = False
    """Whether the reply does not follow the schema that was asked for."""


StreamItem = TextPiece | ThoughtPiece | Discarded | Retrying | Reply
"""What a model yields."""


class StreamingModel(Protocol):
    """The least that a model of your own must have; `Carrel.open` treats it as a language model in this process."""

    @property
    def name(self) -> str:
        """The model's name, for people and for the log."""
        ...

    def stream(self, request: Request) -> Iterator[StreamItem]:
        """Yield the reply's text as it arrives, a Retrying before each further attempt, then exactly one Reply.

        Raises:
            RateLimited, NotAuthorised, ModelUnreachable, ModelFailed, DoesNotFit: there is no reply.
        """
        ...


@runtime_checkable
class ChatModel(StreamingModel, Protocol):
    """A model that answers in text and tool calls, and what is known about it.

    A model of your own that knows more than StreamingModel asks for inherits from
    `carrel.models.chat.in_process.InProcessModel` and overrides what differs.
    """

    @property
    def base_url(self) -> str:
        """The address of the model's server; empty for a model in this process."""
        ...

    @property
    def context_window(self) -> int | None:
        """The tokens that a request and its reply may take together; None while that is unknown."""
        ...

    @property
    def supports_tools(self) -> bool:
        """Whether requests may offer tools: true until the server has refused them."""
        ...

    @property
    def is_language_model(self) -> bool:
        """Whether the model can write summaries and reviews; false for the offline model, which only quotes."""
        ...

    def close(self) -> None:
        """Close the connections to the server. Does nothing where there are none."""
        ...


class Embedder(Protocol):
    """A model that turns texts into vectors."""

    @property
    def fingerprint(self) -> str:
        """Name, revision and dimension in one line: vectors with different fingerprints cannot be compared."""
        ...

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        ...

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one unit vector for each text, shape (texts, dimension). Loads the model at the first call."""
        ...


class TokenCounter(Protocol):
    """Counts or estimates tokens."""

    @property
    def exact(self) -> bool:
        """Whether the counts are the model's own, and not an estimate."""
        ...

    def count(self, text: str) -> int:
        """Return the tokens of a text. Never downloads anything and never fails on special tokens."""
        ...


class Clock(Protocol):
    """Tells the date and time, measures time limits, and waits."""

    @property
    def zone(self) -> tzinfo | None:
        """The time zone in which people and models read times; None for the zone of this machine."""
        ...

    def now(self) -> datetime:
        """Return the current date and time, with its time zone."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go backwards; only the difference of two values means anything."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait for some seconds."""
        ...
