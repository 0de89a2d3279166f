"""The loop: one user message up to the final reply, each step on disk before the next begins."""

from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace

from carrel.agent.compaction import Summariser
from carrel.agent.context import Compiled, Compiler
from carrel.agent.contract import NATIVE, Contract
from carrel.agent.events import (
    Answer,
    ContextCompiled,
    Event,
    MemoryChanged,
    PagedIn,
    TextDelta,
    ToolCalled,
    ToolReturned,
    TurnStarted,
)
from carrel.agent.main_context import MainContext
from carrel.agent.measure import Measure
from carrel.agent.page_in import Page, page_in
from carrel.errors import CarrelError, ModelFailed
from carrel.memory.retrievals import Offered
from carrel.memory.store import Memory
from carrel.memory.values import Hit, MemoryEvent, StoredMessage
from carrel.messages import AssistantMessage, ToolCall, ToolResult, Usage
from carrel.protocols import ChatModel, Reply, TextPiece, TokenCounter
from carrel.text import clean_text
from carrel.tools.tool import Toolbox, ToolContext

MAX_SAME_CALLS = 3
"""A call that is repeated more often than this in one turn will not fare better the next time."""

LETTERS_PER_TOKEN = 3
"""For the cut of a tool's result, on the safe side of English prose."""

LONGEST_NAME = 40
"""Characters of a call's id and name that are kept: some models make them up, and servers refuse long ones."""

EMPTY = "Your reply was empty. Answer the user, or call a tool."
TOO_MANY = "Only the first {most} of your {made} calls were executed: call again for the rest."
LAST = "You have used all the steps of this turn. Answer the user now with what you know; no tool can be called."


@dataclass(frozen=True, slots=True)
class Parts:
    """What a loop is made of."""

    memory: Memory
    model: ChatModel
    toolbox: Toolbox
    compiler: Compiler
    counter: TokenCounter
    summariser: Summariser
    max_steps: int
    max_turn_tokens: int
    evict_share: float
    page_in: bool
    measure: Measure
    contract: Contract = NATIVE


@dataclass(slots=True)
class Turn:
    """One turn as it goes on."""

    id: str
    session: str
    page: Page = field(default_factory=Page)
    step: int = 0
    text: str = ""
    usage: Usage = field(default_factory=Usage)
    tokens: int = 0
    notices: tuple[str, ...] = ()
    nudged: bool = False
    same_calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    found: list[Hit] = field(default_factory=list)
    changes: list[MemoryEvent] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)


