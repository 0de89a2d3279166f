"""What a contract decides: which of a model's words reach the user, and when a turn ends."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Protocol

from carrel.agent.calling.call_format import CallFormat
from carrel.agent.calling.native import NATIVE_FORMAT
from carrel.agent.events import Event
from carrel.agent.ladder.rungs import ToolSet
from carrel.agent.turn.no_answer import is_call_as_text
from carrel.agent.turn.state import TurnState
from carrel.agent.window.prompt_set import PromptSet
from carrel.memory.store import Memory
from carrel.memory.values import UnfinishedTurn
from carrel.protocols import Reply

Steps = Generator[Event, None, Reply]
"""The events of a step, and the reply that it comes to."""


class ContractTurn(Protocol):
    """A contract over one turn."""

    def recollect(self, unfinished: UnfinishedTurn) -> str:
        """Take note of what was done before a turn stopped; return its final reply where only its end is missing."""
        ...

    @property
    def may_call(self) -> bool:
        """Whether the next request offers tools."""
        ...

    def opening(self) -> tuple[str, ...]:
        """Return the notices of the turn's first request."""
        ...

    @property
    def last_reply(self) -> Reply | None:
        """The reply after which a turn was stopped, where that may have ended it already."""
        ...

    def translate_calls(self, calls: Generator[Event, None, None]) -> Generator[Event, None, None]:
        """Pass on the events of calls, with what they say to the user."""
        ...

    def translate_step(self, step: Steps, closing: bool) -> Steps:
        """Pass on the events of a step as the user may see them; `closing` is the request without tools at a limit."""
        ...

    def is_final(self, reply: Reply) -> bool:
        """Return whether a reply is surely the turn's last: then the turn ends in the transaction that stores it."""
        ...

    def ends(self, reply: Reply) -> bool:
        """Return whether a reply ends the turn; where it does not, say in the turn's notices why it goes on."""
        ...

    def answer(self, reply: Reply) -> str:
        """Return what the user is answered, once the turn has ended with a reply."""
        ...


@dataclass(frozen=True, slots=True)
class Contract:
    """How a model is asked to act: the prompts that explain it, and how its replies are understood."""

    prompts: PromptSet
    start: Callable[[TurnState, Memory], ContractTurn]
    calling: CallFormat = NATIVE_FORMAT
    tools: ToolSet = "all"


def is_answer(reply: Reply) -> bool:
    """Return whether a reply is text that answers, without calls."""
    return bool(reply.message.text) and not reply.message.calls and not is_call_as_text(reply.message.text)
