"""The compiler of main context: from an agent's state to exactly what the model is sent. Pure.

Order: instructions and core memory and summary (the head) → queue → the tail, which holds all that changes from
step to step (the clock, counts, recalled memories, notices) and is appended to the last message, so that roles keep
alternating as strict chat templates want it and the bytes before it stay the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from carrel.agent.context.core_view import Head
from carrel.agent.context.eviction import Flush, plan_flush
from carrel.agent.window.budget import (
    LEAST_MESSAGE,
    LEAST_WINDOW,
    PER_MESSAGE,
    SQUEEZES,
    SUMMARY_HEAD_TOKENS,
    TAIL_TOKENS,
    Budget,
)
from carrel.agent.window.cached_counter import Remembered
from carrel.agent.window.prompt_set import NATIVE
from carrel.agent.window.truncate import CALL_TOKENS, fitted, shown, tokens_of
from carrel.errors import DoesNotFit
from carrel.memory.tiers.message_rows import as_message
from carrel.memory.values import StoredMessage
from carrel.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    ToolResult,
    ToolSchema,
    UserMessage,
    canonical,
    to_json,
)
from carrel.protocols import Request, TokenCounter
from carrel.rendering import prompt
from carrel.rendering.prompt import Tail, render_recalled, render_summary, render_tail

PARTS = 512
"""Messages whose JSON is kept: most of a request was sent before."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An agent's state as the compiler needs it."""

    instructions: str
    head: Head
    summary: str
    queue: Sequence[StoredMessage]
    tail: Tail
    tools: tuple[ToolSchema, ...]
    pressure: str = NATIVE.pressure
    """What the agent is told when a flush is near."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A request and what each part of it takes, in the counter's tokens; `window` is what is sent, part by part."""

    request: Request
    account: dict[str, int]
    tools: tuple[str, ...] = ()
    """The tools as JSON texts."""

    @property
    def tokens(self) -> int:
        """The prompt's tokens."""
        return sum(self.account.values())

    @property
    def untooled(self) -> int:
        """The prompt's tokens without the tools."""
        return self.tokens - self.account["tools"]

    def window(self) -> list[str]:
        """Return exactly what is sent, part by part, as JSON texts."""
        return [*map(_part, self.request.messages), *self.tools]


