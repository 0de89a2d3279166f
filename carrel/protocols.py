"""Every seam between Carrel and the outside, and nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from carrel.messages import AssistantMessage, Message, ToolSchema, Usage

Vectors = NDArray[np.float32]
"""Rows of unit length, shape (texts, dimension)."""

Purpose = Literal["document", "query"]
Finish = Literal["stop", "tool_calls", "length", "content_filter"]


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked: the whole main context and the tools that it may call."""

    messages: tuple[Message, ...]
    tools: tuple[ToolSchema, ...] = ()
    max_tokens: int | None = None
    """The most tokens that the reply may take."""


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A piece of the reply's text, as it streams in."""

    text: str


@dataclass(frozen=True, slots=True)
class Retrying:
    """An attempt failed for a passing reason and the request is sent again after `wait` seconds.

    With `discard`, the text that was given out so far is void: the next attempt begins anew.
    """

    reason: str
    wait: float
    discard: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The whole reply, once it is complete."""

    message: AssistantMessage
    usage: Usage | None = None
    """What the server reports; None where it reports nothing."""
    finish: Finish = "stop"


class ChatModel(Protocol):
    """A language model that answers in text and tool calls."""

    @property
    def name(self) -> str:
        """The model's name, for people and for the log."""
        ...

    def stream(self, request: Request) -> Iterator[TextPiece | Retrying | Reply]:
        """Yield pieces of text as they come, a word at each new attempt, then exactly one Reply.

        Raise RateLimited, NotAuthorised, ModelUnreachable, ModelFailed or DoesNotFit.
        """
        ...


class Embedder(Protocol):
    """A model that turns texts into vectors."""

    @property
    def fingerprint(self) -> str:
        """Name, revision and dimension in one line: vectors of different fingerprints do not compare."""
        ...

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        ...

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one unit vector a text; loads the model at the first call."""
        ...


class TokenCounter(Protocol):
    """Counts or estimates tokens."""

    @property
    def exact(self) -> bool:
        """Whether the figures are the model's own and not an estimate."""
        ...

    def count(self, text: str) -> int:
        """Return the tokens of a text; never downloads, never raises on special tokens."""
        ...


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, with its time zone."""
        ...
