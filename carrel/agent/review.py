"""The review of one portion of what was said: the model is asked until it has nothing left to put in order.

The calls of a reply commit together, the first change with the mark that the portion was reviewed.
"""

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import partial

from carrel.agent.context.core_view import render_blocks
from carrel.agent.prompts import prompt
from carrel.agent.turn.no_answer import is_call_as_text
from carrel.agent.window.budget import PER_MESSAGE, Budget
from carrel.agent.window.calibration import SOUND_SHARE
from carrel.agent.window.truncate import count_message, truncate_text
from carrel.errors import DoesNotFit, ModelFailed, NotConfigured
from carrel.memory.store import Memory
from carrel.memory.values import Block, StoredMessage
from carrel.messages import AssistantMessage, Message, SystemMessage, ToolCall, ToolResult, Usage, canonical
from carrel.protocols import ChatModel, Reply, Request, TokenCounter
from carrel.rendering.core_memory import TRUNCATED
from carrel.rendering.notices import render_review_note
from carrel.rendering.prompt import add_note
from carrel.text import clean_text
from carrel.tools.tool import ToolContext
from carrel.tools.toolbox import Toolbox

MAX_STEPS = 6
"""Requests for one portion."""

CHARACTERS_PER_TOKEN = 3

MIN_RESULT = 24
"""The least tokens that the result of a call may take; a shorter one says nothing."""

MAX_NAME = 40
"""Characters of a call's name that are kept."""

CUT = "was cut off, and nothing of it was done"
FILTERED = "was filtered, and nothing of it was done"
AS_TEXT = "was a call written as text, and nothing was executed"
EMPTY = "was empty"

REMEDIES = {
    CUT: "Raise 'reply_tokens' and 'window': it may be thinking.",
    FILTERED: "Use another model.",
    AS_TEXT: "Start the server with its tool parser, or use another model.",
    EMPTY: "Use another model.",
}


@dataclass(slots=True)
class Review:
    """The review of one portion, as far as it has come."""

    portion: Sequence[StoredMessage]
    since: int
    """Where the mark was when the portion was taken."""
    size: int
    """The tokens of what was said."""
    talk: list[Message]
    """The portion, and then each reply with the results of its calls."""
    _: KW_ONLY
    core: dict[str, str] = field(default_factory=dict)
    """Core memory as the model has read it, by label."""
    calls: list[tuple[str, bool]] = field(default_factory=list)
    """The tools that were called, and whether each call was done."""
    tokens: int = 0
    """What the requests have taken."""
    wrong: str = ""
    """What is wrong with the last reply, where it was of no use."""
    marked: bool = False
    """Whether the portion counts as reviewed: once something was changed, or nothing is left to change."""


