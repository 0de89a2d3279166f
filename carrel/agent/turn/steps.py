"""The steps of a turn: ask once, store the reply, execute its calls. Each is on disk before the next begins."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

from carrel.agent.events import Event, MemoryChanged, ToolCalled, ToolReturned
from carrel.agent.limits import MAX_SAME_CALLS
from carrel.agent.turn.contract import Steps
from carrel.agent.turn.lifecycle import MAX_QUERY, record_page
from carrel.agent.turn.model_call import ModelCaller, ModelCallResult
from carrel.agent.turn.parts import LoopParts
from carrel.agent.turn.state import TurnState
from carrel.agent.window.truncate import count_message
from carrel.memory.journal.retrievals import RetrievedHit
from carrel.memory.store import Memory
from carrel.memory.turns.steps import NewStep
from carrel.memory.values import TurnCall, UnfinishedTurn
from carrel.messages import AssistantMessage, ToolCall, ToolResult
from carrel.protocols import Reply
from carrel.rendering import notices
from carrel.text import clean_text
from carrel.tools.tool import ToolContext
from carrel.tools.toolbox import CallOutcome

CHARACTERS_PER_TOKEN = 3
"""For the length of a tool's result; English prose has more."""

MAX_ID = 40
MAX_NAME = 64
"""Characters of a call's id and name that are kept: some models make them up, and servers refuse long ones."""


@dataclass(frozen=True, slots=True)
class _Room:
    """What the result of a call may take: characters, and tokens for a page of a long text."""

    characters: int
    page: int


