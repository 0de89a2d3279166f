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
    AssistantMessage,
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

CORE_SHARE = 10
"""Core memory is shown up to one part in this many of the window."""

SUMMARY_SHARE = 12
"""One part in this many of the window is for the summary, its heading included."""

SUMMARY_HEAD = "Summary of what was said before:\n"
SUMMARY_HEAD_TOKENS = 12

MESSAGE_SHARE = 8
"""A single message is shown up to one part in this many of the window; the whole of it stays in recall."""

TAIL_TOKENS = 120
"""What the tail takes at most beside recalled memories: clock, counts and two notices."""

LEAST_MESSAGE = 80
"""Where a message could not be shown even so far, the window is too small to work in."""

CALL_TOKENS = 64
"""What a call and its result take at least, both cut as far as they can be."""


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
        return self.window // SUMMARY_SHARE - SUMMARY_HEAD_TOKENS

    @property
    def core(self) -> int:
        """What core memory may take."""
        return self.window // CORE_SHARE

    @property
    def message(self) -> int:
        """What a single message may take, where there is room."""
        return self.window // MESSAGE_SHARE

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
            DoesNotFit: there is no room for a message and one round of calls.
        """
        account = self._compile(desk).account
        if self.message(desk) < LEAST_MESSAGE:
            raise DoesNotFit(
                f"Window {self.budget.window} is too small: {_listed(account)} tokens, {self.budget.reserve} for the "
                f"reply, {self.budget.recalled} for recalled memories.",
                "Raise the setting 'window', or offer fewer tools.",
            )
        if sum(account.values()) <= self.budget.prompt:
            return None
        others = sum(tokens for part, tokens in account.items() if part not in {"queue", "summary"})
        room = self.budget.prompt - others - self.budget.summary - SUMMARY_HEAD_TOKENS
        flush = plan_flush(self.shown(desk), room, share)
        whole = {message.n: message for message in desk.queue}
        return Flush(
            tuple(whole[message.n] for message in flush.evicted), tuple(whole[message.n] for message in flush.kept)
        )

    def message(self, desk: Desk) -> int:
        """Return what a single message may take: a third of what remains when all else is at its largest.

        So the user's message and the last round of calls, which never leave the queue, always fit. It depends on
        nothing that changes from step to step, so that a message is cut alike in each.
        """
        count = self._counter.count
        fixed = count(desk.instructions) + PER_MESSAGE + self._tools(desk)
        elastic = self.budget.core + self.budget.summary + SUMMARY_HEAD_TOKENS + self.budget.recalled + TAIL_TOKENS
        return min(self.budget.message, (self.budget.prompt - fixed - elastic) // 3)

    def most_calls(self, desk: Desk) -> int:
        """Return how many calls one reply may make: more would not fit with their results."""
        return max(1, 2 * self.message(desk) // CALL_TOKENS)

    def room(self, desk: Desk, reply: AssistantMessage) -> int:
        """Return the tokens that each result of a reply's calls may take."""
        most = self.message(desk)
        asked = min(most, self._tokens(reply.text, reply.calls)) + PER_MESSAGE
        return (2 * most - asked) // max(1, len(reply.calls)) - PER_MESSAGE

    def shown(self, desk: Desk) -> list[StoredMessage]:
        """Return the queue as it is shown: what takes more than its share is cut, with its id and size.

        A message of the model and the results of its calls together take two shares at most.
        """
        most = each = self.message(desk)
        found: list[StoredMessage] = []
        for stored in desk.queue:
            if stored.role == "tool":
                found.append(self._cut(stored, each))
                continue
            found.append(self._cut(stored, most))
            each = (2 * most - found[-1].tokens) // max(1, len(stored.calls))
        return found

    def _cut(self, stored: StoredMessage, most: int) -> StoredMessage:
        if stored.tokens + PER_MESSAGE <= most:
            return replace(stored, tokens=stored.tokens + PER_MESSAGE)
        calls = self._cut_calls(stored.calls, most * 3 // 4)
        left = most - PER_MESSAGE - self._tokens("", calls)
        where = f": {len(stored.text)} characters, whole in recall as {stored.id}" if most > CALL_TOKENS // 2 else ""
        text = fitted(stored.text, left, self._counter, f" […cut{where}]")
        return replace(stored, text=text, calls=calls, tokens=self._tokens(text, calls) + PER_MESSAGE)

    def _cut_calls(self, calls: tuple[ToolCall, ...], most: int) -> tuple[ToolCall, ...]:
        """Cut the arguments of calls, as much as it takes."""
        letters = max(0, 8 * most // max(1, len(calls)))
        cut = calls
        while letters and self._tokens("", cut) > most:
            letters //= 2
            cut = tuple(replace(call, arguments=_cut_arguments(call.arguments, letters)) for call in calls)
        return cut

    def _tokens(self, text: str, calls: tuple[ToolCall, ...]) -> int:
        return self._counter.count(text) + sum(self._counter.count(canonical(call_to_json(call))) for call in calls)

    def _tools(self, desk: Desk) -> int:
        return self._counter.count(canonical([tool.to_json() for tool in desk.tools])) if desk.tools else 0

    def _compile(self, desk: Desk) -> Compiled:
        core = self._core(desk.blocks)
        summary = f"{SUMMARY_HEAD}{desk.summary}" if desk.summary else ""
        head = "\n\n".join(part for part in (desk.instructions, core, summary) if part)
        shown = self.shown(desk)
        tail = desk.tail.render()
        messages = _with_tail(_alternating([as_message(message) for message in shown]), tail)
        count = self._counter.count
        account = {
            "instructions": count(desk.instructions) + PER_MESSAGE,
            "tools": self._tools(desk),
            "core": count(core),
            "summary": count(summary),
            "queue": sum(message.tokens for message in shown),
            "tail": count(tail) + PER_MESSAGE,
        }
        request = Request((SystemMessage(head), *messages), desk.tools, self.budget.reserve)
        return Compiled(request, account)

    def _core(self, blocks: Sequence[Block]) -> str:
        """Render core memory; a window too small for it shows the beginnings of the longest blocks."""
        rendered = {block.label: _block(block) for block in blocks}
        left = self.budget.core
        count = self._counter.count
        for place, (label, text) in enumerate(sorted(rendered.items(), key=lambda item: count(item[1]))):
            rendered[label] = fitted(text, left // (len(rendered) - place) - 1, self._counter, " […cut]")
            left -= count(rendered[label]) + 1
        return "\n".join(rendered.values())


def fitted(text: str, most: int, counter: TokenCounter, marker: str = "") -> str:
    """Return a text, or as much of its beginning as takes, with the marker, at most about `most` tokens."""
    if counter.count(text) <= most:
        return text
    length = min(len(text), 8 * max(0, most))
    while length and counter.count(text[:length] + marker) > most:
        length = length * 9 // 10
    return text[:length] + marker


def _block(block: Block) -> str:
    about = f" ({block.description})" if block.description else ""
    size = f"{len(block.value)} of {block.limit} characters"
    return f"[core memory: {block.label}{about}, {size}]\n{block.value or '(empty)'}"


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


def _cut_arguments(arguments: str, letters: int) -> str:
    """Cut the values of a call's arguments to so many letters together, so that they stay JSON."""
    try:
        values = json.loads(arguments)
    except (ValueError, RecursionError):
        values = {"unreadable": arguments}
    if not isinstance(values, dict) or len(values) * 8 > letters:
        return "{}"
    each = letters // max(1, len(values))
    cut = {clip(key, each): clip(item, each) if isinstance(item, str) else item for key, item in values.items()}
    text = json.dumps(cut, ensure_ascii=False)
    return text if len(text) <= 4 * letters else "{}"


def _listed(account: dict[str, int]) -> str:
    return ", ".join(f"{part} {tokens}" for part, tokens in account.items())
