"""Make room: what leaves the queue goes into the recursive summary, within its own budget and never failing."""

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from carrel.agent.cutting import fitted
from carrel.agent.prompts import prompt
from carrel.errors import CarrelError, DoesNotFit, ModelFailed
from carrel.memory.values import StoredMessage
from carrel.messages import SystemMessage, UserMessage
from carrel.protocols import ChatModel, Reply, Request, TokenCounter
from carrel.text import clip, one_line
from carrel.tools.memgpt import SEND, message_of

WORDS_PER_TOKEN = 0.6
"""English has about 0.75 words a token; a model that is told fewer stays within the bound."""

_TELLING = re.compile(r"\d|[A-ZÄÖÜ][a-zäöü]+|[\u4e00-\u9fff]")

_PERSONAL = re.compile(r"\b(I|my|My|I'm|we)\b|我")

TRANSCRIPT_LETTERS = 1500
"""Characters of one message that the summariser reads: the gist of a paste stands at its beginning."""


HALVINGS = 1
"""Times that a piece which the model fails on is cut in two; who fails on a quarter of a window fails on all."""


class Summariser(Protocol):
    """Turns what is evicted into a summary."""

    def summarise(self, previous: str, evicted: Sequence[StoredMessage], most: int) -> str:
        """Return a summary of at most `most` tokens."""
        ...


class ExtractiveSummariser:
    """Keeps the most telling lines as they were said; needs no model and cannot fail."""

    def __init__(self, counter: TokenCounter) -> None:
        self._counter = counter

    def summarise(self, previous: str, evicted: Sequence[StoredMessage], most: int) -> str:
        """Return the most telling lines of the old summary and of what is evicted, oldest first."""
        lines = [line for line in previous.splitlines() if line.startswith("- ")]
        lines += [_line(message) for message in evicted if message.role == "user" and message.text.strip()]
        kept = set(self._best(lines, most))
        return "\n".join(line for number, line in enumerate(lines) if number in kept)

    def _best(self, lines: Sequence[str], most: int) -> list[int]:
        chosen: list[int] = []
        left = most
        for number in sorted(range(len(lines)), key=lambda n: (-_telling(lines[n]), -n)):
            cost = self._counter.count(lines[number]) + 1
            if cost <= left:
                chosen.append(number)
                left -= cost
        return chosen


class ModelSummariser:
    """Asks the model, within a budget; where it fails, a smaller piece is tried, and then extraction.

    `window` gives the tokens that a request and its answer may take together.
    """

    def __init__(self, model: ChatModel, counter: TokenCounter, window: Callable[[], int]) -> None:
        self._model = model
        self._counter = counter
        self._window = window
        self._fallback = ExtractiveSummariser(counter)

    def summarise(self, previous: str, evicted: Sequence[StoredMessage], most: int) -> str:
        """Return the model's summary, made in pieces where what is evicted is long."""
        summary = previous
        for piece in self._pieces(evicted):
            summary = self._summed(summary, piece, most)
        return summary

    def _summed(self, previous: str, evicted: Sequence[StoredMessage], most: int, halvings: int = HALVINGS) -> str:
        """Return the summary of one piece, of its halves where the model fails on it, or an extract of it."""
        try:
            if said := self._asked(previous, evicted, most):
                return said
        except (ModelFailed, DoesNotFit):
            pass
        except CarrelError:
            return self._fallback.summarise(previous, evicted, most)
        if len(evicted) == 1 or halvings == 0:
            return self._fallback.summarise(previous, evicted, most)
        middle = len(evicted) // 2
        halfway = self._summed(previous, evicted[:middle], most, halvings - 1)
        return self._summed(halfway, evicted[middle:], most, halvings - 1)

    def _asked(self, previous: str, evicted: Sequence[StoredMessage], most: int) -> str:
        lines = (self._transcript(message) for message in evicted)
        text = f"Old summary:\n{previous or '(none)'}\n\nMessages:\n" + "\n".join(lines)
        instructions = prompt("summary").format(words=int(most * WORDS_PER_TOKEN))
        request = Request((SystemMessage(instructions), UserMessage(text)), max_tokens=most)
        return fitted(_text_of(self._model, request), most, self._counter)

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
        calls = ", ".join(call.name for call in message.calls)
        sent = " ".join(message_of(call.arguments) for call in message.calls if call.name == SEND)
        said = clip(sent or message.text, TRANSCRIPT_LETTERS) or f"(calls {calls})"
        line = f"[{message.at:%Y-%m-%d %H:%M}] {message.speaker or message.role}: {said}"
        return fitted(line, self._window() // 8, self._counter, " […cut]")


def _text_of(model: ChatModel, request: Request) -> str:
    for piece in model.stream(request):
        if isinstance(piece, Reply):
            return piece.message.text.strip()
    return ""


def _line(message: StoredMessage) -> str:
    return f"- {message.at:%Y-%m-%d} {message.speaker or message.role}: {one_line(message.text, 160)}"


def _telling(line: str) -> float:
    """Guess how much a line tells: names and numbers do, questions and small talk do not."""
    body = line.partition(": ")[2]
    return len(_TELLING.findall(body)) + 2 * bool(_PERSONAL.search(body)) - 3 * body.endswith(("?", "？"))
