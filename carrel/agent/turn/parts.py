"""What the loop of an agent works with."""

from dataclasses import dataclass
from typing import Literal

from carrel.agent.ladder.ladder import Ladder
from carrel.agent.limits import Limits
from carrel.agent.summary.compaction import Summariser
from carrel.agent.turn.contract import Contract
from carrel.agent.window.calibration import Calibration
from carrel.memory.store import Memory
from carrel.protocols import ChatModel, Clock, TokenCounter
from carrel.tools.tool import Approve
from carrel.tools.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopParts:
    """An agent's memory, model and tools, and the rules for its turns."""

    memory: Memory
    model: ChatModel
    toolbox: Toolbox
    counter: TokenCounter
    clock: Clock
    ladder: Ladder
    contract: Contract | None
    """The contract that was set where it is none of the ladder."""
    calibration: Calibration
    summariser: Summariser
    limits: Limits
    evict_share: float
    """The part of the queue that a flush evicts."""
    page_in: bool
    """Whether memories are recalled at each message."""
    capture: Literal["auto", "on", "off"] = "off"
    """Whether what the user says of themselves is kept after a turn; auto: where the model is not offered all tools."""
    approve: Approve | None = None
    """Asks the user whether a call may be made; None where nobody can be asked."""
