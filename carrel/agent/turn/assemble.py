"""Assemble main context: gather it from memory, flush the queue until it fits, and compile the request."""

import json
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from carrel.agent.context.compiler import CompiledRequest, MainContext, check_fit, compile_request, plan_eviction
from carrel.agent.context.core_view import view_core
from carrel.agent.context.eviction import plan_flush
from carrel.agent.context.page_in import VisibleContext, visible_context
from carrel.agent.context.pastes import archive_paste
from carrel.agent.events import PagedIn, PasteArchived, QueueFlushed
from carrel.agent.prompts import prompt
from carrel.agent.turn.contract import Contract
from carrel.agent.turn.native import NATIVE
from carrel.agent.turn.parts import LoopParts
from carrel.agent.turn.state import TurnState
from carrel.agent.window.budget import PER_MESSAGE, Budget
from carrel.agent.window.fixed_part import FixedPart
from carrel.agent.window.truncate import queue_tokens, truncate_queue, truncate_text
from carrel.memory.values import SessionState, StoredMessage
from carrel.messages import ToolSchema, Usage
from carrel.rendering.prompt import Tail
from carrel.text import clean_text


class Assembler:
    """Assembles the main context of a session's turns."""

    def __init__(self, parts: LoopParts) -> None:
        self._memory = parts.memory
        self._counter = parts.counter
        self._summariser = parts.summariser
        self._evict_share = parts.evict_share
        self._toolbox = parts.toolbox
        self._set_contract(parts.contract or NATIVE)
        self._shown: tuple[Sequence[StoredMessage], int, Sequence[StoredMessage]] | None = None
        """A queue, the tokens of a message in it, and what it is truncated to."""

    def use(self, contract: Contract) -> None:
        """Compile requests for a contract from now on."""
        if contract is not self.contract:
            self._set_contract(contract)

    def _set_contract(self, contract: Contract) -> None:
        self.contract = contract
        prompts, box = contract.prompts, self._toolbox
        core = contract.tools == "core"
        self._full = self._measure(prompts.instructions, box.core_schemas if core else box.schemas)
        self._lean = self._measure(prompts.lean_instructions, box.core_schemas if core else box.lean_schemas)

    def _measure(self, name: str, tools: tuple[ToolSchema, ...]) -> FixedPart:
        """Return instructions, by their name, and the tools that go with them."""
        calling = self.contract.calling
        instructions = calling.describe(prompt(name), tools)
        return FixedPart.measure(instructions, tools, self._counter, calling.native)

    def settle(self, budget: Budget) -> Budget:
        """Return a budget shared out with regard to the instructions and tools that go with its window."""
        return budget.squeeze_to(self._fixed_part(budget).tokens)

    def archive_paste(self, message: StoredMessage, budget: Budget) -> Iterator[PasteArchived]:
        """Put a message that is too long for main context into archival too, in chunks, to be searched."""
        if message.tokens + PER_MESSAGE > budget.message:
            pieces = archive_paste(self._memory, message)
            yield PasteArchived(message.id, len(message.text), pieces)

    def visible(self, turn: TurnState, budget: Budget) -> VisibleContext:
        """Return what the agent can read without searching."""
        queue, state = self._queue(turn), self._state(turn)
        facts = [state.summary, *(block.value for block in state.blocks)]
        return visible_context(queue, self._truncated(queue, budget.message), facts)

    def request_budget(self, budget: Budget, with_tools: bool) -> Budget:
        """Return the budget of a request with or without tools, whose schemas leave the less room for messages."""
        fixed = self._fixed_part(budget)
        return replace(budget, fixed=fixed.tokens if with_tools else fixed.without_tools().tokens)

    def prepare(
        self, turn: TurnState, budget: Budget, with_tools: bool
    ) -> Generator[QueueFlushed | PagedIn, None, CompiledRequest]:
        """Compile a request within a budget, flushing the queue until it fits. Raise DoesNotFit.

        Recalled memories are chosen anew after a flush: what was evicted may be what the turn is about.
        """
        if turn.page.max_tokens != budget.recalled:
            yield from self._page_again(turn, budget)
        context = self._gather(turn, budget, with_tools)
        compiled = compile_request(context, budget, self._counter)
        while (flush := plan_eviction(context, compiled, budget, self._evict_share)) is not None and flush.evicted:
            yield self._flush(turn, context.summary, flush.evicted, budget)
            yield from self._page_again(turn, budget)
            context = self._gather(turn, budget, with_tools)
            compiled = compile_request(context, budget, self._counter)
        check_fit(compiled, budget)
        return compiled

    def compact(self, session: str, budget: Budget) -> QueueFlushed | None:
        """Replace all but the last turn of a queue by a summary; None where there is no other turn."""
        queue = self._memory.queue.load(session)
        evicted = plan_flush(queue, queue_tokens(queue), 1.0).evicted
        if not evicted:
            return None
        flushed, _ = self._summarise(session, None, self._memory.queue.summary(session), evicted, budget)
        return flushed

    def _page_again(self, turn: TurnState, budget: Budget) -> Iterator[PagedIn]:
        if not turn.page.offered:
            return
        before = turn.page.hits
        turn.page = turn.page.choose_again(self.visible(turn, budget), budget.recalled, self._counter)
        if turn.page.hits != before:
            yield PagedIn(tuple(turn.page.hits))

    def _flush(
        self, turn: TurnState, previous: str, evicted: tuple[StoredMessage, ...], budget: Budget
    ) -> QueueFlushed:
        """Replace messages by a summary; the head is written anew, since the bytes change anyway."""
        flushed, usage = self._summarise(turn.session, turn.id, previous, evicted, budget)
        turn.add_usage(usage)
        turn.discard_reads()
        return flushed

    def _summarise(
        self, session: str, turn: str | None, previous: str, evicted: tuple[StoredMessage, ...], budget: Budget
    ) -> tuple[QueueFlushed, Usage]:
        """Replace messages of a session's queue by a summary; return what was done, and what the model took."""
        summary = self._summariser.summarise(previous, evicted, budget.summary, budget.counted_window)
        text = truncate_text(clean_text(summary.text), budget.summary, self._counter)
        spent = summary.usage.prompt + summary.usage.completion
        with self._memory.transaction() as memory:
            memory.queue.evict(session, turn, evicted, text, spent)
            memory.sessions.set_head(session, "", turn)
        return QueueFlushed(len(evicted), sum(message.tokens for message in evicted), text), summary.usage

    def _gather(self, turn: TurnState, budget: Budget, with_tools: bool) -> MainContext:
        """Return what the model is to see now, and keep the head where it was written anew."""
        queue, state = self._queue(turn), self._state(turn)
        turn.core = {block.label: block.value for block in state.blocks}
        kept = json.loads(state.core_head) if state.core_head else None
        shown = self._truncated(queue, budget.message)
        core = view_core(kept, state.blocks, shown, budget, self._counter)
        if core.renewed:
            head = json.dumps(core.blocks, ensure_ascii=False)
            self._memory.sessions.set_head(turn.session, head, turn.id)
            turn.session_state = None  # it shows the new head from now on
        fixed = self._fixed_part(budget)
        return MainContext(
            fixed=fixed if with_tools else fixed.without_tools(),
            core=core,
            summary=state.summary,
            queue=queue,
            shown=shown,
            tail=Tail(
                nonce=turn.id[2:6],
                now=self._memory.now(),
                recall=state.counts.recall,
                archival=state.counts.archival,
                recalled=turn.page.lines,
                notices=turn.notices,
            ),
            pressure=self.contract.prompts.pressure,
            calling=self.contract.calling,
        )

    def _truncated(self, queue: Sequence[StoredMessage], max_tokens: int) -> Sequence[StoredMessage]:
        """Truncate a queue, once for as long as it is the same."""
        if self._shown is None or self._shown[0] is not queue or self._shown[1] != max_tokens:
            self._shown = (queue, max_tokens, truncate_queue(queue, max_tokens, self._counter))
        return self._shown[2]

    def _queue(self, turn: TurnState) -> Sequence[StoredMessage]:
        """Return the session's queue; only the turn that holds the agent changes it."""
        if turn.queue is None:
            turn.queue = self._memory.queue.load(turn.session)
        return turn.queue

    def _state(self, turn: TurnState) -> SessionState:
        if turn.session_state is None:
            turn.session_state = self._memory.session_state(turn.session)
        return turn.session_state

    def _fixed_part(self, budget: Budget) -> FixedPart:
        return self._lean if budget.small else self._full
