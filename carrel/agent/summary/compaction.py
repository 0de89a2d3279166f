"""Summarise what leaves the queue: recursively, within a token budget, and without ever failing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from carrel.agent.prompts import prompt
from carrel.agent.summary.extraction import (
    describe_message,
    extract_assistant_lines,
    extract_lines,
    extract_names,
    score_part,
    split_summary,
)
from carrel.agent.window.truncate import truncate_text
from carrel.errors import CarrelError, DoesNotFit, ModelFailed
from carrel.memory.values import StoredMessage
from carrel.messages import SystemMessage, Usage, UserMessage
from carrel.protocols import Clock, Reply, Request, Retrying, StreamingModel, TextPiece, TokenCounter
from carrel.rendering.core_memory import TRUNCATED
from carrel.rendering.summary import render_hint, render_spoken_line, render_summary_request
from carrel.text import clip

WORDS_PER_TOKEN = 0.6
"""English has about 0.75 words per token; a model that is asked for fewer stays within its limit."""

MAX_SECONDS = 120.0
"""How long a summary may take, all its requests together: a turn waits for it, and an extract will do."""

MAX_CHARACTERS = 1500
"""Characters of one message that the summariser reads: the gist of a paste is at its beginning."""

NEW_SHARE = 3
"""Where not all fits, one part in this many of an extract is for what is new: the old summary stands for more."""

MAX_HINTS = 12
"""Words to search for."""

MAX_HALVINGS = 1
"""How often a piece on which the model fails is halved; a model that fails on a quarter of a window fails on all."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary, and what its requests took."""

    text: str
    usage: Usage = field(default_factory=Usage)


class Summariser(Protocol):
    """Turns what is evicted into a summary."""

    def summarise(self, previous: str, evicted: Sequence[StoredMessage], max_tokens: int, window: int) -> Summary:
        """Return a summary of at most `max_tokens` tokens; `window` is what a request and its reply may take."""
        ...


