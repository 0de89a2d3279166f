"""One turn while it runs."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field

from carrel.agent.context.compiler import CompiledRequest
from carrel.agent.context.page_in import RecalledPage
from carrel.agent.limits import StopReason, TurnTotals
from carrel.memory.search.search import Prefetch
from carrel.memory.values import Hit, MemoryEvent, SessionState, StoredMessage
from carrel.messages import Usage
from carrel.protocols import Finish


@dataclass(slots=True)
class TurnState:
    """One turn while it runs: what is known of it, and what is not on disk yet."""

    id: str
    session: str
    message: StoredMessage
    """The user's message."""
    started: float
    """When it began, in seconds of the monotonic clock."""
    _: KW_ONLY
    queue: Sequence[StoredMessage] | None = None
    """The session's queue as it was read when the turn began; None once something was added to it."""
    session_state: SessionState | None = None
    """The rest of what main context holds of the session, as it was last read; None once that may have changed."""
    prefetched: Prefetch | None = None
    """The search for the message, where it was begun before the message was stored."""
    page: RecalledPage = field(default_factory=RecalledPage)
    page_due: bool = False
    """Whether what was offered for the message is still to be recorded."""
    totals: TurnTotals = field(default_factory=TurnTotals)
    text: str = ""
    """What the user is answered."""
    finish: Finish = "stop"
    refusals: int = 0
    """How often the server refused a request of it for its content."""
    refused: bool = False
    """Whether it is the user's message that the server refuses, so that all of the turn is to be withheld."""
    stopped: StopReason | None = None
    complete: bool = False
    """Whether the turn is closed on disk."""
    usage: Usage = field(default_factory=Usage)
    notices: tuple[str, ...] = ()
    """What the next request tells the model."""
    nudged: bool = False
    """Whether the model was told that its last reply said nothing."""
    found: list[Hit] = field(default_factory=list)
    """What the model's own searches found."""
    changes: list[MemoryEvent] = field(default_factory=list)
    core: dict[str, str] = field(default_factory=dict)
    """Core memory as the model has read it, by label."""
    sent: CompiledRequest | None = None
    """The request of a step that is not on disk yet."""
    partial: list[str] = field(default_factory=list)
    """What the model has said in that step."""

    def add_usage(self, usage: Usage) -> int:
        """Add what a request took to the turn's usage, and return its tokens, sent and received."""
        self.usage += usage
        self.totals.tokens += usage.prompt + usage.completion
        return usage.prompt + usage.completion

    def discard_reads(self) -> None:
        """Note that the session has changed: what was read of it is read again when it is needed."""
        self.queue = self.session_state = None

    def step_stored(self) -> None:
        """Note that the step is on disk, with what was offered for it."""
        self.sent, self.partial, self.page_due = None, [], False
