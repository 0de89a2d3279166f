"""Make room: what leaves the queue goes into the recursive summary, within its own budget and never failing."""

import re
import time
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

_PROMISE = re.compile(r"\b(?:I will|I'll|I promise|promised|remind)\b|我会|我来|提醒|答应", re.IGNORECASE)

_SENTENCE = re.compile(r"(?:(?<=\w\w\w[.!?])|(?<=\d\d[.!?])) +|(?<=[。！？])")
"""Where a sentence ends; not after "Dr." and the like."""

_NAME = re.compile(r"(?<=[a-zäöüß0-9,;] )[A-ZÄÖÜ][A-Za-zÄÖÜäöüß]{2,}")

WRITTEN = 4
"""What a sentence of a model's summary tells beyond its names and numbers: it stands for many lines."""

HINT = "Search for: "
HINTS = 12
"""Words that find what the summary does not tell."""

SECONDS = 120.0
"""How long a summary may take: a turn waits for it, and an extract serves meanwhile."""

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
        """Return the most telling parts of the old summary and of what is evicted, and words to search for the rest.

        What a model wrote before it failed stays, sentence by sentence: it tells of much more than it is long.
        """
        old, words = _parts(previous)
        said = [message for message in evicted if message.role != "tool" and message.text.strip()]
        lines = [*old, *(_line(message) for message in said if message.role == "user" or _promises(message.text))]
        lines = lines or [_line(message) for message in said]
        kept = set(self._best(lines, most))
        text = "\n".join(line for number, line in enumerate(lines) if number in kept)
        return self._with_hint(text, [*_names(said), *words], most)

    def _with_hint(self, text: str, words: Sequence[str], most: int) -> str:
        """Add which words find what the summary does not tell, as far as there is room."""
        unsaid = [word for word in dict.fromkeys(words) if word not in text][:HINTS]
        while unsaid:
            whole = f"{text}\n{HINT}{', '.join(unsaid)}".strip()
            if self._counter.count(whole) <= most:
                return whole
            unsaid.pop()
        return text

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

    def __init__(
        self,
        model: ChatModel,
        counter: TokenCounter,
        window: Callable[[], int],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._counter = counter
        self._window = window
        self._monotonic = monotonic
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
        return fitted(self._heard(request), most, self._counter)

    def _heard(self, request: Request) -> str:
        """Return what the model says; one that goes on for too long has said nothing that ends."""
        until = self._monotonic() + SECONDS
        stream = self._model.stream(request)
        for piece in stream:
            if isinstance(piece, Reply):
                return piece.message.text.strip()
            if self._monotonic() > until:
                break
        if close := getattr(stream, "close", None):
            close()
        return ""

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


def _parts(summary: str) -> tuple[list[str], list[str]]:
    """Take a summary apart: the lines of an extract, a model's sentences, and the words to search for."""
    lines: list[str] = []
    words: list[str] = []
    for line in filter(None, map(str.strip, summary.splitlines())):
        if line.startswith(HINT):
            words += line.removeprefix(HINT).split(", ")
        elif line.startswith("- "):
            lines.append(line)
        else:
            lines += [sentence for sentence in _SENTENCE.split(line) if sentence]
    return lines, words


def _names(messages: Sequence[StoredMessage]) -> list[str]:
    """Return the names in messages, the latest first: words with a capital inside a sentence."""
    return [name for message in reversed(messages) for name in _NAME.findall(message.text)]


def _promises(text: str) -> bool:
    """Return whether the agent promised something, or asked what is still open."""
    return bool(_PROMISE.search(text)) or text.rstrip().endswith(("?", "？"))


def _line(message: StoredMessage) -> str:
    return f"- {message.at:%Y-%m-%d} {message.speaker or message.role}: {one_line(message.text, 160)}"


def _telling(line: str) -> float:
    """Guess how much a line tells: a model's sentence, names and numbers do, questions and small talk do not."""
    extract = line.startswith("- ")
    body = line.partition(": ")[2] if extract else line
    told = (0 if extract else WRITTEN) + 2 * bool(_PROMISE.search(body)) + 2 * bool(_PERSONAL.search(body))
    return told + len(_TELLING.findall(body)) - 3 * body.endswith(("?", "？"))
