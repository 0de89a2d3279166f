"""Ask the model once, with a context that fits, whatever the server makes of it."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from carrel.agent.context.compiler import CompiledRequest
from carrel.agent.events import ContextCompiled, Event, RequestRetried, TextDelta, TextDiscarded, Thought
from carrel.agent.limits import CLOSING_SECONDS
from carrel.agent.turn.assemble import Assembler
from carrel.agent.turn.parts import LoopParts
from carrel.agent.turn.refused_content import RefusedContent
from carrel.agent.turn.state import TurnState
from carrel.agent.window.budget import Budget
from carrel.errors import ContentRefused, DoesNotFit, ModelFailed
from carrel.messages import AssistantMessage, ToolSchema, Usage
from carrel.protocols import Discarded, Reply, Request, Retrying, StreamItem, TextPiece, ThoughtPiece
from carrel.replies import read_stream

MAX_SHRINKS = 3
"""How often a request that the server finds too long is shortened before the turn is given up."""

SHRINK = 0.8
"""Each time to this part of its length: servers count up to a fifth more than Carrel does."""


@dataclass(frozen=True, slots=True)
class ModelCallResult:
    """What was sent, the budget that it was compiled for, and the reply."""

    compiled: CompiledRequest
    budget: Budget
    reply: Reply


class ModelCaller:
    """Asks the model; once a server has found a request too long, all later ones of the session are shorter."""

    def __init__(self, parts: LoopParts) -> None:
        self._parts = parts
        self._window_limit: int | None = None
        self._refused_content = RefusedContent(parts)
        self.assembler = Assembler(parts)
        self.budget = parts.calibration.configured
        """The budget in force: renewed with each turn, smaller once a request was found too long."""

    def renew_budget(self) -> None:
        """Take the budget of a new turn, within what the server was found to take."""
        budget = self._parts.calibration.budget()
        self._set_window(budget, min(budget.window, self._window_limit or budget.window))

    def ask(self, turn: TurnState, closing: bool) -> Generator[Event, None, ModelCallResult]:
        """Make room, ask, and return the whole reply; `closing` leaves the tools out.

        Raises:
            DoesNotFit: the request does not fit however much is evicted, or the server finds it too long.
            ContentRefused: the server refuses the user's message for its content.
            OperatorError: the model failed.
        """
        refusal: DoesNotFit | None = None
        shrinks = 0
        calling = self.assembler.contract.calling
        with_tools = not closing and (self._parts.model.supports_tools or not calling.native)
        while True:
            budget = self.assembler.request_budget(self.budget, with_tools)
            try:
                compiled = yield from self.assembler.prepare(turn, budget, with_tools)
            except DoesNotFit as error:
                raise refusal or error from None
            yield ContextCompiled(turn.totals.steps, compiled.breakdown, budget.prompt)
            turn.sent = compiled
            try:
                return ModelCallResult(compiled, budget, (yield from self._listen(turn, compiled, closing)))
            except ContentRefused as error:
                yield self._refused_content.withhold(turn, error)
            except DoesNotFit as error:
                if shrinks == MAX_SHRINKS:
                    raise
                refusal, shrinks = error, shrinks + 1
                self._shrink(compiled, error.limit)
                yield RequestRetried(error.message, 0.0, discarded=False)

    def _shrink(self, compiled: CompiledRequest, limit: int | None) -> None:
        """Work with a smaller window from now on; `limit` is what the server says that it takes."""
        budget = self.budget
        window = int(min(budget.window, compiled.tokens * budget.scale + budget.reserve) * SHRINK)
        self._window_limit = min(window, limit or window)
        self._set_window(budget, self._window_limit)

    def _set_window(self, budget: Budget, window: int) -> None:
        self.budget = self.assembler.settle(replace(budget, window=window))

    def _listen(self, turn: TurnState, compiled: CompiledRequest, closing: bool) -> Generator[Event, None, Reply]:
        turn.partial = []
        stream = _with_whole_thoughts(self._stream(self._request(turn, compiled), compiled.tools))
        for piece in stream:
            match piece:
                case ThoughtPiece(text=text):
                    yield Thought(text)
                case Discarded():
                    turn.partial = []
                    yield TextDiscarded()
                case TextPiece(text=text):
                    turn.partial.append(text)
                    yield TextDelta(text)
                    if self._is_overdue(turn, closing):
                        return self._count_usage(turn, compiled, self._stop_listening(turn, stream))
                case Retrying(reason=reason, wait=wait, discard=discard):
                    turn.partial = [] if discard else turn.partial
                    yield RequestRetried(reason, wait, discard)
                case Reply():
                    turn.partial = [piece.message.text]
                    yield from self._detect_truncation(compiled, piece.usage)
                    return self._count_usage(turn, compiled, piece)
        raise ModelFailed(f"Model '{self._parts.model.name}' ended without a reply.", "Ask again.")

    def _stream(self, request: Request, tools: Sequence[ToolSchema]) -> Iterator[StreamItem]:
        """Ask the model; what a model of this process writes has not been read by anybody yet."""
        model = self._parts.model
        stream = model.stream(request)
        if not model.base_url and model.is_language_model:
            stream = read_stream(stream, request)
        return self.assembler.contract.calling.read(stream, tools)

    def _detect_truncation(self, compiled: CompiledRequest, usage: Usage | None) -> Iterator[Event]:
        """Warn where the server read far less than it was sent; not where it turns out only now to take no tools."""
        if compiled.request.tools and not self._parts.model.supports_tools:
            return
        calibration = self._parts.calibration
        if warning := calibration.detect_truncation(compiled.tokens_without_tools, usage, compiled.tokens):
            yield warning

    def _request(self, turn: TurnState, compiled: CompiledRequest) -> Request:
        """Return the request; after a reply that was cut off, with all the room that there is for the next."""
        request = compiled.request
        if not turn.totals.truncated or request.max_tokens is None:
            return request
        room = int(self.budget.window - compiled.tokens * self.budget.scale)
        return replace(request, max_tokens=max(request.max_tokens, room))

    def _is_overdue(self, turn: TurnState, closing: bool) -> bool:
        limit = self._parts.limits.seconds + (CLOSING_SECONDS if closing else 0.0)
        return self._parts.clock.monotonic() - turn.started > limit

    def _stop_listening(self, turn: TurnState, stream: Iterator[StreamItem]) -> Reply:
        """Close the stream: what was said so far is the reply, and no call is made."""
        if close := getattr(stream, "close", None):
            close()
        turn.stopped = "time"
        text, turn.partial = "".join(turn.partial), []
        return Reply(AssistantMessage(text), None, "length")

    def _count_usage(self, turn: TurnState, compiled: CompiledRequest, reply: Reply) -> Reply:
        usage = reply.usage or Usage(compiled.tokens, self._parts.counter.count(_all_text(reply.message)))
        turn.add_usage(replace(usage, calls=1))
        return reply


def _with_whole_thoughts(stream: Iterator[StreamItem]) -> Iterator[StreamItem]:
    """Yield a stream with the pieces of a thought joined."""
    thought = ""
    for item in stream:
        if isinstance(item, ThoughtPiece):
            thought += item.text
            continue
        if thought:
            yield ThoughtPiece(thought)
            thought = ""
        yield item


def _all_text(message: AssistantMessage) -> str:
    """Return all that the model wrote, to be counted."""
    return message.text + "".join(call.name + call.arguments for call in message.calls)