class Loop:
    """Runs turns."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._memory = parts.memory
        self._context = MainContext(
            parts.memory, parts.compiler, parts.summariser, parts.toolbox, parts.evict_share, parts.contract
        )

    def run(self, session: str, text: str) -> Iterator[Event]:
        """Take one user message, yielding what happens until the answer is complete.

        Whatever interrupts the turn, every committed message stays and the turn is closed as interrupted or failed.
        """
        turn_id, message = self._memory.turns.begin(session, text, self._parts.model.name)
        turn = Turn(turn_id, session)
        seen: list[Event] = []
        try:
            for event in self._events(turn, message):
                seen.append(event)
                yield event
        except CarrelError as error:
            self._memory.turns.recover()
            self._memory.turns.end(turn.id, "failed", str(error))
            raise
        except BaseException:
            self._keep_partial(turn)
            self._memory.turns.recover()
            raise
        self._memory.turns.end(turn.id, "complete")
        yield self._answer(turn, tuple(event for event in seen if not isinstance(event, TextDelta)))

    def _events(self, turn: Turn, message: StoredMessage) -> Iterator[Event]:
        yield TurnStarted(turn.id, turn.session)
        self._parts.compiler.budget = self._parts.measure.budget()
        yield from self._context.take_in(message)
        if self._parts.page_in:
            yield from self._page_in(turn, message)
        while self._may_go_on(turn):
            reply = yield from self._step(turn)
            if self._ends(turn, reply):
                break
        else:
            turn.notices = (LAST,)
            reply = yield from self._step(turn, closing=True)
        turn.text = self._spoken(reply)
        if not turn.text:
            raise ModelFailed(
                f"Model '{self._parts.model.name}' gave an empty reply.", "Ask again, or try another model."
            )

    def _ends(self, turn: Turn, reply: Reply) -> bool:
        """Return whether a reply ends the turn: text without calls does; an empty one is asked about once."""
        if not reply.message.calls and (reply.message.text or turn.nudged):
            return True
        turn.nudged = not reply.message.calls
        turn.notices = (EMPTY,) if turn.nudged else turn.notices
        return False

    def _spoken(self, reply: Reply) -> str:
        """Return what the user is answered, once the turn has ended with a reply."""
        return reply.message.text

    def _may_go_on(self, turn: Turn) -> bool:
        return turn.step < self._parts.max_steps and turn.tokens < self._parts.max_turn_tokens

    def _page_in(self, turn: Turn, message: StoredMessage) -> Iterator[Event]:
        on_desk = self._context.on_desk(turn.session)
        turn.page = page_in(self._memory, message, on_desk, self._parts.compiler.budget, self._parts.counter)
        self._memory.retrievals.record(turn.id, None, "page_in", message.text[:1000], turn.page.offered)
        if turn.page.hits:
            yield PagedIn(tuple(turn.page.hits))

    def _step(self, turn: Turn, closing: bool = False) -> Generator[Event, None, Reply]:
        """Make room, ask once, do what was asked."""
        turn.step += 1
        desk, compiled = yield from self._context.prepared(
            turn.id, turn.session, turn.page.lines, turn.notices, closing
        )
        yield ContextCompiled(turn.step, compiled.account)
        reply = yield from self._ask(turn, compiled)
        most = 0 if closing else self._parts.compiler.most_calls(desk)
        made = len(reply.message.calls)
        turn.notices = (TOO_MANY.format(most=most, made=made),) if made > most else ()
        reply = replace(reply, message=_tidied(reply.message, f"{turn.id[2:8]}_{turn.step}", most))
        if reply.message.text or reply.message.calls:
            self._store(turn, compiled, reply)
        room = self._parts.compiler.room(desk, reply.message) * LETTERS_PER_TOKEN
        page = self._parts.compiler.message(desk.instructions, desk.tools)
        for position, call in enumerate(reply.message.calls):
            context = ToolContext(self._memory, turn.id, turn.step, position, room, page)
            yield from self._execute(turn, call, context)
        return reply

    def _ask(self, turn: Turn, compiled: Compiled) -> Generator[Event, None, Reply]:
        turn.partial = []
        for piece in self._parts.model.stream(compiled.request):
            if isinstance(piece, TextPiece):
                turn.partial.append(piece.text)
                yield TextDelta(piece.text)
            else:
                usage = piece.usage or Usage(compiled.tokens, self._parts.counter.count(_said(piece.message)))
                turn.usage += replace(usage, calls=1)
                turn.tokens += usage.prompt + usage.completion
                turn.partial = []
                if cut := self._parts.measure.cut(compiled.tokens, piece.usage):
                    yield cut
                return piece
        raise ModelFailed(f"Model '{self._parts.model.name}' ended without a reply.", "Ask again.")

    def _store(self, turn: Turn, compiled: Compiled, reply: Reply) -> None:
        self._memory.turns.add_step(
            turn.session,
            turn.id,
            turn.step,
            reply.message,
            compiled.window(),
            compiled.tokens,
            reply.usage,
            reply.finish,
            self._parts.model.name,
        )

    def _execute(self, turn: Turn, call: ToolCall, context: ToolContext) -> Iterator[Event]:
        yield ToolCalled(turn.step, call.name, call.arguments)
        effect = self._parts.toolbox.effect(call.name)
        known = len(turn.changes)
        stored = self._memory.turns.settle(
            turn.session, turn.id, turn.step, context.position, call, effect, lambda: self._run(turn, call, context)
        )
        if context.found:
            offered = [Offered(hit) for hit in context.found]
            self._memory.retrievals.record(turn.id, turn.step, "tool", call.arguments[:1000], offered)
            turn.found.extend(context.found)
        yield ToolReturned(turn.step, call.name, stored.text, stored.ok)
        turn.changes = self._memory.turns.changes(turn.id)
        for change in turn.changes[known:]:
            yield MemoryChanged(change)

    def _run(self, turn: Turn, call: ToolCall, context: ToolContext) -> ToolResult:
        """Execute a call, unless the same one was made too often."""
        turn.same_calls[call.name, call.arguments] += 1
        if turn.same_calls[call.name, call.arguments] > MAX_SAME_CALLS:
            text = f"Error: {call.name} was called {MAX_SAME_CALLS} times like this. Try another way, or answer."
            return ToolResult(call.id, call.name, text, ok=False)
        return self._parts.toolbox.run(call, context)

    def _keep_partial(self, turn: Turn) -> None:
        """Store what the model had said when it was interrupted; nothing half-parsed is executed."""
        if text := clean_text("".join(turn.partial)):
            self._memory.turns.add_partial(turn.session, turn.id, turn.step, AssistantMessage(text))

    def _answer(self, turn: Turn, events: tuple[Event, ...]) -> Answer:
        retrieved = {hit.id: hit for hit in [*turn.page.hits, *turn.found]}
        return Answer(
            text=turn.text,
            turn=turn.id,
            session=turn.session,
            steps=turn.step,
            events=events,
            memory=tuple(turn.changes),
            retrieved=tuple(retrieved.values()),
            usage=turn.usage,
        )


def _tidied(message: AssistantMessage, step: str, most: int) -> AssistantMessage:
    """Return what the model said as it can be stored and sent again: cleaned, at most so many calls, each with an id.

    An id that is missing, too long or not the only one of its kind is replaced; text of mere white space is none.
    """
    text = clean_text(message.text)
    calls: list[ToolCall] = []
    for position, call in enumerate(message.calls[:most]):
        known = {made.id for made in calls}
        good = 0 < len(call.id) <= LONGEST_NAME and clean_text(call.id) == call.id and call.id not in known
        call_id = call.id if good else f"call_{step}_{position}"
        calls.append(ToolCall(call_id, clean_text(call.name, LONGEST_NAME), clean_text(call.arguments)))
    return AssistantMessage(text if text.strip() else "", tuple(calls))


def _said(message: AssistantMessage) -> str:
    """Return all that the model wrote, to be counted."""
    return message.text + "".join(call.name + call.arguments for call in message.calls)
