"""The loop: one user message up to the final reply, each step on disk before the next begins.

It is the same under every contract; what a reply means, the contract decides.
"""

from collections.abc import Generator, Iterator

from carrel.agent.capture.capture import Capture
from carrel.agent.context.page_in import page_in, prefetch
from carrel.agent.events import ContractChosen, Event, MemoryChanged, PagedIn, QueueFlushed, RequestRetried, TurnStarted
from carrel.agent.ladder.ladder import RungChange
from carrel.agent.limits import reached_limit
from carrel.agent.recap import suggest_title
from carrel.agent.turn.contract import ContractTurn
from carrel.agent.turn.contracts import CONTRACTS
from carrel.agent.turn.lifecycle import Lifecycle
from carrel.agent.turn.model_call import ModelCaller
from carrel.agent.turn.no_answer import is_call_as_text, no_answer
from carrel.agent.turn.parts import LoopParts
from carrel.agent.turn.state import TurnState
from carrel.agent.turn.steps import StepRunner
from carrel.errors import ModelFailed
from carrel.memory.search.search import Prefetch
from carrel.memory.store import Memory
from carrel.memory.values import UnfinishedTurn
from carrel.protocols import Retrying
from carrel.rendering import notices


class Loop:
    """Runs the turns of a session."""

    def __init__(self, parts: LoopParts) -> None:
        self._parts = parts
        self._memory = parts.memory
        self._lifecycle = Lifecycle(parts)
        self._caller = ModelCaller(parts)
        self._steps = StepRunner(parts, self._caller)

    def prefetch(self, text: str) -> Prefetch | None:
        """Start to search for a message, for `begin`: its meaning is looked up while it is stored."""
        return prefetch(self._memory, text) if self._parts.page_in else None

    def begin(self, memory: Memory, session: str, text: str, prefetched: Prefetch | None = None) -> TurnState:
        """Store the user's message and a running turn, for `run`, in the transaction of this memory.

        Raises:
            LimitReached: the session may take no more tokens; nothing is stored.
        """
        return self._lifecycle.begin(memory, session, text, prefetched)

    def run(self, turn: TurnState) -> Iterator[Event]:
        """Answer the message of a turn that has begun, yielding what happens until the answer is complete.

        Whatever interrupts the turn, every committed message stays and the turn is closed as interrupted or failed.
        """
        yield from self._lifecycle.carry(turn, self._run(turn))

    def resume(self, session: str) -> Iterator[Event]:
        """Go on with a session's last turn where it was left; yield nothing where it ended with a reply.

        Calls that were executed are not executed again; one that was started and never ended is called unknown.
        Raise LimitReached where the session may take no more tokens.
        """
        if reopened := self._lifecycle.reopen(session):
            turn, unfinished = reopened
            yield from self._lifecycle.carry(turn, self._resume(turn, unfinished))

    def compact(self, session: str) -> QueueFlushed | None:
        """Replace all but the last turn of a session's queue by a summary; None where there is no other turn."""
        self._caller.renew_budget()
        return self._caller.assembler.compact(session, self._caller.budget)

    def suggest_title(self, session: str) -> str:
        """Return a title for a session that the language model finds; empty where none is connected."""
        model = self._parts.model
        return suggest_title(model, self._memory.recall.of_session(session)) if model.is_language_model else ""

    def _run(self, turn: TurnState) -> Generator[Event, None, None]:
        yield TurnStarted(turn.id, turn.session)
        contract = yield from self._choose_contract(turn)
        yield from self._take_in(turn)
        yield from self._with_capture(turn, self._run_steps(turn, contract))

    def _resume(self, turn: TurnState, unfinished: UnfinishedTurn) -> Generator[Event, None, None]:
        yield TurnStarted(turn.id, turn.session)
        contract = yield from self._choose_contract(turn)
        turn.text = contract.recollect(unfinished)
        if turn.text:
            return
        yield from self._take_in(turn)
        yield from contract.translate_calls(self._steps.run_open_calls(turn, unfinished))
        turn.notices = (*turn.notices, notices.RESUMED)
        yield from self._with_capture(turn, self._run_steps(turn, contract))

    def _choose_contract(self, turn: TurnState) -> Generator[Event, None, ContractTurn]:
        """Start the turn under the contract that the model obeys, which is found out first where it is not known."""
        ladder = self._parts.ladder
        if change := (yield from _as_events(ladder.settle(self._parts.model))):
            tokens = turn.add_usage(change.usage)
            yield ContractChosen(change.rung, change.before, change.requests, tokens)
        contract = self._parts.contract or CONTRACTS[ladder.rung, ladder.tools]
        self._caller.assembler.use(contract)
        return contract.start(turn, self._memory)

    def _take_in(self, turn: TurnState) -> Generator[Event, None, None]:
        """Take the budget of the turn, archive a message that is too long, and recall what it is about."""
        self._caller.renew_budget()
        budget, assembler = self._caller.budget, self._caller.assembler
        yield from assembler.archive_paste(turn.message, budget)
        if not self._parts.page_in:
            return
        visible = assembler.visible(turn, budget)
        turn.page = page_in(self._memory, turn.message, visible, budget, self._parts.counter, turn.prefetched)
        turn.page_due = True
        if turn.page.hits:
            yield PagedIn(tuple(turn.page.hits))

    def _with_capture(self, turn: TurnState, steps: Iterator[Event]) -> Generator[Event, None, None]:
        """Run the steps, and keep what the user has said of themselves, even where the model gives no answer."""
        try:
            yield from steps
        except ModelFailed:
            yield from self._capture(turn)
            raise
        yield from self._capture(turn)

    def _capture(self, turn: TurnState) -> Iterator[Event]:
        parts, contract = self._parts, self._caller.assembler.contract
        if turn.refused or parts.capture == "off" or (parts.capture == "auto" and contract.tools == "all"):
            return
        reads = parts.model.is_language_model and parts.ladder.rung in {"native", "action"}
        known = len(turn.changes)
        turn.add_usage(Capture(self._memory, parts.model if reads else None).run(turn.message))
        turn.changes = self._memory.turns.changes(turn.id)
        for change in turn.changes[known:]:
            yield MemoryChanged(change)

    def _run_steps(self, turn: TurnState, contract: ContractTurn) -> Generator[Event, None, None]:
        """Step until a reply ends the turn, or a limit is reached: then once more, without tools."""
        turn.notices = (*contract.opening(), *turn.notices)
        reply = contract.last_reply
        while reply is None or not (turn.stopped or contract.ends(reply)):
            turn.totals.seconds = self._parts.clock.monotonic() - turn.started
            turn.stopped = reached_limit(self._parts.limits, turn.totals)
            turn.notices = (notices.LIMIT_REACHED[turn.stopped],) if turn.stopped else turn.notices
            closing = turn.stopped is not None or not contract.may_call
            reply = yield from contract.translate_step(self._steps.run(turn, closing, contract.is_final), closing)
        turn.text, turn.finish = contract.answer(reply), reply.finish
        if not turn.text or is_call_as_text(turn.text):
            raise no_answer(self._parts.model.name, turn.text, turn.finish, turn.stopped)


def _as_events(
    settling: Generator[Retrying, None, RungChange | None],
) -> Generator[RequestRetried, None, RungChange | None]:
    """Pass on which attempts are repeated while a contract is looked for."""
    while True:
        try:
            retry = next(settling)
        except StopIteration as done:
            change: RungChange | None = done.value
            return change
        yield RequestRetried(retry.reason, retry.wait, discarded=False)
