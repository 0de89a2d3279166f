"""Main context of a session: gathered from memory, relieved by flushes, compiled before each request."""

import json
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from carrel.agent.context.compiler import Compiled, Compiler, Desk
from carrel.agent.context.core_view import Head, head_of
from carrel.agent.context.page_in import OnDesk
from carrel.agent.context.pastes import archive_paste
from carrel.agent.events import Archived, Evicted, PagedIn
from carrel.agent.prompts import prompt
from carrel.agent.summary.compaction import Summariser
from carrel.agent.turn.state import Turn
from carrel.agent.window.budget import PER_MESSAGE
from carrel.agent.window.prompt_set import Contract
from carrel.agent.window.truncate import fitted
from carrel.memory.store import Memory
from carrel.memory.values import SessionState, StoredMessage
from carrel.messages import ToolSchema
from carrel.rendering.prompt import Tail
from carrel.text import clean_text
from carrel.tools.tool import Toolbox


class MainContext:
    """What an agent has on its desk."""

    def __init__(
        self,
        memory: Memory,
        compiler: Compiler,
        summariser: Summariser,
        toolbox: Toolbox,
        evict_share: float,
        contract: Contract,
    ) -> None:
        self._memory = memory
        self._compiler = compiler
        self._summariser = summariser
        self._schemas = toolbox.schemas
        self._lean = toolbox.lean_schemas
        self._evict_share = evict_share
        self._contract = contract

    def settle(self) -> None:
        """Share the window out anew, once it has changed."""
        self._compiler.squeeze(self._instructions, self._tools)

    @property
    def most(self) -> int:
        """The tokens that a single message may take."""
        return self._compiler.message(self._instructions, self._tools)

    def take_in(self, message: StoredMessage) -> Iterator[Archived]:
        """Put a message that takes more than its share on the desk into archival too, in pieces, to be searched."""
        if message.tokens + PER_MESSAGE > self.most:
            pieces = archive_paste(self._memory, message)
            yield Archived(message.id, len(message.text), pieces)

    def on_desk(self, turn: Turn) -> OnDesk:
        """Return what the agent can read without looking anything up."""
        queue, state = self._queue(turn), self._state(turn)
        facts = [state.summary, *(block.value for block in state.blocks)]
        return OnDesk.of(queue, self._compiler.cut(queue, self.most), facts)

    def prepared(self, turn: Turn, closing: bool) -> Generator[Evicted | PagedIn, None, tuple[Desk, Compiled]]:
        """Compile the context, flushing the queue until it fits. Raise DoesNotFit.

        What was recalled is chosen anew where a flush has taken messages off the desk: one of them may be what the
        turn is about.
        """
        if turn.page.most != self._compiler.budget.recalled:
            yield from self._page_again(turn)
        desk = self._desk(turn, closing)
        while (flush := self._compiler.plan(desk, self._evict_share)) is not None:
            if not flush.evicted:
                break
            yield self._flush(turn, desk.summary, flush.evicted)
            yield from self._page_again(turn)
            desk = self._desk(turn, closing)
        return desk, self._compiler.compile(desk)

    def _page_again(self, turn: Turn) -> Iterator[PagedIn]:
        if not turn.page.offered:
            return
        before = turn.page.hits
        turn.page = turn.page.again(self.on_desk(turn), self._compiler.budget.recalled, self._compiler.counter)
        if turn.page.hits != before:
            yield PagedIn(tuple(turn.page.hits))

    def _flush(self, turn: Turn, summary: str, evicted: tuple[StoredMessage, ...]) -> Evicted:
        """Put a summary in the place of messages; the head is written anew, since the bytes change anyway."""
        most = self._compiler.budget.summary
        said = clean_text(self._summariser.summarise(summary, evicted, most))
        written = fitted(said, most, self._compiler.counter)
        spent = turn.took(self._summariser.usage)
        with self._memory.transaction() as memory:
            memory.queue.evict(turn.session, turn.id, evicted, written, spent)
            memory.sessions.set_head(turn.session, "")
        turn.discard_reads()
        return Evicted(len(evicted), sum(message.tokens for message in evicted), written)

    def _queue(self, turn: Turn) -> Sequence[StoredMessage]:
        """Return what stands in the queue: only the turn that has the agent changes it."""
        if turn.queue is None:
            turn.queue = self._memory.queue.load(turn.session)
        return turn.queue

    def _state(self, turn: Turn) -> SessionState:
        if turn.session_state is None:
            turn.session_state = self._memory.session_state(turn.session)
        return turn.session_state

    def _desk(self, turn: Turn, closing: bool) -> Desk:
        memory, state = self._memory, self._state(turn)
        tail = Tail(
            nonce=turn.id[2:6],
            now=memory.now(),
            recall=state.counts.recall,
            archival=state.counts.archival,
            recalled=turn.page.lines,
            notices=turn.notices,
        )
        desk = Desk(
            instructions=self._instructions,
            head=Head({}),
            summary=state.summary,
            queue=self._queue(turn),
            tail=tail,
            tools=() if closing else self._tools,
            pressure=self._contract.pressure,
        )
        turn.core = {block.label: block.value for block in state.blocks}
        known = json.loads(state.core_head) if state.core_head else None
        head = head_of(known, state.blocks, self._compiler.shown(desk), self._compiler.budget, self._compiler.counter)
        if head.renewed:
            memory.sessions.set_head(turn.session, json.dumps(head.core, ensure_ascii=False))
            turn.session_state = None  # it shows the new head from now on
        return replace(desk, head=head)

    @property
    def _instructions(self) -> str:
        return prompt(self._contract.lean_prompt if self._compiler.budget.small else self._contract.prompt)

    @property
    def _tools(self) -> tuple[ToolSchema, ...]:
        return self._lean if self._compiler.budget.small else self._schemas