class Reviewer:
    """Reviews portions of what was said to one agent; `toolbox` holds its memory tools alone."""

    def __init__(
        self, memory: Memory, model: ChatModel, toolbox: Toolbox, counter: TokenCounter, budget: Budget
    ) -> None:
        self._memory = memory
        self._model = model
        self._toolbox = toolbox
        self._schemas = toolbox.lean_schemas if budget.small else toolbox.schemas
        self._counter = counter
        self._budget = budget

    def review(self, review: Review, max_tokens: int) -> int:
        """Ask until nothing is left to change.

        Return 0, or, where `max_tokens` do not suffice for the next request, how many it takes; then the portion
        counts as reviewed if something was changed.

        Raises:
            DoesNotFit: a request does not fit the window, or its server finds it too long.
            ModelFailed: two replies in a row were of no use; what was not reviewed is left for the next time.
        """
        for step in range(1, MAX_STEPS + 1):
            talk = self._talk(review)
            size = self.size(talk)
            if size > self._budget.prompt:
                if step == 1 or review.wrong or not (review.marked or len(review.portion) == 1):
                    raise self._too_long(size)
                break
            cost = self._in_model_tokens(size)
            room = max_tokens - review.tokens - cost
            if room < self._budget.reserve:
                return cost + self._budget.reserve
            limit = min(room, self._budget.window - cost) if review.wrong == CUT else self._budget.reserve
            reply = self._ask(talk, limit)
            review.tokens += self._spent(reply, cost)
            wrong = _what_is_wrong(reply)
            if wrong and (review.wrong or step == MAX_STEPS):
                raise self._useless(wrong)
            review.wrong = wrong
            if not wrong and not self._act(review, talk, reply, step):
                break
        if not review.marked:
            self._memory.review_cursor.advance(review.portion[-1], review.since)
            review.marked = True
        return 0

    def instructions(self, blocks: Sequence[Block]) -> str:
        """Return the instructions, with core memory as it is now."""
        core = render_blocks(blocks, self._budget.core, self._counter)
        today = self._memory.now().strftime("%A %Y-%m-%d")
        return "\n\n".join([prompt("consolidate"), f"Today is {today}.", "\n".join(core.values())])

    def size(self, talk: Sequence[Message]) -> int:
        """Return the tokens of a request, tools included."""
        said = [
            message if isinstance(message, AssistantMessage) else AssistantMessage(message.text) for message in talk
        ]
        texts = sum(count_message(m.text, m.calls, self._counter, m.opaque) + PER_MESSAGE for m in said)
        return texts + sum(self._counter.count(canonical(schema.to_json())) for schema in self._schemas)

    def _talk(self, review: Review) -> list[Message]:
        """Return what is sent: core memory as it is now, the talk, and a note on the last reply if need be.

        The note is part of the last message, because strict chat templates require the roles to alternate.
        """
        self._memory.review_cursor.require_agent()
        blocks = self._memory.core.all()
        review.core = {block.label: block.value for block in blocks}
        last = review.talk[-1]
        noted = replace(last, text=add_note(last.text, render_review_note(review.wrong))) if review.wrong else last
        return [SystemMessage(self.instructions(blocks)), *review.talk[:-1], noted]

    def _act(self, review: Review, talk: Sequence[Message], reply: Reply, step: int) -> bool:
        """Execute the calls of a reply to such a talk, and return whether it makes any."""
        message = _with_ids(reply.message, step)
        if message.calls:
            limit = self._result_limit(talk, message)
            results = [
                replace(result, text=truncate_text(result.text, limit, self._counter, TRUNCATED))
                for result in self._execute(review, message.calls, step, limit)
            ]
            review.talk += [message, *results]
            review.calls += [(result.name, result.ok) for result in results]
        return bool(message.calls)

    def _result_limit(self, talk: Sequence[Message], message: AssistantMessage) -> int:
        """Return the tokens that each result of a message's calls may take, so that the model can read them all."""
        left = self._budget.prompt - self.size([*talk, message])
        return min(self._budget.message_share, max(MIN_RESULT, left // len(message.calls) - PER_MESSAGE))

    def _execute(self, review: Review, calls: Sequence[ToolCall], step: int, max_tokens: int) -> list[ToolResult]:
        """Run the calls of one reply: searches first; edits in one transaction, with the mark if one is the first.

        Raises:
            Busy, NotFound: the mark was moved or the agent removed meanwhile; nothing has changed.
        """
        room = max_tokens * CHARACTERS_PER_TOKEN

        def run(n: int, memory: Memory) -> ToolResult:
            context = ToolContext(memory, "", step, n, room, reason="consolidation", core=dict(review.core))
            outcome = self._toolbox.run(calls[n], context)
            review.core |= outcome.core
            return outcome.result

        edits = [n for n, call in enumerate(calls) if self._toolbox.effect(call.name) == "memory"]
        results = {n: run(n, self._memory) for n in range(len(calls)) if n not in edits}
        if edits:
            with self._memory.transaction() as memory:
                memory.review_cursor.require_agent()
                for n in edits:
                    results[n] = memory.attempt(partial(run, n))
                changed = any(results[n].ok for n in edits)
                if changed and not review.marked:
                    memory.review_cursor.advance(review.portion[-1], review.since)
            review.marked |= changed
        return [results[n] for n in range(len(calls))]

    def _ask(self, talk: Sequence[Message], max_tokens: int) -> Reply:
        """Ask the model for a reply of at most so many tokens.

        That its server takes no tools may show only now, and what it says without them is no review.
        """
        self._check_tools()
        for piece in self._model.stream(Request(tuple(talk), self._schemas, max_tokens)):
            if isinstance(piece, Reply):
                self._check_tools()
                return piece
        raise ModelFailed(f"Model '{self._model.name}' ended without a reply.", "Consolidate again.")

    def _spent(self, reply: Reply, cost: int) -> int:
        """Return the tokens that a request took: as reported, or else as estimated.

        What a server leaves out, because it had it cached or has truncated it, was sent all the same.
        """
        usage = reply.usage or Usage()
        sent = usage.prompt if usage.prompt >= SOUND_SHARE * cost else cost
        said = count_message(reply.message.text, reply.message.calls, self._counter)
        return sent + (usage.completion or self._in_model_tokens(said))

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

    def _in_model_tokens(self, tokens: int) -> int:
        """Return how many of the model's tokens so many of the counter's stand for."""
        return math.ceil(tokens * self._budget.scale)


def _what_is_wrong(reply: Reply) -> str:
    """Return what is wrong with a reply, for the model and the user; empty where it is of use."""
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
    """Return a message whose calls have unique ids."""
    calls = tuple(
        ToolCall(f"call_{step}_{place}", clean_text(call.name, MAX_NAME), clean_text(call.arguments))
        for place, call in enumerate(message.calls)
    )
    return AssistantMessage(clean_text(message.text), calls, opaque=message.opaque)
