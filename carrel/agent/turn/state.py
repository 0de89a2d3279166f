"""What a turn is made of, and one turn as it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from carrel.agent.context.compiler import Compiled, Compiler
from carrel.agent.context.page_in import Page
from carrel.agent.limits import Limits, Reason, Spent
from carrel.agent.summary.compaction import Summariser
from carrel.agent.window.calibration import Measure
from carrel.agent.window.prompt_set import NATIVE, Contract
from carrel.memory.search.search import Prefetch
from carrel.memory.store import Memory
from carrel.memory.values import Hit, MemoryEvent, SessionState, StoredMessage
from carrel.messages import Usage
from carrel.protocols import ChatModel, Clock, Finish, TokenCounter
from carrel.tools.tool import Approve, Toolbox


@dataclass(frozen=True, slots=True)
class Parts:
    """What a loop is made of."""

    memory: Memory
    model: ChatModel
    toolbox: Toolbox
    compiler: Compiler
    counter: TokenCounter
    summariser: Summariser
    clock: Clock
    limits: Limits
    evict_share: float
    page_in: bool
    measure: Measure
    contract: Contract = NATIVE
    approve: Approve | None = None
    """Asks the user whether a call may be made; None where nobody can be asked."""


@dataclass(slots=True)
class Turn:
    """One turn as it goes on."""

    id: str
    session: str
    message: StoredMessage
    """The user's."""
    began: float
    """Seconds of the clock's monotonic time."""
    queue: Sequence[StoredMessage] | None = None
    """The session's queue as it was read when the turn began; None once something was added to it."""
    session_state: SessionState | None = None
    """The rest of what main context holds of the session, as it was read last; None once that may have changed."""
    prefetched: Prefetch | None = None
    """The search for the message, where it was begun before the message was stored."""
    page: Page = field(default_factory=Page)
    page_due: bool = False
    """Whether what was offered for the message is still to be recorded."""
    spent: Spent = field(default_factory=Spent)
    text: str = ""
    finish: Finish = "stop"
    stopped: Reason | None = None
    complete: bool = False
    """Whether the turn is closed on disk."""
    usage: Usage = field(default_factory=Usage)
    notices: tuple[str, ...] = ()
    nudged: bool = False
    found: list[Hit] = field(default_factory=list)
    changes: list[MemoryEvent] = field(default_factory=list)
    core: dict[str, str] = field(default_factory=dict)
    """Core memory as the model has read it, by label."""
    sent: Compiled | None = None
    """What the model was asked in a step that is not on disk yet."""
    partial: list[str] = field(default_factory=list)
    """What the model has said in it."""

    def took(self, usage: Usage) -> int:
        """Add what a request took to the turn's usage, and return its tokens, sent and received."""
        self.usage += usage
        self.spent.tokens += usage.prompt + usage.completion
        return usage.prompt + usage.completion

    def discard_reads(self) -> None:
        """Note that the session has changed: what was read of it is read again when it is needed."""
        self.queue = self.session_state = None

    def kept(self) -> None:
        """Note that the step is on disk, with what was offered for it."""
        self.sent, self.partial, self.page_due = None, [], False
