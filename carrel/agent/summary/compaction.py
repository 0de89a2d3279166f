"""Make room: what leaves the queue goes into the recursive summary, within its own budget and never failing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from carrel.agent.prompts import prompt
from carrel.agent.summary.extraction import all_lines_of, lines_of, names_of, parts_of, spoken, telling
from carrel.agent.window.truncate import fitted
from carrel.errors import CarrelError, DoesNotFit, ModelFailed
from carrel.memory.values import StoredMessage
from carrel.messages import SystemMessage, Usage, UserMessage
from carrel.protocols import Clock, Reply, Request, Retrying, StreamingModel, TextPiece, TokenCounter
from carrel.rendering.core_memory import TRUNCATED
from carrel.rendering.summary import render_hint, render_spoken_line, render_summary_request
from carrel.text import clip

WORDS_PER_TOKEN = 0.6
"""English has about 0.75 words a token; a model that is told fewer stays within the bound."""

SECONDS = 120.0
"""How long a summary may take, all its requests together: a turn waits for it, and an extract serves meanwhile."""

TRANSCRIPT_LETTERS = 1500
"""Characters of one message that the summariser reads: the gist of a paste stands at its beginning."""

NEW_SHARE = 3
"""Where not all fits, one part in this many of an extract is for what is new; the old summary stands for more."""

HINTS = 12
"""Words to search for."""

HALVINGS = 1
"""Times that a piece which the model fails on is cut in two; who fails on a quarter of a window fails on all."""


class Summariser(Protocol):
    """Turns what is evicted into a summary."""

    usage: Usage
    """What the last summary took."""

    def summarise(self, previous: str, evicted: Sequence[StoredMessage], most: int) -> str:
        """Return a summary of at most `most` tokens."""
        ...


class ExtractiveSummariser:
    """Keeps the most telling lines as they were said; needs no model and cannot fail."""

    def __init__(self, counter: TokenCounter) -> None:
        self._counter = counter
        self.usage = Usage()

    def summarise(self, previous: str, evicted: Sequence[StoredMessage], most: int) -> str:
        """Return the most telling parts of the old summary and of what is evicted, and words to search for the rest.

        What a model wrote before it failed stays, sentence by sentence: it tells of much more than it is long.
        """
        before, words = parts_of(previous)
        before = list(dict.fromkeys(self._cut(part, most - most // NEW_SHARE) for part in before))  # models may loop
        said = lines_of(evicted)
        if not (said or before):
            said = all_lines_of(evicted)
        left = max(most - self._cost(before), most // NEW_SHARE)
        new = self._best([self._cut(line, left) for line in said], left)
        old = self._best(before, most - self._cost(new))
        return self._with_hint("\n".join([*old, *new]), [*names_of(evicted), *words], most)

    def _with_hint(self, text: str, words: Sequence[str], most: int) -> str:
        """Add which words find what the summary does not tell, as far as there is room."""
        unsaid = [word for word in dict.fromkeys(words) if word not in text][:HINTS]
        while unsaid:
            whole = f"{text}\n{render_hint(unsaid)}".strip()
            if self._counter.count(whole) <= most:
                return whole
            unsaid.pop()
        return text

    def _best(self, parts: Sequence[str], most: int) -> list[str]:
        """Return the most telling parts that fit together, of equal ones the latest, in order."""
        chosen: list[int] = []
        left = most
        for number in sorted(range(len(parts)), key=lambda n: (-telling(parts[n]), -n)):
            cost = self._cost([parts[number]])
            if cost <= left:
                chosen.append(number)
                left -= cost
        return [parts[number] for number in sorted(chosen)]

    def _cut(self, part: str, most: int) -> str:
        return fitted(part, most - 1, self._counter, "…")

    def _cost(self, parts: Sequence[str]) -> int:
        return sum(self._counter.count(part) + 1 for part in parts)


class ModelSummariser:
    """Asks the model, within a budget; where it fails, a smaller piece is tried, and then extraction.

    `window` gives the tokens that a request and its answer may take together. What is not summed up within SECONDS is
    extracted.
    """

    def __init__(
        self,
        model: StreamingModel,
        counter: TokenCounter,
        window: Callable[[], int],
        clock: Clock,
    ) -> None:
        self._model = model
        self._counter = counter
        self._window = window
        self._clock = clock
        self._fallback = ExtractiveSummariser(counter)
        self.usage = Usage()

    def summarise(self, previous: str, evicted: Sequence[StoredMessage], most: int) -> str:
        """Return the model's summary, made in pieces where what is evicted is long."""
        end = self._clock.monotonic() + SECONDS
        self.usage = Usage()
        summary = previous
        for piece in self._pieces(evicted):
            summary = self._summed(summary, piece, most, end)
        return summary

    def _summed(
        self, previous: str, evicted: Sequence[StoredMessage], most: int, end: float, halvings: int = HALVINGS
    ) -> str:
        """Return the summary of one piece, of its halves where the model fails on it, or an extract of it."""
        try:
            if self._clock.monotonic() < end and (said := self._asked(previous, evicted, most, end)):
                return said
        except (ModelFailed, DoesNotFit):
            pass
        except CarrelError:
            return self._fallback.summarise(previous, evicted, most)
        if len(evicted) == 1 or halvings == 0:
            return self._fallback.summarise(previous, evicted, most)
        middle = len(evicted) // 2
        halfway = self._summed(previous, evicted[:middle], most, end, halvings - 1)
        return self._summed(halfway, evicted[middle:], most, end, halvings - 1)

    def _asked(self, previous: str, evicted: Sequence[StoredMessage], most: int, end: float) -> str:
        lines = (self._transcript(message) for message in evicted)
        text = render_summary_request(previous, list(lines))
        instructions = prompt("summary").format(words=int(most * WORDS_PER_TOKEN))
        request = Request((SystemMessage(instructions), UserMessage(text)), max_tokens=most)
        return fitted(self._heard(request, end), most, self._counter)

    def _heard(self, request: Request, end: float) -> str:
        """Return what the model says; one that goes on for too long has said nothing that ends."""
        stream = self._model.stream(request)
        heard: list[str] = []
        for piece in stream:
            if isinstance(piece, Reply):
                self._note(request, piece.message.text, piece.usage)
                return piece.message.text.strip()
            if isinstance(piece, TextPiece):
                heard.append(piece.text)
            wait = piece.wait if isinstance(piece, Retrying) else 0.0
            if self._clock.monotonic() + wait >= end:
                break
        if close := getattr(stream, "close", None):
            close()
        self._note(request, "".join(heard), None)
        return ""

    def _note(self, request: Request, said: str, reported: Usage | None) -> None:
        """Add what a request took, as reported or else as counted."""
        sent = sum(self._counter.count(message.text) for message in request.messages)
        self.usage += replace(reported or Usage(sent, self._counter.count(said)), calls=1)

    def _pieces(self, evicted: Sequence[StoredMessage]) -> list[list[StoredMessage]]:
        """Group messages so that each group takes at most half of the window."""
        groups: list[list[StoredMessage]] = [[]]
        size = 0
        for message in evicted:
            cost = self._counter.count(self._transcript(message)) + 1
            if groups[-1] and size + cost > self._window() // 2:
                groups.append([])
                size = 0
            groups[-1].append(message)
            size += cost
        return groups

    def _transcript(self, message: StoredMessage) -> str:
        """Return a message as the summariser reads it, cut to an eighth of the window."""
        said = clip(spoken(message), TRANSCRIPT_LETTERS)
        line = render_spoken_line(message.at, message.speaker or message.role, said)
        return fitted(line, self._window() // 8, self._counter, TRUNCATED)
