"""Compile main context: from an agent's state to exactly what the model is sent. Pure.

Order: instructions, core memory and summary (the head) → queue → the tail, which holds all that changes from step to
step (clock, counts, recalled memories, notices). The tail is appended to the last message, so that roles keep
alternating as strict chat templates require, and the bytes before it stay the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from carrel.agent.calling.call_format import CallFormat
from carrel.agent.calling.native import NATIVE_FORMAT
from carrel.agent.context.core_view import CoreView
from carrel.agent.context.eviction import Flush, plan_flush
from carrel.agent.window.budget import MIN_MESSAGE, PER_MESSAGE, SUMMARY_HEADING_TOKENS, Budget
from carrel.agent.window.fixed_part import FixedPart
from carrel.agent.window.truncate import queue_tokens, truncate_text
from carrel.errors import DoesNotFit
from carrel.memory.tiers.message_rows import as_message
from carrel.memory.values import StoredMessage
from carrel.messages import (
    Message,
    SystemMessage,
    ToolResult,
    ToolSchema,
    UserMessage,
    canonical,
    join_neighbours,
    to_json,
)
from carrel.protocols import Request, TokenCounter
from carrel.rendering import prompt
from carrel.rendering.notices import SAVE_NOW
from carrel.rendering.prompt import Tail, render_recalled, render_summary, render_tail

MAX_MESSAGES = 512
"""Messages whose JSON is kept: most of a request was sent before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MainContext:
    """What the model is to see, before it is compiled."""

    fixed: FixedPart
    core: CoreView
    summary: str
    queue: Sequence[StoredMessage]
    """As it is stored."""
    shown: Sequence[StoredMessage]
    """The same messages, truncated to what each may take."""
    tail: Tail
    pressure: str = SAVE_NOW
    """The notice that the queue is about to be flushed; empty where the agent could do nothing about it."""
    calling: CallFormat = NATIVE_FORMAT
    """How calls are written."""


@dataclass(frozen=True, slots=True)
class CompiledRequest:
    """A request, and what each part of it takes in the counter's tokens."""

    request: Request
    breakdown: Mapping[str, int]
    tool_texts: tuple[str, ...] = ()
    """The tools as JSON."""
    tools: tuple[ToolSchema, ...] = ()
    """The tools whose calls the reply may hold."""

    @property
    def tokens(self) -> int:
        """The tokens of the whole request."""
        return sum(self.breakdown.values())

    @property
    def tokens_without_tools(self) -> int:
        """The tokens of its messages."""
        return self.tokens - self.breakdown["tools"]

    def parts(self) -> list[str]:
        """Return exactly what is sent, part by part as JSON: the messages in order, then the tools or the schema."""
        schema = self.request.schema
        return [
            *map(_message_json, self.request.messages),
            *self.tool_texts,
            *([canonical({"response_format": schema})] if schema else []),
        ]


def compile_request(context: MainContext, budget: Budget, counter: TokenCounter) -> CompiledRequest:
    """Return the request, however long it is: `plan_eviction` and `check_fit` say what to do about that."""
    count = counter.count
    core = "\n".join(context.core.blocks.values())
    summary = truncate_text(context.summary, budget.summary, counter)
    head = prompt.render_head(prompt.Head(context.fixed.instructions, core, summary))
    lasting = {
        "instructions": context.fixed.instruction_tokens,
        "tools": context.fixed.tool_tokens,
        "core": count(core),
        "summary": count(render_summary(summary)),
        "queue": queue_tokens(context.shown),
    }
    native = context.calling.native
    told = _with_notices(context, budget, sum(lasting.values()))
    told = told if native else prompt.shorten_tail(told)
    tail, recalled = render_tail(told), count(render_recalled(told.recalled))
    breakdown = {**lasting, "recalled": recalled, "tail": count(tail) + PER_MESSAGE - recalled}
    written = context.calling.write([as_message(message) for message in context.shown])
    add = prompt.add_tail if native else prompt.lead_with_tail
    messages = (SystemMessage(head), *_with_tail(join_neighbours(written), tail, add))
    fixed = context.fixed
    request = context.calling.request(messages, fixed.tools, fixed.known, budget.reserve)
    return CompiledRequest(request, breakdown, fixed.tool_texts, (*fixed.tools, *fixed.known))


