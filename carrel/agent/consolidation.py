"""Consolidation between conversations ("sleep time"): the agent reviews what was said and puts its memory in order.

Nothing depends on it. What was said is taken in portions; the calls of a reply commit together, the first change with
the mark that the portion was reviewed. So a kill at any moment repeats no change, and the next run goes on behind it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from carrel.agent.context.core_view import rendered
from carrel.agent.prompts import prompt
from carrel.agent.turn.no_answer import is_call_as_text
from carrel.agent.window.budget import PER_MESSAGE, Budget
from carrel.agent.window.calibration import SOUND_SHARE
from carrel.agent.window.truncate import fitted, tokens_of
from carrel.errors import DoesNotFit, ModelFailed, NotConfigured
from carrel.memory.store import Memory
from carrel.memory.values import Block, StoredMessage
from carrel.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    ToolCall,
    ToolResult,
    Usage,
    UserMessage,
    canonical,
)
from carrel.protocols import ChatModel, Reply, Request, TokenCounter
from carrel.rendering.core_memory import TRUNCATED
from carrel.rendering.notices import review_again
from carrel.rendering.prompt import add_note
from carrel.rendering.summary import MESSAGES, render_spoken_line
from carrel.text import clean_text
from carrel.tools.tool import Toolbox, ToolContext

PORTION_SHARE = 4
"""A portion of what was said takes up to one part in this many of the window; the rest is for searches and edits."""

MAX_STEPS = 6
"""Requests for one portion."""

REQUESTS = 3
"""A portion is taken so small that the tokens left suffice for this many requests: a search, edits and the end."""

LOOKED_AT = 200
"""Messages that are loaded at once: more than a portion holds."""

LETTERS_PER_TOKEN = 3

LEAST_RESULT = 24
"""Tokens that the result of a call may take at least; what is shorter tells nothing."""

CUT = "was cut off, and nothing of it was done"
FILTERED = "was filtered, and nothing of it was done"
AS_TEXT = "was a call written as text, and nothing was executed"
EMPTY = "was empty"

REMEDIES = {
    CUT: "Raise 'reply_tokens' and 'window': it may be thinking.",
    FILTERED: "Use another model.",
    AS_TEXT: "Start the server with its parser for tools, or use another model.",
    EMPTY: "Use another model.",
}


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One portion: how many messages it held, which calls were made and whether each was done, the tokens spent."""

    messages: int
    last: str
    calls: tuple[tuple[str, bool], ...]
    tokens: int


@dataclass(slots=True)
class _Review:
    """The review of one portion, as far as it has come."""

    portion: Sequence[StoredMessage]
    since: int
    """Where the mark stood when the portion was taken."""
    size: int
    """The tokens of what was said."""
    talk: list[Message]
    core: dict[str, str] = field(default_factory=dict)
    """Core memory as the model has read it, by label."""
    made: list[tuple[str, bool]] = field(default_factory=list)
    tokens: int = 0
    wrong: str = ""
    """What is wrong with the last reply, where it could not be taken."""
    marked: bool = False
    """Whether the portion counts as reviewed: once a change was made, or none is left to make."""

    @property
    def reviewed(self) -> Reviewed:
        """What came of it."""
        return Reviewed(len(self.portion), self.portion[-1].id, tuple(self.made), self.tokens)