class Compiler:
    """Compiles contexts with one token counter, within a budget that may be changed between turns."""

    def __init__(self, budget: Budget, counter: TokenCounter) -> None:
        self.budget = budget
        self.counter = Remembered(counter)
        self._tools_counted: tuple[tuple[ToolSchema, ...], int, tuple[str, ...]] = ((), 0, ())
        self._shown: tuple[Sequence[StoredMessage], int, list[StoredMessage]] = ((), 0, [])
        self._compiled: tuple[Desk, Budget, Compiled] | None = None

    def compile(self, desk: Desk) -> Compiled:
        """Return the request. Raise DoesNotFit where it is over the budget: `plan` comes first."""
        compiled = self._compile(desk)
        if compiled.tokens > self.budget.prompt:
            raise DoesNotFit(
                f"The context needs {compiled.tokens} tokens, but window {self.budget.window} leaves "
                f"{self.budget.prompt}:\n{self._table(compiled.account)}\n"
                f"That is {compiled.tokens - self.budget.prompt} too many.",
                "Raise the setting 'window', or shorten core memory.",
            )
        return compiled

    def plan(self, desk: Desk, share: float) -> Flush | None:
        """Return what must leave the queue so that the request fits; None where it fits as it is.

        Raises:
            DoesNotFit: there is no room for a message and one round of calls.
        """
        account = self._compile(desk).account
        if (most := self.message(desk.instructions, desk.tools)) < LEAST_MESSAGE:
            raise DoesNotFit(
                f"Window {self.budget.window} is too small:\n{self._table(account)}\n"
                f"That leaves {max(0, most)} tokens for a message; {LEAST_MESSAGE} are needed.",
                "Raise the setting 'window', or offer fewer tools.",
            )
        if sum(account.values()) <= self.budget.flush:
            return None
        others = sum(tokens for part, tokens in account.items() if part not in {"queue", "summary"})
        room = self.budget.flush - others - self.budget.summary - SUMMARY_HEAD_TOKENS
        flush = plan_flush(self.shown(desk), room, share)
        whole = {message.n: message for message in desk.queue}
        return Flush(
            tuple(whole[message.n] for message in flush.evicted), tuple(whole[message.n] for message in flush.kept)
        )

    def message(self, instructions: str, tools: tuple[ToolSchema, ...]) -> int:
        """Return what a single message may take: a third of what remains when all else is at its largest.

        So the user's message and the last round of calls, which never leave the queue, always fit. It depends on
        nothing that changes from step to step, so that a message is cut alike in each.
        """
        budget = self.budget
        fixed = self.counter.count(instructions) + PER_MESSAGE + self._tools(tools)
        elastic = budget.core + budget.changed + budget.summary + SUMMARY_HEAD_TOKENS + budget.recalled + TAIL_TOKENS
        return min(budget.message, (budget.prompt - fixed - elastic) // 3)

    def squeeze(self, instructions: str, tools: tuple[ToolSchema, ...]) -> None:
        """Take from core memory, the summary and what is recalled what the smallest message needs, and no more."""
        for share in SQUEEZES if self.budget.window >= LEAST_WINDOW else ():
            self.budget = replace(self.budget, squeeze=share)
            if self.message(instructions, tools) >= LEAST_MESSAGE:
                return
        self.budget = replace(self.budget, squeeze=1.0)

    def most_calls(self, desk: Desk) -> int:
        """Return how many calls one reply may make: more would not fit with their results."""
        return max(1, 2 * self.message(desk.instructions, desk.tools) // CALL_TOKENS)

    def room(self, desk: Desk, reply: AssistantMessage) -> int:
        """Return the tokens that each result of a reply's calls may take."""
        most = self.message(desk.instructions, desk.tools)
        asked = min(most, tokens_of(reply.text, reply.calls, self.counter)) + PER_MESSAGE
        return (2 * most - asked) // max(1, len(reply.calls)) - PER_MESSAGE

    def shown(self, desk: Desk) -> list[StoredMessage]:
        """Return the queue as it is shown: what takes more than its share is cut, with its id and size."""
        return self.cut(desk.queue, self.message(desk.instructions, desk.tools))

    def cut(self, queue: Sequence[StoredMessage], most: int) -> list[StoredMessage]:
        """Return a queue in which no message takes more than so much; the same queue is cut once."""
        if self._shown[0] is not queue or self._shown[1] != most:
            self._shown = (queue, most, shown(queue, most, self.counter))
        return self._shown[2]

    def _tools(self, tools: tuple[ToolSchema, ...]) -> int:
        """Count the tools and write them as JSON, once for each set of them."""
        if tools is not self._tools_counted[0]:
            tokens = self.counter.count(canonical([tool.to_json() for tool in tools])) if tools else 0
            self._tools_counted = (tools, tokens, tuple(canonical(tool.to_json()) for tool in tools))
        return self._tools_counted[1]

    def _compile(self, desk: Desk) -> Compiled:
        """Return the request, however large; the one that was planned for is not compiled again."""
        if self._compiled is None or self._compiled[0] is not desk or self._compiled[1] != self.budget:
            self._compiled = (desk, self.budget, self._request(desk))
        return self._compiled[2]

    def _request(self, desk: Desk) -> Compiled:
        count = self.counter.count
        core = "\n".join(desk.head.core.values())
        summary = fitted(desk.summary, self.budget.summary, self.counter)
        head = prompt.render_head(prompt.Head(desk.instructions, core, summary))
        queue = self.shown(desk)
        lasting = {
            "instructions": count(desk.instructions) + PER_MESSAGE,
            "tools": self._tools(desk.tools),
            "core": count(core),
            "summary": count(render_summary(summary)),
            "queue": sum(message.tokens for message in queue),
        }
        tail = render_tail(self._with_notices(desk, queue, sum(lasting.values())))
        recalled = count(render_recalled(desk.tail.recalled))
        account = {**lasting, "recalled": recalled, "tail": count(tail) + PER_MESSAGE - recalled}
        messages = _with_tail(_alternating([as_message(message) for message in queue]), tail)
        request = Request((SystemMessage(head), *messages), desk.tools, self.budget.reserve)
        return Compiled(request, account, self._tools_counted[2] if desk.tools else ())

    def _with_notices(self, desk: Desk, queue: Sequence[StoredMessage], lasting: int) -> Tail:
        """Return the tail with what the agent is to be told beside: that a block changed, that a flush is near."""
        notices = [*desk.tail.notices, *([desk.head.notice] if desk.head.notice else [])]
        crossed = desk.head.renewed or lasting - _since_last_request(queue) < self.budget.warn
        if desk.tools and crossed and lasting >= self.budget.warn:  # a head that was written anew may have grown
            notices.append(desk.pressure)
        return replace(desk.tail, changed=desk.head.changed, notices=tuple(notices))

    def _table(self, account: dict[str, int]) -> str:
        """Say what takes how much, line by line."""
        whole = {**account, "reply": self.budget.reserve, "recalled": max(account["recalled"], self.budget.recalled)}
        rows = [f"  {part:<13}{tokens:>8}" for part, tokens in {**whole, "together": sum(whole.values())}.items()]
        return "\n".join(rows)


@lru_cache(PARTS)
def _part(message: Message) -> str:
    return canonical(to_json(message))


def _since_last_request(queue: Sequence[StoredMessage]) -> int:
    """Return the tokens that came after the request before: the reply to it and all that follows."""
    last = max((place for place, message in enumerate(queue) if message.role == "assistant"), default=0)
    return sum(message.tokens for message in queue[last:])


def _alternating(messages: list[Message]) -> list[Message]:
    """Join messages of one side that follow each other, as after a turn that failed: strict chat templates want it."""
    joined: list[Message] = []
    for message in messages:
        last = joined[-1] if joined else None
        match last, message:
            case UserMessage(text=before), UserMessage(text=text):
                joined[-1] = UserMessage(f"{before}\n\n{text}")
            case AssistantMessage(text=before, calls=()), AssistantMessage(text=text, calls=calls):
                joined[-1] = AssistantMessage(f"{before}\n\n{text}".strip(), calls)
            case _:
                joined.append(message)
    return joined


def _with_tail(messages: list[Message], tail: str) -> list[Message]:
    """Append the tail to the last message, or send it alone where there is none to carry it."""
    match messages[-1] if messages else None:
        case UserMessage(text=text):
            return [*messages[:-1], UserMessage(prompt.add_tail(text, tail))]
        case ToolResult(call_id=call_id, name=name, text=text, ok=ok):
            return [*messages[:-1], ToolResult(call_id, name, prompt.add_tail(text, tail), ok)]
        case _:
            return [*messages, UserMessage(tail)]
