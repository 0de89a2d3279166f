"""The compiler of main context: from an agent's state to exactly what the model is sent. Pure.

Order: instructions and core memory and summary (the head) → queue → the tail, which holds all that changes from
step to step (the clock, counts, recalled memories, notices) and is appended to the last message, so that roles keep
alternating as strict chat templates want it and the bytes before it stay the same.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from carrel.errors import DoesNotFit
from carrel.memory.queue import Flush, plan_flush
from carrel.memory.recall import as_message
from carrel.memory.values import Block, Counts, StoredMessage
from carrel.messages import (
    Message,
    SystemMessage,
    ToolCall,
    ToolResult,
    ToolSchema,
    UserMessage,
    call_to_json,
    canonical,
    to_json,
)
from carrel.protocols import Request, TokenCounter
from carrel.text import clip

PER_MESSAGE = 4
"""Tokens that a chat template spends on a message beside its text (OpenAI cookbook, "num_tokens_from_messages")."""

SMALL_WINDOW = 4000
"""Below this the instructions and the tool schemas are the short ones: they would take half of the window."""

RESERVE_SHARE = 8
"""At most one part in this many of the window is kept for the reply."""

SUMMARY_SHARE = 10
"""One part in this many of the window is for the summary."""

MESSAGE_SHARE = 8
"""A single message is shown up to one part in this many of the window (half of that in a small one); the whole of
it stays in recall."""

CORE_SHARE = 8
"""Core memory is shown up to one part in this many of the window."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The window in tokens and how it is shared out."""

    window: int
    reply_tokens: int
    page_in_share: float = 0.12

    @property
    def small(self) -> bool:
        """Whether the window is too small for the full instructions."""
        return self.window < SMALL_WINDOW

    @property
    def reserve(self) -> int:
        """What is kept free for the reply."""
        return min(self.reply_tokens, self.window // RESERVE_SHARE)

    @property
    def prompt(self) -> int:
        """What everything that is sent may take."""
        return self.window - self.reserve

    @property
    def summary(self) -> int:
        """What the summary may take."""
        return self.window // SUMMARY_SHARE

    @property
    def message(self) -> int:
        """What a single message may take."""
        return max(60, self.window // (2 * MESSAGE_SHARE if self.small else MESSAGE_SHARE))

    @property
    def recalled(self) -> int:
        """What recalled memories may take."""
        return int(self.window * self.page_in_share)


@dataclass(frozen=True, slots=True)
class Tail:
    """What changes from step to step."""

    now: datetime
    counts: Counts
    nonce: str
    recalled: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    def render(self) -> str:
        """Return the tail as one block; data inside cannot close it, since it does not know the nonce."""
        lines = [
            f"<desk {self.nonce}>",
            f"Now: {self.now.strftime('%A %Y-%m-%d %H:%M %z')}",
            f"Memory: {self.counts.recall} messages in recall, {self.counts.archival} passages in archival",
        ]
        if self.recalled:
            lines += ["Recalled for this message:", *(f"- {line}" for line in self.recalled)]
        lines += [f"Note: {notice}" for notice in self.notices]
        return "\n".join([*lines, f"</desk {self.nonce}>"])


@dataclass(frozen=True, slots=True)
class Desk:
    """An agent's state as the compiler needs it."""

    instructions: str
    blocks: Sequence[Block]
    summary: str
    queue: Sequence[StoredMessage]
    tail: Tail
    tools: tuple[ToolSchema, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A request and what each part of it takes, in tokens."""

    request: Request
    account: dict[str, int]

    @property
    def tokens(self) -> int:
        """The prompt's tokens."""
        return sum(self.account.values())

    def window(self) -> list[dict[str, Any]]:
        """Return exactly what is sent, part by part."""
        return [*(to_json(message) for message in self.request.messages), *(t.to_json() for t in self.request.tools)]


class Compiler:
    """Compiles contexts of one budget with one token counter."""

    def __init__(self, budget: Budget, counter: TokenCounter) -> None:
        self.budget = budget
        self._counter = counter

    def compile(self, desk: Desk) -> Compiled:
        """Return the request. Raise DoesNotFit where it is over the budget: `plan` comes first."""
        compiled = self._compile(desk)
        if compiled.tokens > self.budget.prompt:
            raise DoesNotFit(
                f"The context needs {compiled.tokens} tokens, but window {self.budget.window} leaves "
                f"{self.budget.prompt}: {_listed(compiled.account)}.",
                "Raise the setting 'window', or shorten core memory.",
            )
        return compiled

    def plan(self, desk: Desk, share: float) -> Flush | None:
        """Return what must leave the queue so that the request fits; None where it fits as it is.

        Raises:
            DoesNotFit: even an empty queue would not fit.
        """
        account = self._compile(desk).account
        if sum(account.values()) <= self.budget.prompt:
            return None
        others = sum(tokens for part, tokens in account.items() if part not in {"queue", "summary"})
        room = self.budget.prompt - others - self.budget.summary
        if room < self.budget.message:
            raise DoesNotFit(
                f"Window {self.budget.window} is too small: {_listed(account)} tokens before anything was said.",
                "Raise the setting 'window', or shorten core memory.",
            )
        shown = [self.shown(message) for message in desk.queue]
        flush = plan_flush(shown, room, share)
        whole = {message.n: message for message in desk.queue}
        return Flush(
            tuple(whole[message.n] for message in flush.evicted), tuple(whole[message.n] for message in flush.kept)
        )

    def shown(self, stored: StoredMessage) -> StoredMessage:
        """Return a message as it is shown: one that takes more than its share is cut, with its id and size."""
        most = self.budget.message
        if stored.tokens + PER_MESSAGE <= most:
            return replace(stored, tokens=stored.tokens + PER_MESSAGE)
        calls = tuple(replace(call, arguments=_cut_arguments(call.arguments, most)) for call in stored.calls)
        marker = f" […cut: {len(stored.text)} characters, whole in recall as {stored.id}]"
        text = stored.text
        while text and self._tokens(text + marker, calls) + PER_MESSAGE > most:
            text = text[: len(text) * 3 // 4]
        text = text + marker if len(text) < len(stored.text) else text
        return replace(stored, text=text, calls=calls, tokens=self._tokens(text, calls) + PER_MESSAGE)

    def _tokens(self, text: str, calls: tuple[ToolCall, ...]) -> int:
        return self._counter.count(text) + sum(self._counter.count(canonical(call_to_json(call))) for call in calls)

    def _compile(self, desk: Desk) -> Compiled:
        core = self._core(desk.blocks)
        summary = f"Summary of what was said before:\n{desk.summary}" if desk.summary else ""
        head = "\n\n".join(part for part in (desk.instructions, core, summary) if part)
        shown = [self.shown(message) for message in desk.queue]
        tail = desk.tail.render()
        messages = _with_tail(_alternating([as_message(message) for message in shown]), tail)
        count = self._counter.count
        account = {
            "instructions": count(desk.instructions) + PER_MESSAGE,
            "tools": count(canonical([tool.to_json() for tool in desk.tools])) if desk.tools else 0,
            "core": count(core),
            "summary": count(summary),
            "queue": sum(message.tokens for message in shown),
            "tail": count(tail) + PER_MESSAGE,
        }
        request = Request((SystemMessage(head), *messages), desk.tools, self.budget.reserve)
        return Compiled(request, account)

    def _core(self, blocks: Sequence[Block]) -> str:
        """Render core memory; a window too small for it shows each block's beginning."""
        text = "\n".join(_block(block, block.limit) for block in blocks)
        most = self.budget.window // CORE_SHARE
        while self._counter.count(text) > most and len(text) > 40 * len(blocks):
            longest = max(len(block.value) for block in blocks) * 3 // 4
            blocks = [replace(block, value=clip(block.value, longest)) for block in blocks]
            text = "\n".join(_block(block, block.limit) for block in blocks)
        return text


def _block(block: Block, limit: int) -> str:
    about = f" ({block.description})" if block.description else ""
    return f"[core memory: {block.label}{about}, {len(block.value)} of {limit} characters]\n{block.value or '(empty)'}"


def _alternating(messages: list[Message]) -> list[Message]:
    """Join users' messages that follow each other, as after a turn that failed: strict chat templates want it."""
    joined: list[Message] = []
    for message in messages:
        last = joined[-1] if joined else None
        if isinstance(message, UserMessage) and isinstance(last, UserMessage):
            joined[-1] = UserMessage(f"{last.text}\n\n{message.text}")
        else:
            joined.append(message)
    return joined


def _with_tail(messages: list[Message], tail: str) -> list[Message]:
    """Append the tail to the last message, or send it alone where there is none to carry it."""
    match messages[-1] if messages else None:
        case UserMessage(text=text):
            return [*messages[:-1], UserMessage(f"{text}\n\n{tail}")]
        case ToolResult(call_id=call_id, name=name, text=text, ok=ok):
            return [*messages[:-1], ToolResult(call_id, name, f"{text}\n\n{tail}", ok)]
        case _:
            return [*messages, UserMessage(tail)]


def _cut_arguments(arguments: str, most: int) -> str:
    """Cut the long values of a call's arguments, so that they stay JSON."""
    try:
        values = json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        return json.dumps({"cut": clip(arguments, most)}, ensure_ascii=False)
    if not isinstance(values, dict):
        return "{}"
    each = max(20, most // max(1, len(values)))
    cut = {key: clip(value, each) if isinstance(value, str) else value for key, value in values.items()}
    text = json.dumps(cut, ensure_ascii=False)
    return text if len(text) <= 6 * most else "{}"


def _listed(account: dict[str, int]) -> str:
    return ", ".join(f"{part} {tokens}" for part, tokens in account.items())
