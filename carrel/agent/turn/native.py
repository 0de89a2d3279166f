"""The native contract: text is the reply, and a tool call means "go on"."""

from collections.abc import Generator

from carrel.agent.events import Event
from carrel.agent.turn.contract import Contract, Steps, is_answer
from carrel.agent.turn.no_answer import is_call_as_text
from carrel.agent.turn.state import TurnState
from carrel.agent.window.prompt_set import NATIVE_CORE_PROMPTS, NATIVE_PROMPTS
from carrel.memory.store import Memory
from carrel.memory.values import UnfinishedTurn
from carrel.protocols import Reply
from carrel.rendering import notices


class NativeTurn:
    """A turn that ends with the first reply that is text and calls nothing."""

    last_reply = None

    def __init__(self, turn: TurnState, memory: Memory) -> None:
        self._turn = turn

    def recollect(self, unfinished: UnfinishedTurn) -> str:
        """Return the final reply where only the end of the turn is missing."""
        return unfinished.reply

    @property
    def may_call(self) -> bool:
        """Whether the next request offers tools: always."""
        return True

    def opening(self) -> tuple[str, ...]:
        """Return no notices."""
        return ()

    def translate_calls(self, calls: Generator[Event, None, None]) -> Generator[Event, None, None]:
        """Pass on the events as they are."""
        return calls

    def translate_step(self, step: Steps, closing: bool) -> Steps:
        """Pass on the events as they are."""
        return step

    def is_final(self, reply: Reply) -> bool:
        """Return whether a reply answers without calls."""
        return is_answer(reply)

    def ends(self, reply: Reply) -> bool:
        """Return whether a reply is text without calls; about one that says nothing the model is told once."""
        turn = self._turn
        if reply.finish == "content_filter":
            return True
        if reply.message.calls:
            turn.nudged = False
            return False
        if is_call_as_text(reply.message.text) and not turn.nudged:
            turn.notices, turn.nudged = (notices.CALL_AS_TEXT,), True
            return False
        if reply.message.text or turn.nudged:
            return True
        turn.totals.truncated += reply.finish == "length"
        turn.notices, turn.nudged = (notices.REPLY_EMPTY,), True
        return False

    def answer(self, reply: Reply) -> str:
        """Return the reply's text."""
        return reply.message.text


NATIVE = Contract(NATIVE_PROMPTS, NativeTurn)
NATIVE_CORE = Contract(NATIVE_CORE_PROMPTS, NativeTurn, tools="core")
