"""The loop: one user message up to the final reply, each step on disk before the next begins."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from carrel.agent.context.page_in import page_in, prefetch
from carrel.agent.events import (
    Answer,
    Event,
    MemoryChanged,
    PagedIn,
    TextDelta,
    ToolCalled,
    ToolReturned,
    TurnStarted,
)
from carrel.agent.limits import MAX_SAME_CALLS, reached
from carrel.agent.turn.model_call import Asked, Asking
from carrel.agent.turn.no_answer import is_call_as_text, no_answer
from carrel.agent.turn.state import Parts, Turn
from carrel.errors import CarrelError, LimitReached
from carrel.memory.journal.retrievals import Offered
from carrel.memory.search.search import Prefetch
from carrel.memory.store import Memory
from carrel.memory.turns.steps import NewStep
from carrel.memory.values import StoredMessage, TurnCall, UnfinishedTurn
from carrel.messages import AssistantMessage, ToolCall, ToolResult
from carrel.protocols import Reply
from carrel.rendering import notices
from carrel.text import clean_text
from carrel.tools.tool import ToolContext

LETTERS_PER_TOKEN = 3
"""For the cut of a tool's result, on the safe side of English prose."""

LONGEST_ID = 40
LONGEST_NAME = 64
"""Characters of a call's id and name that are kept: some models make them up, and servers refuse long ones."""