class Consolidation:
    """Reviews of one agent; `toolbox` holds its memory tools alone, and `most` are the tokens that a run may spend."""

    def __init__(
        self,
        memory: Memory,
        model: ChatModel,
        toolbox: Toolbox,
        counter: TokenCounter,
        budget: Budget,
        most: int,
    ) -> None:
        self._memory = memory
        self._model = model
        self._toolbox = toolbox
        self._schemas = toolbox.lean_schemas if budget.small else toolbox.schemas
        self._counter = counter
        self._budget = budget
        self._most = most

    def run(self) -> Iterator[Reviewed]:
        """Review portion by portion until nothing is left or the tokens are spent.

        Raises:
            Busy: somebody else consolidates this agent; nothing was asked.
            NotConfigured: the server takes no tools.
            DoesNotFit: not even one message fits the window, or a review of it the tokens that the run may spend.
            NotFound: the agent was removed meanwhile.
            OperatorError: the model or the store failed; what was committed stays, and the next run goes on there.
        """
        with self._memory.review_cursor.lock():
            yield from self._portions()

    def _portions(self) -> Iterator[Reviewed]:
        left, lacking, done = self._most, 0, False
        room = self._budget.own // PORTION_SHARE
        while not lacking and (review := self._taken(min(room, self._affordable(left)))):
            try:
                lacking = self._work(review, left)
            except DoesNotFit:
                if len(review.portion) == 1 and not review.marked:
                    raise
                room = review.size // 2
            left -= review.tokens
            if review.marked:
                done = True
                yield review.reviewed
        if lacking and not done:
            least = self._most - left + lacking
            said = f"Setting 'consolidate_tokens' is {self._most}, but a review needs at least {least} tokens."
            raise DoesNotFit(said, "Raise it well above that: most reviews take several requests.")

    def _affordable(self, left: int) -> int:
        """Return the tokens of messages that so many tokens suffice for."""
        bare = self._size([SystemMessage(self._instructions(self._memory.core.all())), UserMessage(MESSAGES)])
        return int((left // REQUESTS - self._budget.reserve) / self._budget.scale) - bare

    def _taken(self, room: int) -> _Review | None:
        """Take the oldest messages that were not reviewed and fit, one at least; None where none is left."""
        since, waiting = self._memory.review_cursor.unreviewed(LOOKED_AT)
        size = 0
        lines: list[str] = []
        for line in map(self._line, waiting):
            tokens = self._counter.count(line) + 1
            if lines and size + tokens > room:
                break
            lines.append(line)
            size += tokens
        return (
            _Review(waiting[: len(lines)], since, size, [UserMessage(MESSAGES + "\n".join(lines))]) if lines else None
        )

    def _work(self, review: _Review, left: int) -> int:
        """Ask until nothing is left to change.

        Return 0, or, where `left` tokens do not suffice for the next request, how many that takes; then the portion
        counts by what was changed.

        Raises:
            DoesNotFit: a request does not fit the window, or its server finds it too long.
            ModelFailed: two replies in a row could not be taken; what was not reviewed is left for the next time.
        """
        for step in range(1, MAX_STEPS + 1):
            talk = self._talk(review)
            size = self._size(talk)
            if size > self._budget.prompt:
                if step == 1 or review.wrong or not (review.marked or len(review.portion) == 1):
                    raise self._too_long(size)
                break
            cost = self._in_theirs(size)
            room = left - review.tokens - cost
            if room < self._budget.reserve:
                return cost + self._budget.reserve
            most = min(room, self._budget.window - cost) if review.wrong == CUT else self._budget.reserve
            reply = self._asked(talk, most)
            review.tokens += self._spent(reply, cost)
            wrong = _wrong(reply)
            if wrong and (review.wrong or step == MAX_STEPS):
                raise self._useless(wrong)
            review.wrong = wrong
            if not wrong and not self._done(review, talk, reply, step):
                break
        if not review.marked:
            self._memory.review_cursor.advance(review.portion[-1], review.since)
            review.marked = True
        return 0

    def _talk(self, review: _Review) -> list[Message]:
        """Return what is sent: core memory as it is now, the talk, and a note on the last reply if need be.

        It rides on the last message: strict chat templates want the roles to alternate.
        """
        self._memory.review_cursor.require_agent()
        blocks = self._memory.core.all()
        review.core = {block.label: block.value for block in blocks}
        last = review.talk[-1]
        noted = replace(last, text=add_note(last.text, review_again(review.wrong))) if review.wrong else last
        return [SystemMessage(self._instructions(blocks)), *review.talk[:-1], noted]

    def _done(self, review: _Review, talk: Sequence[Message], reply: Reply, step: int) -> bool:
        """Do what a reply to such a talk asks for, and return whether it asks for anything."""
        asked = _with_ids(reply.message, step)
        if asked.calls:
            room = self._room(talk, asked)
            results = [
                replace(result, text=fitted(result.text, room, self._counter, TRUNCATED))
                for result in self._execute(review, asked.calls, step, room)
            ]
            review.talk += [asked, *results]
            review.made += [(result.name, result.ok) for result in results]
        return bool(asked.calls)

    def _room(self, talk: Sequence[Message], asked: AssistantMessage) -> int:
        """Return the tokens that each result of a reply's calls may take, so that the model can read them all."""
        left = self._budget.prompt - self._size([*talk, asked])
        return min(self._budget.message, max(LEAST_RESULT, left // len(asked.calls) - PER_MESSAGE))

    def _execute(self, review: _Review, calls: Sequence[ToolCall], step: int, most: int) -> list[ToolResult]:
        """Run the calls of one reply: searches first; edits in one transaction, with the mark where one is the first.

        Raises:
            Busy, NotFound: the mark was moved or the agent removed meanwhile; nothing has changed.
        """
        contexts = [
            ToolContext(self._memory, "", step, n, most * LETTERS_PER_TOKEN, reason="consolidation", core=review.core)
            for n in range(len(calls))
        ]
        edits = [n for n, call in enumerate(calls) if self._toolbox.effect(call.name) == "memory"]
        results = {n: self._toolbox.run(call, contexts[n]) for n, call in enumerate(calls) if n not in edits}
        if edits:
            with self._memory.transaction() as memory:
                memory.review_cursor.require_agent()
                for n in edits:
                    results[n] = memory.attempt(partial(self._run, calls[n], contexts[n]))
                changed = any(results[n].ok for n in edits)
                if changed and not review.marked:
                    memory.review_cursor.advance(review.portion[-1], review.since)
            review.marked |= changed
        return [results[n] for n in range(len(calls))]

    def _run(self, call: ToolCall, context: ToolContext, memory: Memory) -> ToolResult:
        return self._toolbox.run(call, replace(context, memory=memory))

    def _asked(self, talk: Sequence[Message], most: int) -> Reply:
        """Ask the model for a reply of at most so many tokens.

        That its server takes no tools may show only now, and what it says without them is no review.
        """
        self._check_tools()
        for piece in self._model.stream(Request(tuple(talk), self._schemas, most)):
            if isinstance(piece, Reply):
                self._check_tools()
                return piece
        raise ModelFailed(f"Model '{self._model.name}' ended without a reply.", "Consolidate again.")

    def _spent(self, reply: Reply, cost: int) -> int:
        """Return the tokens that a request took: as reported, or else as estimated.

        What a server leaves out, such as what it had cached or has cut, was sent all the same.
        """
        usage = reply.usage or Usage()
        sent = usage.prompt if usage.prompt >= SOUND_SHARE * cost else cost
        said = tokens_of(reply.message.text, reply.message.calls, self._counter)
        return sent + (usage.completion or self._in_theirs(said))

    def _check_tools(self) -> None:
        if not self._model.supports_tools:
            raise NotConfigured(
                f"Model '{self._model.name}' calls no tools, which a review needs.",
                "Set 'model' to one that does; carrel doctor --live finds out anew what a server can.",
            )

    def _too_long(self, size: int) -> DoesNotFit:
        said = f"A review needs {size} tokens, but window {self._budget.window} leaves {self._budget.prompt}."
        return DoesNotFit(said, "Raise the setting 'window', or shorten core memory.")

    def _useless(self, wrong: str) -> ModelFailed:
        said = f"Model '{self._model.name}' gave no usable reply to a review: it {wrong}."
        return ModelFailed(said, REMEDIES[wrong])

    def _instructions(self, blocks: Sequence[Block]) -> str:
        core = rendered(blocks, self._budget.core, self._counter)
        now = self._memory.now().strftime("%A %Y-%m-%d")
        return "\n\n".join([prompt("consolidate"), f"Today is {now}.", "\n".join(core.values())])

    def _line(self, message: StoredMessage) -> str:
        who = message.speaker or message.role
        at = self._memory.local(message.at)
        line = render_spoken_line(at, who, message.text, message.id)
        return fitted(line, self._budget.message, self._counter, TRUNCATED)

    def _in_theirs(self, tokens: int) -> int:
        """Return how many of the model's tokens so many of the counter's stand for."""
        return math.ceil(tokens * self._budget.scale)

    def _size(self, talk: Sequence[Message]) -> int:
        """Count what a request takes, tools included."""
        calls = [message.calls if isinstance(message, AssistantMessage) else () for message in talk]
        texts = sum(tokens_of(m.text, c, self._counter) + PER_MESSAGE for m, c in zip(talk, calls, strict=True))
        return texts + sum(self._counter.count(canonical(schema.to_json())) for schema in self._schemas)


def _wrong(reply: Reply) -> str:
    """Say what is wrong with a reply, for the model and the user; empty where it can be taken as it is."""
    if reply.finish == "length":
        return CUT
    if reply.finish == "content_filter":
        return FILTERED
    if reply.message.calls:
        return ""
    if is_call_as_text(reply.message.text):
        return AS_TEXT
    return "" if reply.message.text.strip() else EMPTY


def _with_ids(message: AssistantMessage, step: int) -> AssistantMessage:
    """Return a message whose calls all have ids of their own."""
    calls = tuple(
        ToolCall(f"call_{step}_{place}", clean_text(call.name, 40), clean_text(call.arguments))
        for place, call in enumerate(message.calls)
    )
    return AssistantMessage(clean_text(message.text), calls)
