"""Ask the model once, with a context that fits, whatever the server makes of it."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from carrel.agent.context import Compiled, Compiler, Desk, Tail, fitted
from carrel.agent.events import Event, Evicted, Retried, TextDelta
from carrel.agent.limits import CLOSING_SECONDS
from carrel.agent.prompts import prompt
from carrel.agent.turn import Parts, Turn
from carrel.errors import DoesNotFit, ModelFailed
from carrel.memory.values import StoredMessage
from carrel.messages import AssistantMessage, Usage
from carrel.protocols import Reply, Request, Retrying, TextPiece
from carrel.text import clean_text

SHRINKS = 3
"""How often a context that the server finds too long is made shorter before the turn is given up."""

SHRINK = 0.8
"""Each time to this part of what it was: servers count differently, by up to a fifth."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked and what came of it."""

    desk: Desk
    compiled: Compiled
    reply: Reply


class Asking:
    """Compiles contexts and asks; once a server has found one too long, all later ones are shorter."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._memory = parts.memory
        self.compiler = parts.compiler

    def ask(self, turn: Turn, closing: bool) -> Generator[Event, None, Asked]:
        """Make room, ask, and return the whole reply; closing, without tools."""
        share = self._parts.evict_share
        for shrinks in range(SHRINKS + 1):
            desk, compiled = yield from self._compiled(turn, closing, share)
            try:
                return Asked(desk, compiled, (yield from self._listen(turn, compiled, closing)))
            except DoesNotFit as refusal:
                if shrinks == SHRINKS or not self._shrink(turn, compiled, closing, refusal.limit):
                    raise
                share = 1.0 if shrinks else share
                yield Retried(refusal.message, 0.0, discarded=False)
        raise AssertionError("the last shrink raises")

    def _shrink(self, turn: Turn, compiled: Compiled, closing: bool, limit: int | None) -> bool:
        """Work with a smaller window from now on, and return whether that makes the context any shorter."""
        budget = self.compiler.budget
        window = int(min(budget.window, compiled.tokens + budget.reserve) * SHRINK)
        before, self.compiler = (
            self.compiler,
            Compiler(replace(budget, window=min(window, limit or window)), self._parts.counter),
        )
        try:
            self.compiler.plan(self._desk(turn, closing), 1.0)
        except DoesNotFit:
            self.compiler = before
            return False
        return True

    def _compiled(self, turn: Turn, closing: bool, share: float) -> Generator[Event, None, tuple[Desk, Compiled]]:
        """Compile the context, flushing the queue until it fits."""
        desk = self._desk(turn, closing)
        while (flush := self.compiler.plan(desk, share)) is not None:
            if not flush.evicted:
                break
            yield self._flush(turn, desk.summary, flush.evicted)
            desk = self._desk(turn, closing)
        return desk, self.compiler.compile(desk)

    def _flush(self, turn: Turn, summary: str, evicted: tuple[StoredMessage, ...]) -> Evicted:
        most = self.compiler.budget.summary
        said = clean_text(self._parts.summariser.summarise(summary, evicted, most))
        written = fitted(said, most, self._parts.counter)
        self._memory.turns.evict(turn.session, turn.id, evicted, written)
        return Evicted(len(evicted), sum(message.tokens for message in evicted), written)

    def _desk(self, turn: Turn, closing: bool) -> Desk:
        memory = self._memory
        small = self.compiler.budget.small
        instructions = prompt("system_lean" if small else "system")
        schemas = self._parts.toolbox.lean_schemas if small else self._parts.toolbox.schemas
        tail = Tail(memory.scope.now(), memory.counts(), turn.id[2:6], turn.page.lines, turn.notices)
        queue = memory.turns.queue_of(turn.session)
        summary = memory.turns.summary_of(turn.session)
        return Desk(instructions, memory.core.all(), summary, queue, tail, () if closing else schemas)

    def _listen(self, turn: Turn, compiled: Compiled, closing: bool) -> Generator[Event, None, Reply]:
        turn.partial = []
        stream = self._parts.model.stream(self._request(turn, compiled))
        for piece in stream:
            match piece:
                case TextPiece(text=text):
                    turn.partial.append(text)
                    yield TextDelta(text)
                    if self._overdue(turn, closing):
                        return self._counted(turn, compiled, self._cut_short(turn, stream))
                case Retrying(reason=reason, wait=wait, discard=discard):
                    turn.partial = [] if discard else turn.partial
                    yield Retried(reason, wait, discard)
                case Reply():
                    turn.partial = []
                    return self._counted(turn, compiled, piece)
        raise ModelFailed(f"Model '{self._parts.model.name}' ended without a reply.", "Ask again.")

    def _request(self, turn: Turn, compiled: Compiled) -> Request:
        """Return the request; after a reply that was cut off, with all the room that there is for the next."""
        request = compiled.request
        if not turn.spent.cuts or request.max_tokens is None:
            return request
        return replace(request, max_tokens=max(request.max_tokens, self.compiler.budget.window - compiled.tokens))

    def _overdue(self, turn: Turn, closing: bool) -> bool:
        most = self._parts.limits.seconds + (CLOSING_SECONDS if closing else 0.0)
        return self._parts.monotonic() - turn.began > most

    def _cut_short(self, turn: Turn, stream: Iterator[TextPiece | Retrying | Reply]) -> Reply:
        """Stop listening: what was said so far is the reply, and no call is made."""
        if close := getattr(stream, "close", None):
            close()
        turn.stopped = "time"
        text, turn.partial = "".join(turn.partial), []
        return Reply(AssistantMessage(text), None, "length")

    def _counted(self, turn: Turn, compiled: Compiled, reply: Reply) -> Reply:
        usage = reply.usage or Usage(compiled.tokens, self._parts.counter.count(_said(reply.message)))
        turn.usage += replace(usage, calls=1)
        turn.spent.tokens += usage.prompt + usage.completion
        return reply


def _said(message: AssistantMessage) -> str:
    """Return all that the model wrote, to be counted."""
    return message.text + "".join(call.name + call.arguments for call in message.calls)
