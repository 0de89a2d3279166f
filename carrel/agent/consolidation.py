"""Consolidation between conversations ("sleep time"): the agent reviews what was said and puts its memory in order.

Nothing depends on it. What was said is taken in portions; the calls of a reply commit together, the first change with
the mark that the portion was reviewed. So a kill at any moment repeats no change, and the next run goes on behind it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from carrel.agent.budget import PER_MESSAGE, Budget
from carrel.agent.cutting import fitted, tokens_of
from carrel.agent.head import rendered
from carrel.agent.prompts import prompt
from carrel.agent.unanswered import is_call_as_text
from carrel.errors import DoesNotFit, ModelFailed, NotConfigured
from carrel.memory.store import Memory
from carrel.memory.values import StoredMessage
from carrel.messages import AssistantMessage, Message, SystemMessage, ToolCall, ToolResult, UserMessage, canonical
from carrel.protocols import ChatModel, Reply, Request, TokenCounter
from carrel.text import clean_text
from carrel.tools.tool import Toolbox, ToolContext

PORTION_SHARE = 4
"""A portion of what was said takes up to one part in this many of the window; the rest is for searches and edits."""

MAX_STEPS = 6
"""Requests for one portion."""

LOOKED_AT = 200
"""Messages that are loaded at once: more than a portion holds."""

LETTERS_PER_TOKEN = 3

NOTE = 'Note: Your last reply {wrong}. Use the calling interface, a few calls at a time, or answer "Done."'
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
    talk: list[Message]
    made: list[tuple[str, bool]] = field(default_factory=list)
    tokens: int = 0
    wrong: str = ""
    """What is wrong with the last reply, where it could not be taken."""
    marked: bool = False
    """Whether the portion counts as reviewed."""

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
        offers_tools: Callable[[], bool] = lambda: True,
    ) -> None:
        self._memory = memory
        self._model = model
        self._toolbox = toolbox
        self._schemas = toolbox.lean_schemas if budget.small else toolbox.schemas
        self._counter = counter
        self._budget = budget
        self._most = most
        self._offers_tools = offers_tools

    def run(self) -> Iterator[Reviewed]:
        """Review portion by portion until nothing is left or the tokens are spent.

        Raises:
            Busy: somebody else consolidates this agent; nothing was asked.
            NotConfigured: the server takes no tools.
            OperatorError: the model or the store failed; what was committed stays, and the next run goes on there.
        """
        spent = 0
        with self._memory.reviews.alone():
            while spent < self._most and (review := self._taken()):
                self._work(review, self._most - spent)
                spent += review.tokens
                yield review.reviewed

    def _taken(self) -> _Review | None:
        """Take the oldest messages that were not reviewed and fit together, one at least; None where none is left."""
        with self._memory.scope.database.read():
            since = self._memory.reviews.upto()
            waiting = self._memory.reviews.waiting(LOOKED_AT)
        left = self._budget.own // PORTION_SHARE
        lines: list[str] = []
        for line in map(self._line, waiting):
            left -= self._counter.count(line) + 1
            if lines and left < 0:
                break
            lines.append(line)
        said = UserMessage("What was said:\n" + "\n".join(lines))
        return _Review(waiting[: len(lines)], since, [said]) if lines else None

    def _work(self, review: _Review, most: int) -> None:
        """Review one portion; where the tokens are spent before the model is done, it counts by what was changed.

        Raises:
            ModelFailed: two replies in a row could not be taken; what was not reviewed is left for the next time.
        """
        for step in range(1, MAX_STEPS + 1):
            talk = self._talk(review)
            if (size := self._size(talk)) > self._budget.prompt:
                if step == 1 or review.wrong:
                    raise self._too_long(size)
                break
            if review.tokens >= most:
                return
            reply = self._asked(talk)
            review.tokens += reply.usage.prompt + reply.usage.completion if reply.usage else size
            wrong = _wrong(reply)
            if wrong and (review.wrong or step == MAX_STEPS):
                raise self._useless(wrong)
            review.wrong = wrong
            if not wrong and not self._done(review, reply, step):
                break
        if not review.marked:
            self._memory.reviews.mark(review.portion[-1], review.since)

    def _talk(self, review: _Review) -> list[Message]:
        """Return what is sent: core memory as it is now, the talk, and a note on the last reply if need be.

        It rides on the last message: strict chat templates want the roles to alternate.
        """
        last = review.talk[-1]
        noted = replace(last, text=f"{last.text}\n\n{NOTE.format(wrong=review.wrong)}") if review.wrong else last
        return [SystemMessage(self._instructions()), *review.talk[:-1], noted]

    def _done(self, review: _Review, reply: Reply, step: int) -> bool:
        """Do what a reply asks for, and return whether it asks for anything."""
        asked = _with_ids(reply.message, step)
        if asked.calls:
            results = self._execute(review, asked.calls, step)
            review.talk += [asked, *results]
            review.made += [(result.name, result.ok) for result in results]
        return bool(asked.calls)

    def _execute(self, review: _Review, calls: Sequence[ToolCall], step: int) -> list[ToolResult]:
        """Run the calls of one reply: searches first; edits in one transaction, with the mark where one is the first.

        Raises:
            Busy: the mark was moved meanwhile; nothing has changed.
        """
        room = self._budget.message * LETTERS_PER_TOKEN
        contexts = [ToolContext(self._memory, "", step, n, room, reason="consolidation") for n in range(len(calls))]
        edits = [n for n, call in enumerate(calls) if self._toolbox.effect(call.name) == "memory"]
        results = {n: self._toolbox.run(call, contexts[n]) for n, call in enumerate(calls) if n not in edits}
        if edits:
            with self._memory.scope.database.write() as connection:
                for n in edits:
                    with connection.begin_nested() as savepoint:
                        results[n] = self._toolbox.run(calls[n], contexts[n])
                        if not results[n].ok:
                            savepoint.rollback()
                changed = any(results[n].ok for n in edits)
                if changed and not review.marked:
                    self._memory.reviews.mark(review.portion[-1], review.since)
            review.marked |= changed
        return [results[n] for n in range(len(calls))]

    def _asked(self, talk: Sequence[Message]) -> Reply:
        """Ask the model. That its server takes no tools may show only now, and what it says without is no review."""
        self._check_tools()
        for piece in self._model.stream(Request(tuple(talk), self._schemas, self._budget.reserve)):
            if isinstance(piece, Reply):
                self._check_tools()
                return piece
        raise ModelFailed(f"Model '{self._model.name}' ended without a reply.", "Consolidate again.")

    def _check_tools(self) -> None:
        if not self._offers_tools():
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

    def _instructions(self) -> str:
        core = rendered(self._memory.core.all(), self._budget.core, self._counter)
        now = self._memory.scope.now().strftime("%A %Y-%m-%d")
        return "\n\n".join([prompt("consolidate"), f"Today is {now}.", "\n".join(core.values())])

    def _line(self, message: StoredMessage) -> str:
        who = message.speaker or message.role
        at = self._memory.scope.local(message.at)
        line = f"[{message.id} | {at:%Y-%m-%d %H:%M}] {who}: {message.text}"
        return fitted(line, self._budget.message, self._counter, " […cut]")

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