class StepRunner:
    """Runs the steps of an agent's turns, under any contract."""

    def __init__(self, parts: LoopParts, caller: ModelCaller) -> None:
        self._parts = parts
        self._memory = parts.memory
        self._caller = caller

    def run(self, turn: TurnState, closing: bool, is_final: Callable[[Reply], bool]) -> Steps:
        """Make room, ask once and execute the calls of the reply; those of a reply that was cut off are not executed.

        `closing` leaves the tools out. A reply for which `is_final` holds ends the turn in the transaction that stores
        it.
        """
        turn.totals.steps += 1
        response = yield from self._caller.ask(turn, closing)
        limit = 0 if closing else response.budget.max_calls
        made = len(response.reply.message.calls)
        turn.notices = (notices.render_too_many_calls(limit, made),) if made > limit else ()
        cut = response.reply.finish in {"length", "content_filter"} and made > 0 and not closing
        step = f"{turn.id[2:8]}_{turn.totals.steps}"
        reply = replace(response.reply, message=_clean_message(response.reply.message, step, 0 if cut else limit))
        self._count_obedience(response.reply)
        final = is_final(reply) and not cut
        with self._memory.transaction() as memory:
            self._store(memory, turn, response, reply)
            if final:
                memory.complete(turn.id, turn.changes)
        turn.complete = final
        turn.step_stored()
        if cut:
            turn.totals.truncated += 1
            turn.notices = (notices.REPLY_TRUNCATED,)
            return response.reply if response.reply.finish == "length" else reply
        room = self._room(response, reply.message)
        for position, call in enumerate(reply.message.calls):
            yield from self._execute(turn, TurnCall(turn.session, turn.id, turn.totals.steps, position, call), room)
        return reply

    def _count_obedience(self, reply: Reply) -> None:
        """Tell the ladder whether a reply that was not cut off kept to the contract."""
        if reply.finish in {"length", "content_filter"}:
            return
        obeyed = self._caller.assembler.contract.calling.is_obeyed(reply)
        if any(call.name not in self._parts.toolbox for call in reply.message.calls):
            obeyed = False
        if obeyed is not None:
            self._parts.ladder.count(obeyed)

    def run_open_calls(self, turn: TurnState, unfinished: UnfinishedTurn) -> Generator[Event, None, None]:
        """Execute the calls of a stopped turn that have no result; one that was started is called unknown."""
        page = self._caller.budget.message // max(1, len(unfinished.calls))
        turn.core = self._memory.core.values_seen(turn.id, unfinished.steps) if unfinished.calls else {}
        for call in unfinished.calls:
            yield from self._execute(turn, call, _Room(page * CHARACTERS_PER_TOKEN, page))

    def _room(self, response: ModelCallResult, message: AssistantMessage) -> _Room:
        tokens = count_message(message.text, message.calls, self._parts.counter, message.opaque)
        share = response.budget.result(tokens, len(message.calls))
        return _Room(share * CHARACTERS_PER_TOKEN, min(share, response.budget.message))

    def _store(self, memory: Memory, turn: TurnState, response: ModelCallResult, reply: Reply) -> None:
        turn.discard_reads()
        record_page(memory, turn)
        step = NewStep(
            turn=turn.id,
            number=turn.totals.steps,
            request=response.compiled.parts(),
            estimated_tokens=response.compiled.tokens,
            model=self._parts.model.name,
            message=reply.message,
            finish=reply.finish,
            usage=reply.usage,
        )
        memory.steps.add(turn.session, step)

    def _execute(self, turn: TurnState, made: TurnCall, room: _Room) -> Generator[Event, None, None]:
        """Execute a call, unless it was executed before."""
        call = made.call
        yield ToolCalled(made.step, call.name, call.arguments)
        toolbox = self._parts.toolbox
        context = ToolContext(
            self._memory, turn.id, made.step, made.position, room.characters, page=room.page, core=dict(turn.core)
        )
        refusal = self._refusal(turn, made)
        known = len(turn.changes)
        turn.discard_reads()
        outcomes: list[CallOutcome] = []

        def run(memory: Memory) -> ToolResult:
            if refusal:
                outcomes.append(CallOutcome(ToolResult(call.id, call.name, refusal, ok=False)))
            else:
                outcomes.append(toolbox.run(call, replace(context, memory=memory)))
            return outcomes[-1].result

        stored = self._memory.execute(
            made,
            "none" if refusal else toolbox.effect(call.name),
            run,
            lambda memory: _record_found(memory, made, outcomes[-1]),
        )
        for outcome in outcomes:
            turn.found.extend(outcome.found)
            turn.core |= outcome.core
        yield ToolReturned(made.step, call.name, stored.text, stored.ok)
        turn.changes = self._memory.turns.changes(turn.id)
        for change in turn.changes[known:]:
            yield MemoryChanged(change)

    def _refusal(self, turn: TurnState, made: TurnCall) -> str:
        """Return why a call is not executed: it was made too often, or nobody allows it; empty where it may be."""
        call = made.call
        if turn.totals.count_call(call) > MAX_SAME_CALLS:
            return notices.render_repeated_call(call.name, MAX_SAME_CALLS)
        if self._parts.toolbox.approval(call.name) != "ask" or self._memory.calls.was_started(made.key):
            return ""
        if self._parts.approve is None:
            return notices.render_consent_needed(call.name)
        allowed = self._parts.approve(call.name, call.arguments)
        return "" if allowed else notices.render_consent_refused(call.name)


def _record_found(memory: Memory, made: TurnCall, outcome: CallOutcome) -> None:
    """Record what a call has found."""
    if outcome.found:
        offered = [RetrievedHit(hit) for hit in outcome.found]
        memory.retrievals.record(made.turn, made.step, "tool", made.call.arguments[:MAX_QUERY], offered)


def _clean_message(message: AssistantMessage, step: str, max_calls: int) -> AssistantMessage:
    """Return what the model said as it can be stored and sent again: cleaned, with at most so many calls.

    An id that is missing, too long or not unique is replaced; text that is only white space becomes empty.
    """
    text = clean_text(message.text)
    calls: list[ToolCall] = []
    for position, call in enumerate(message.calls[:max_calls]):
        known = {made.id for made in calls}
        good = 0 < len(call.id) <= MAX_ID and clean_text(call.id) == call.id and call.id not in known
        call_id = call.id if good else f"call_{step}_{position}"
        calls.append(ToolCall(call_id, clean_text(call.name, MAX_NAME), clean_text(call.arguments)))
    return AssistantMessage(text if text.strip() else "", tuple(calls), opaque=message.opaque)
