"""What happens in a turn, as values: for the terminal, for programs and for tests."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from carrel.agent.limits import StopReason
from carrel.memory.values import Hit, MemoryEvent
from carrel.messages import Usage
from carrel.protocols import Finish


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """The user's message is stored."""

    turn: str
    session: str


@dataclass(frozen=True, slots=True)
class PagedIn:
    """Memories were recalled for the message."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class ContextCompiled:
    """The request of a step is ready to be sent; `tokens` says what each part of it takes, of at most `limit`."""

    step: int
    tokens: Mapping[str, int]
    limit: int


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the reply, provisional until the turn is complete."""

    text: str


@dataclass(frozen=True, slots=True)
class TextDiscarded:
    """The text of this step so far was a thought, and no part of the reply."""


@dataclass(frozen=True, slots=True)
class RequestRetried:
    """The model is asked again after `wait` seconds; with `discarded`, the text of this step so far is void."""

    reason: str
    wait: float
    discarded: bool


@dataclass(frozen=True, slots=True)
class Thought:
    """What the model thinks before it replies, or says to itself under a contract that keeps this from the user."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """The model calls a tool."""

    step: int
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolReturned:
    """A call has a result; `ok` is false where the text is an error."""

    step: int
    name: str
    text: str
    ok: bool


@dataclass(frozen=True, slots=True)
class MemoryChanged:
    """A call changed memory."""

    event: MemoryEvent


@dataclass(frozen=True, slots=True)
class QueueFlushed:
    """Messages left the queue, and a summary took their place."""

    messages: int
    tokens: int
    summary: str


@dataclass(frozen=True, slots=True)
class PromptTruncated:
    """The server read far less than it was sent, so the model did not see the rest. Figures are in tokens."""

    sent: int
    read: int
    fix: str


@dataclass(frozen=True, slots=True)
class ContractChosen:
    """It was found out how the model can be asked to act, by so many requests and tokens."""

    contract: str
    before: str | None
    """The contract that it did not keep to; None where nothing was known of it."""
    requests: int
    tokens: int


@dataclass(frozen=True, slots=True)
class PasteArchived:
    """A message too long for main context also went to archival, in chunks."""

    message: str
    characters: int
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The outcome of a turn, once it is on disk."""

    text: str
    turn: str
    session: str
    steps: int
    events: tuple["Event", ...] = ()
    memory: tuple[MemoryEvent, ...] = ()
    retrieved: tuple[Hit, ...] = ()
    usage: Usage = field(default_factory=Usage)
    finish: Finish = "stop"
    """Why the model ended: "length" is a reply that was cut off."""
    stopped: StopReason | None = None
    """The limit that ended the turn."""

    @property
    def tool_calls(self) -> tuple[ToolCalled, ...]:
        """The calls of the turn, in order."""
        return tuple(event for event in self.events if isinstance(event, ToolCalled))

    def to_json(self) -> dict[str, Any]:
        """Return the answer in the form that `carrel ask --json` prints."""
        return {
            "text": self.text,
            "turn": self.turn,
            "session": self.session,
            "steps": self.steps,
            "tool_calls": [asdict(call) for call in self.tool_calls],
            "memory": [event.to_json() for event in self.memory],
            "retrieved": [hit.to_json() for hit in self.retrieved],
            "usage": self.usage.to_json(),
            "finish": self.finish,
            "stopped": self.stopped,
        }


Event = (
    TurnStarted
    | PagedIn
    | ContextCompiled
    | TextDelta
    | TextDiscarded
    | RequestRetried
    | Thought
    | ToolCalled
    | ToolReturned
    | MemoryChanged
    | QueueFlushed
    | PromptTruncated
    | PasteArchived
    | ContractChosen
    | Answer
)