def plan_eviction(context: MainContext, compiled: CompiledRequest, budget: Budget, share: float) -> Flush | None:
    """Return which messages must leave the queue so that the request fits; None where it fits as it is.

    Raises:
        DoesNotFit: there is no room for a message and one round of calls.
    """
    if budget.message < MIN_MESSAGE:
        raise DoesNotFit(
            f"Window {budget.window} is too small:\n{_table(compiled.breakdown, budget)}\n"
            f"That leaves {max(0, budget.message)} tokens for a message; {MIN_MESSAGE} are needed.",
            "Raise the setting 'window', or offer fewer tools.",
        )
    if compiled.tokens <= budget.flush:
        return None
    others = sum(tokens for part, tokens in compiled.breakdown.items() if part not in {"queue", "summary"})
    flush = plan_flush(context.shown, budget.flush - others - budget.summary - SUMMARY_HEADING_TOKENS, share)
    whole = {message.n: message for message in context.queue}
    return Flush(
        tuple(whole[message.n] for message in flush.evicted), tuple(whole[message.n] for message in flush.kept)
    )


def check_fit(compiled: CompiledRequest, budget: Budget) -> None:
    """Raise DoesNotFit where a request takes more than its budget, naming what each part takes."""
    if compiled.tokens > budget.prompt:
        raise DoesNotFit(
            f"The context needs {compiled.tokens} tokens, but window {budget.window} leaves {budget.prompt}:\n"
            f"{_table(compiled.breakdown, budget)}\nThat is {compiled.tokens - budget.prompt} too many.",
            "Raise the setting 'window', or shorten core memory.",
        )


def _with_notices(context: MainContext, budget: Budget, lasting: int) -> Tail:
    """Return the tail with changed blocks and two more notices: blocks are outdated, a flush is near."""
    core = context.core
    notices = [*context.tail.notices, *([core.notice] if core.notice else [])]
    crossed = core.renewed or lasting - _tokens_since_last_request(context.shown) < budget.warn
    could_save = context.pressure and context.fixed.tools
    if could_save and crossed and lasting >= budget.warn:  # a head that was written anew may have grown
        notices.append(context.pressure)
    return replace(context.tail, changed=core.changed, notices=tuple(notices))


def _table(breakdown: Mapping[str, int], budget: Budget) -> str:
    """Return what each part takes, line by line."""
    recalled = max(breakdown["recalled"], budget.recalled)
    whole = {**breakdown, "reply": budget.reserve, "recalled": recalled}
    rows = [f"  {part:<13}{tokens:>8}" for part, tokens in {**whole, "together": sum(whole.values())}.items()]
    return "\n".join(rows)


@lru_cache(MAX_MESSAGES)
def _message_json(message: Message) -> str:
    return canonical(to_json(message))


def _tokens_since_last_request(queue: Sequence[StoredMessage]) -> int:
    """Return the tokens of the latest reply and of all that came after it."""
    last = max((place for place, message in enumerate(queue) if message.role == "assistant"), default=0)
    return queue_tokens(queue[last:])


def _with_tail(messages: list[Message], tail: str, add: Callable[[str, str], str]) -> list[Message]:
    """Add the tail to the last message, or send it as a message where there is none that can carry it."""
    match messages[-1] if messages else None:
        case UserMessage(text=text):
            return [*messages[:-1], UserMessage(add(text, tail))]
        case ToolResult(call_id=call_id, name=name, text=text, ok=ok):
            return [*messages[:-1], ToolResult(call_id, name, add(text, tail), ok)]
        case _:
            return [*messages, UserMessage(tail)]
