"""Ask the model once, with a context that fits, whatever the server makes of it."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from carrel.agent.context.compiler import Compiled, Desk
from carrel.agent.events import ContextCompiled, Event, Retried, TextDelta
from carrel.agent.limits import CLOSING_SECONDS
from carrel.agent.turn.assemble import MainContext
from carrel.agent.turn.state import Parts, Turn
from carrel.errors import DoesNotFit, ModelFailed
from carrel.messages import AssistantMessage, Usage
from carrel.protocols import Reply, Request, Retrying, TextPiece

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
        self._most: int | None = None
        self.context = MainContext(
            parts.memory, parts.compiler, parts.summariser, parts.toolbox, parts.evict_share, parts.contract
        )

    def renew(self) -> None:
        """Take the budget of a new turn, within what the server was found to take."""
        budget = self._parts.measure.budget()
        self._parts.compiler.budget = replace(budget, window=min(budget.window, self._most or budget.window))
        self.context.settle()

    def ask(self, turn: Turn, closing: bool) -> Generator[Event, None, Asked]:
        """Make room, ask, and return the whole reply; closing, without tools."""
        refusal: DoesNotFit | None = None
        bare = closing or not self._parts.model.supports_tools
        for shrinks in range(SHRINKS + 1):
            try:
                desk, compiled = yield from self.context.prepared(turn, bare)
            except DoesNotFit as error:
                raise refusal or error from None
            yield ContextCompiled(turn.spent.steps, compiled.account)
            turn.sent = compiled
            try:
                return Asked(desk, compiled, (yield from self._listen(turn, compiled, closing)))
            except DoesNotFit as error:
                if shrinks == SHRINKS:
                    raise
                refusal = error
                self._shrink(compiled, error.limit)
                yield Retried(error.message, 0.0, discarded=False)
        raise AssertionError("the last shrink raises")

    def _shrink(self, compiled: Compiled, limit: int | None) -> None:
        """Work with a smaller window from now on."""
        budget = self._parts.compiler.budget
        window = int(min(budget.window, compiled.tokens * budget.scale + budget.reserve) * SHRINK)
        self._most = min(window, limit or window)
        self._parts.compiler.budget = replace(budget, window=self._most)
        self.context.settle()

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
                    turn.partial = [piece.message.text]
                    as_sent = self._parts.model.supports_tools or not compiled.request.tools
                    if as_sent and (cut := self._parts.measure.cut(compiled.untooled, piece.usage, compiled.tokens)):
                        yield cut
                    return self._counted(turn, compiled, piece)
        raise ModelFailed(f"Model '{self._parts.model.name}' ended without a reply.", "Ask again.")

    def _request(self, turn: Turn, compiled: Compiled) -> Request:
        """Return the request; after a reply that was cut off, with all the room that there is for the next."""
        request = compiled.request
        if not turn.spent.cuts or request.max_tokens is None:
            return request
        budget = self._parts.compiler.budget
        room = int(budget.window - compiled.tokens * budget.scale)
        return replace(request, max_tokens=max(request.max_tokens, room))

    def _overdue(self, turn: Turn, closing: bool) -> bool:
        most = self._parts.limits.seconds + (CLOSING_SECONDS if closing else 0.0)
        return self._parts.clock.monotonic() - turn.began > most

    def _cut_short(self, turn: Turn, stream: Iterator[TextPiece | Retrying | Reply]) -> Reply:
        """Stop listening: what was said so far is the reply, and no call is made."""
        if close := getattr(stream, "close", None):
            close()
        turn.stopped = "time"
        text, turn.partial = "".join(turn.partial), []
        return Reply(AssistantMessage(text), None, "length")

    def _counted(self, turn: Turn, compiled: Compiled, reply: Reply) -> Reply:
        usage = reply.usage or Usage(compiled.tokens, self._parts.counter.count(_said(reply.message)))
        turn.took(replace(usage, calls=1))
        return reply


def _said(message: AssistantMessage) -> str:
    """Return all that the model wrote, to be counted."""
    return message.text + "".join(call.name + call.arguments for call in message.calls)