class ExtractiveSummariser:
    """Keeps the most important lines as they were said; needs no model and cannot fail."""

    def __init__(self, counter: TokenCounter) -> None:
        self._counter = counter

    def summarise(self, previous: str, evicted: Sequence[StoredMessage], max_tokens: int, window: int = 0) -> Summary:
        """Return the best parts of the old summary and of what is evicted, and words to search for the rest.

        What a model wrote before it failed is kept sentence by sentence: it stands for much more than its length.
        """
        before, words = split_summary(previous)
        limit = max_tokens - max_tokens // NEW_SHARE
        before = list(dict.fromkeys(self._truncate(part, limit) for part in before))  # models may repeat themselves
        said = extract_lines(evicted)
        if not (said or before):
            said = extract_assistant_lines(evicted)
        left = max(max_tokens - self._cost(before), max_tokens // NEW_SHARE)
        new = self._best([self._truncate(line, left) for line in said], left)
        old = self._best(before, max_tokens - self._cost(new))
        return Summary(self._with_hint("\n".join([*old, *new]), [*extract_names(evicted), *words], max_tokens))

    def _with_hint(self, text: str, words: Sequence[str], max_tokens: int) -> str:
        """Add which words find what the summary leaves out, as far as there is room."""
        missing = [word for word in dict.fromkeys(words) if word not in text][:MAX_HINTS]
        while missing:
            whole = f"{text}\n{render_hint(missing)}".strip()
            if self._counter.count(whole) <= max_tokens:
                return whole
            missing.pop()
        return text

    def _best(self, parts: Sequence[str], max_tokens: int) -> list[str]:
        """Return the most important parts that fit together, in order; of equal ones the latest."""
        chosen: list[int] = []
        left = max_tokens
        for number in sorted(range(len(parts)), key=lambda n: (-score_part(parts[n]), -n)):
            cost = self._cost([parts[number]])
            if cost <= left:
                chosen.append(number)
                left -= cost
        return [parts[number] for number in sorted(chosen)]

    def _truncate(self, part: str, max_tokens: int) -> str:
        return truncate_text(part, max_tokens - 1, self._counter, "…")

    def _cost(self, parts: Sequence[str]) -> int:
        return sum(self._counter.count(part) + 1 for part in parts)


class ModelSummariser:
    """Asks the model, piece by piece; where it fails or takes longer than MAX_SECONDS, an extract takes its place."""

    def __init__(self, model: StreamingModel, counter: TokenCounter, clock: Clock) -> None:
        self._model = model
        self._counter = counter
        self._clock = clock

    def summarise(self, previous: str, evicted: Sequence[StoredMessage], max_tokens: int, window: int) -> Summary:
        """Return the model's summary, made in pieces where what is evicted is long."""
        deadline = self._clock.monotonic() + MAX_SECONDS
        task = _Task(
            model=self._model,
            counter=self._counter,
            clock=self._clock,
            max_tokens=max_tokens,
            window=window,
            deadline=deadline,
        )
        text = previous
        for piece in task.pieces(evicted):
            text = task.summarise(text, piece)
        return Summary(text, task.usage)


@dataclass(slots=True, kw_only=True)
class _Task:
    """One summary as it is made: its limits, and what it has taken so far."""

    model: StreamingModel
    counter: TokenCounter
    clock: Clock
    max_tokens: int
    window: int
    deadline: float
    """In seconds of the monotonic clock."""
    usage: Usage = field(default_factory=Usage)

    def pieces(self, evicted: Sequence[StoredMessage]) -> list[list[StoredMessage]]:
        """Group messages so that each group takes at most half of the window."""
        groups: list[list[StoredMessage]] = [[]]
        size = 0
        for message in evicted:
            cost = self.counter.count(self._transcript(message)) + 1
            if groups[-1] and size + cost > self.window // 2:
                groups.append([])
                size = 0
            groups[-1].append(message)
            size += cost
        return groups

    def summarise(self, previous: str, evicted: Sequence[StoredMessage], halvings: int = MAX_HALVINGS) -> str:
        """Return the summary of one piece, of its halves where the model fails on it, or an extract of it."""
        try:
            if self.clock.monotonic() < self.deadline and (said := self._ask(previous, evicted)):
                return said
        except (ModelFailed, DoesNotFit):
            pass
        except CarrelError:
            return self._extract(previous, evicted)
        if len(evicted) == 1 or halvings == 0:
            return self._extract(previous, evicted)
        middle = len(evicted) // 2
        halfway = self.summarise(previous, evicted[:middle], halvings - 1)
        return self.summarise(halfway, evicted[middle:], halvings - 1)

    def _extract(self, previous: str, evicted: Sequence[StoredMessage]) -> str:
        return ExtractiveSummariser(self.counter).summarise(previous, evicted, self.max_tokens).text

    def _ask(self, previous: str, evicted: Sequence[StoredMessage]) -> str:
        text = render_summary_request(previous, [self._transcript(message) for message in evicted])
        instructions = prompt("summary").format(words=int(self.max_tokens * WORDS_PER_TOKEN))
        request = Request((SystemMessage(instructions), UserMessage(text)), max_tokens=self.max_tokens)
        return truncate_text(self._listen(request), self.max_tokens, self.counter)

    def _listen(self, request: Request) -> str:
        """Return what the model says; empty where it is still talking at the deadline."""
        stream = self.model.stream(request)
        heard: list[str] = []
        for piece in stream:
            if isinstance(piece, Reply):
                self._add_usage(request, piece.message.text, piece.usage)
                return piece.message.text.strip()
            if isinstance(piece, TextPiece):
                heard.append(piece.text)
            wait = piece.wait if isinstance(piece, Retrying) else 0.0
            if self.clock.monotonic() + wait >= self.deadline:
                break
        if close := getattr(stream, "close", None):
            close()
        self._add_usage(request, "".join(heard), None)
        return ""

    def _add_usage(self, request: Request, said: str, reported: Usage | None) -> None:
        """Add what a request took, as reported or else as counted."""
        sent = sum(self.counter.count(message.text) for message in request.messages)
        self.usage += replace(reported or Usage(sent, self.counter.count(said)), calls=1)

    def _transcript(self, message: StoredMessage) -> str:
        """Return a message as the summariser reads it, truncated to an eighth of the window."""
        said = clip(describe_message(message), MAX_CHARACTERS)
        line = render_spoken_line(message.at, message.speaker or message.role, said)
        return truncate_text(line, self.window // 8, self.counter, TRUNCATED)