class Loop:
    """Runs turns."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._memory = parts.memory
        self._asking = Asking(parts)

    def prefetch(self, text: str) -> Prefetch | None:
        """Start to search for a message, for `begin`: while it is stored its meaning is looked up."""
        return prefetch(self._memory, text) if self._parts.page_in else None

    def begin(self, memory: Memory, session: str, text: str, prefetched: Prefetch | None = None) -> Turn:
        """Store the user's message and a running turn, for `run`, in the transaction of this memory.

        Raises:
            LimitReached: the session may take no more tokens; nothing is stored.
        """
        before = self._session_tokens(memory, session)
        queue = memory.queue.load_repaired(session)
        turn_id, message = memory.turns.begin(session, text, self._parts.model.name)
        turn = self._turn(turn_id, message, before, [*queue, message])
        turn.prefetched = prefetched
        return turn

    def run(self, turn: Turn) -> Iterator[Event]:
        """Answer the message of a turn that has begun, yielding what happens until the answer is complete.

        Whatever interrupts the turn, every committed message stays and the turn is closed as interrupted or failed.
        """
        yield from self._carried(turn, self._events(turn))

    def resume(self, session: str) -> Iterator[Event]:
        """Go on with a session's last turn where it was left; yield nothing where it ended with a reply.

        Calls that were executed are not executed again; one that was started and never ended is called unknown.
        """
        with self._memory.transaction() as memory:
            memory.queue.repair(session)
            unfinished = memory.turns.reopen(session)
            if unfinished is None:
                return
            before = self._session_tokens(memory, session)  # where this raises, the turn stays as it was closed
        turn = self._turn(unfinished.turn, unfinished.message, before)
        turn.spent.steps = unfinished.steps
        turn.changes = self._memory.turns.changes(turn.id)
        yield from self._carried(turn, self._resumed(turn, unfinished))

    def _turn(
        self, turn_id: str, message: StoredMessage, tokens: int, queue: Sequence[StoredMessage] | None = None
    ) -> Turn:
        turn = Turn(turn_id, message.session, message, self._parts.clock.monotonic(), queue)
        turn.spent.session_tokens = tokens
        return turn

    def _session_tokens(self, memory: Memory, session: str) -> int:
        """Return what the session has taken so far. Raise LimitReached where that is all that it may."""
        most = self._parts.limits.session_tokens
        taken = memory.steps.session_tokens(session) if most else 0
        if most and taken >= most:
            raise LimitReached(
                f"Session '{session}' has used {taken} of {most} tokens.",
                "Start a new one, or raise the setting 'max_session_tokens'.",
            )
        return taken

    def _carried(self, turn: Turn, events: Iterator[Event]) -> Iterator[Event]:
        """Carry a turn to its end, and close it however it ends."""
        seen: list[Event] = []
        whole, failure = False, ""
        try:
            for event in events:
                seen.append(event)
                yield event
            whole = True
        except CarrelError as error:
            failure = str(error)
            raise
        finally:
            if not whole:
                self._close(turn, failure)
        if not turn.complete:
            self._memory.complete(turn.id)
        yield self._answer(turn, tuple(event for event in seen if not isinstance(event, TextDelta)))

    def _events(self, turn: Turn) -> Iterator[Event]:
        yield TurnStarted(turn.id, turn.session)
        self._asking.renew()
        yield from self._asking.context.take_in(turn.message)
        yield from self._page_in(turn)
        yield from self._steps(turn)

    def _resumed(self, turn: Turn, unfinished: UnfinishedTurn) -> Iterator[Event]:
        yield TurnStarted(turn.id, turn.session)
        turn.text = unfinished.reply
        if turn.text:
            return
        self._asking.renew()
        yield from self._asking.context.take_in(turn.message)
        yield from self._page_in(turn)
        page = self._asking.context.most // max(1, len(unfinished.calls))
        room = page * LETTERS_PER_TOKEN
        turn.core = self._memory.core.read_in(turn.id, unfinished.steps) if unfinished.calls else {}
        for call in unfinished.calls:
            context = ToolContext(self._memory, turn.id, call.step, call.position, room, page, core=turn.core)
            yield from self._execute(turn, call.call, context)
        turn.notices = (*turn.notices, notices.RESUMED)
        yield from self._steps(turn)

    def _steps(self, turn: Turn) -> Iterator[Event]:
        """Step until a reply ends the turn, or a limit: then once more, without tools."""
        reply = None
        while reply is None or not (turn.stopped or self._ends(turn, reply)):
            turn.spent.seconds = self._parts.clock.monotonic() - turn.began
            turn.stopped = reached(self._parts.limits, turn.spent)
            turn.notices = (notices.LIMIT_REACHED[turn.stopped],) if turn.stopped else turn.notices
            reply = yield from self._step(turn, closing=turn.stopped is not None)
        turn.text, turn.finish = self._spoken(reply), reply.finish
        if not turn.text or is_call_as_text(turn.text):
            raise no_answer(self._parts.model.name, turn.text, turn.finish, turn.stopped)

    def _ends(self, turn: Turn, reply: Reply) -> bool:
        """Return whether a reply ends the turn: text without calls does; one that says nothing is asked about once."""
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
        turn.spent.cuts += reply.finish == "length"
        turn.notices, turn.nudged = (notices.REPLY_EMPTY,), True
        return False

    def _spoken(self, reply: Reply) -> str:
        """Return what the user is answered, once the turn has ended with a reply."""
        return reply.message.text

    def _page_in(self, turn: Turn) -> Iterator[Event]:
        if not self._parts.page_in:
            return
        on_desk = self._asking.context.on_desk(turn)
        budget, counter = self._parts.compiler.budget, self._parts.counter
        turn.page = page_in(self._memory, turn.message, on_desk, budget, counter, turn.prefetched)
        turn.page_due = True
        if turn.page.hits:
            yield PagedIn(tuple(turn.page.hits))

    def _step(self, turn: Turn, closing: bool = False) -> Generator[Event, None, Reply]:
        """Make room, ask once, do what was asked; calls that were cut off are not executed."""
        turn.spent.steps += 1
        compiler = self._parts.compiler
        asked = yield from self._asking.ask(turn, closing)
        most = 0 if closing else compiler.most_calls(asked.desk)
        made = len(asked.reply.message.calls)
        turn.notices = (notices.too_many_calls(most, made),) if made > most else ()
        cut = asked.reply.finish in {"length", "content_filter"} and made > 0 and not closing
        step = f"{turn.id[2:8]}_{turn.spent.steps}"
        reply = replace(asked.reply, message=_tidied(asked.reply.message, step, 0 if cut else most))
        last = self._answers(reply) and not cut
        with self._memory.transaction() as memory:
            self._store(memory, turn, asked, reply)
            if last:
                memory.complete(turn.id)
        turn.complete = last
        turn.kept()
        if cut:
            turn.spent.cuts += 1
            turn.notices = (notices.REPLY_TRUNCATED,)
            return asked.reply if asked.reply.finish == "length" else reply
        share = compiler.room(asked.desk, reply.message)
        room = share * LETTERS_PER_TOKEN
        page = min(share, compiler.message(asked.desk.instructions, asked.desk.tools))
        for position, call in enumerate(reply.message.calls):
            context = ToolContext(self._memory, turn.id, turn.spent.steps, position, room, page, core=turn.core)
            yield from self._execute(turn, call, context)
        return reply

    def _answers(self, reply: Reply) -> bool:
        """Return whether a reply is surely a turn's last: then the turn ends in the transaction that stores it."""
        return bool(reply.message.text) and not reply.message.calls and not is_call_as_text(reply.message.text)

    def _store(self, memory: Memory, turn: Turn, asked: Asked, reply: Reply) -> None:
        turn.discard_reads()
        self._record_page(memory, turn)
        step = NewStep(
            turn=turn.id,
            number=turn.spent.steps,
            request=asked.compiled.window(),
            estimated_tokens=asked.compiled.tokens,
            model=self._parts.model.name,
            message=reply.message,
            finish=reply.finish,
            usage=reply.usage,
        )
        memory.steps.add(turn.session, step)

    def _record_page(self, memory: Memory, turn: Turn) -> None:
        """Keep what was offered for the user's message, once, with the first step that saw it."""
        if turn.page_due:
            memory.retrievals.record(turn.id, None, "page_in", turn.message.text[:1000], turn.page.offered)

    def _execute(self, turn: Turn, call: ToolCall, context: ToolContext) -> Iterator[Event]:
        yield ToolCalled(context.step, call.name, call.arguments)
        toolbox = self._parts.toolbox
        effect = toolbox.effect(call.name)
        refusal = self._refusal(turn, call, (turn.id, context.step, context.position))
        known = len(turn.changes)
        turn.discard_reads()

        def run(memory: Memory) -> ToolResult:
            if refusal:
                return ToolResult(call.id, call.name, refusal, ok=False)
            return toolbox.run(call, replace(context, memory=memory))

        stored = self._memory.execute(
            TurnCall(turn.session, turn.id, context.step, context.position, call),
            "none" if refusal else effect,
            run,
            lambda memory: self._record_found(memory, turn, call, context),
        )
        yield ToolReturned(context.step, call.name, stored.text, stored.ok)
        turn.changes = self._memory.turns.changes(turn.id)
        for change in turn.changes[known:]:
            yield MemoryChanged(change)

    def _record_found(self, memory: Memory, turn: Turn, call: ToolCall, context: ToolContext) -> None:
        """Keep what a call has found."""
        if context.found:
            offered = [Offered(hit) for hit in context.found]
            memory.retrievals.record(turn.id, context.step, "tool", call.arguments[:1000], offered)
            turn.found.extend(context.found)

    def _refusal(self, turn: Turn, call: ToolCall, key: tuple[str, int, int]) -> str:
        """Say why a call is not executed: it was made too often, or nobody allows it; empty where it may be."""
        if turn.spent.again(call) > MAX_SAME_CALLS:
            return notices.call_repeated(call.name, MAX_SAME_CALLS)
        if self._parts.toolbox.approval(call.name) != "ask" or self._memory.calls.was_started(key):
            return ""
        if self._parts.approve is None:
            return notices.consent_needed(call.name)
        allowed = self._parts.approve(call.name, call.arguments)
        return "" if allowed else notices.consent_refused(call.name)

    def _close(self, turn: Turn, failure: str) -> None:
        """Close a turn that came to no end: as failed where it says why, else as interrupted."""
        with self._memory.transaction() as memory:
            self._keep_failed(memory, turn)
            memory.turns.recover()
            if failure:
                memory.turns.end(turn.id, "failed", failure)

    def _keep_failed(self, memory: Memory, turn: Turn) -> None:
        """Keep what a step that failed was offered, was asked and had said; nothing of it is executed."""
        number = turn.spent.steps
        if memory.steps.exists(turn.id, number):
            return
        self._record_page(memory, turn)
        if turn.sent is not None:
            model = self._parts.model.name
            failed = NewStep(turn.id, number, turn.sent.window(), turn.sent.tokens, model)
            memory.steps.add(turn.session, failed)
        if text := clean_text("".join(turn.partial)):
            memory.steps.add_partial(turn.session, turn.id, number, AssistantMessage(text))

    def _answer(self, turn: Turn, events: tuple[Event, ...]) -> Answer:
        retrieved = {hit.id: hit for hit in [*turn.page.hits, *turn.found]}
        return Answer(
            text=turn.text,
            turn=turn.id,
            session=turn.session,
            steps=turn.spent.steps,
            events=events,
            memory=tuple(turn.changes),
            retrieved=tuple(retrieved.values()),
            usage=turn.usage,
            finish=turn.finish,
            stopped=turn.stopped,
        )


def _tidied(message: AssistantMessage, step: str, most: int) -> AssistantMessage:
    """Return what the model said as it can be stored and sent again: cleaned, at most so many calls, each with an id.

    An id that is missing, too long or not the only one of its kind is replaced; text of mere white space is none.
    """
    text = clean_text(message.text)
    calls: list[ToolCall] = []
    for position, call in enumerate(message.calls[:most]):
        known = {made.id for made in calls}
        good = 0 < len(call.id) <= LONGEST_ID and clean_text(call.id) == call.id and call.id not in known
        call_id = call.id if good else f"call_{step}_{position}"
        calls.append(ToolCall(call_id, clean_text(call.name, LONGEST_NAME), clean_text(call.arguments)))
    return AssistantMessage(text if text.strip() else "", tuple(calls))
