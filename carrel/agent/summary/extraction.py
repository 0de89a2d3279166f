"""Take from a talk, without a model, what tells most of it: parts of a summary, lines, words to search for. Pure."""

import re
from collections.abc import Sequence
from textwrap import wrap

from carrel.memory.values import StoredMessage
from carrel.rendering.summary import ExtractLine, parse_extract_line, parse_hint, render_extract_line
from carrel.text import one_line
from carrel.tools.memgpt import SEND, message_of

LINE_LETTERS = 160
"""Characters of a message that a line shows: two sentences."""

PIECE_LETTERS = 240
"""The longest piece that a summary is taken apart into; a sentence that is longer is no unit of sense."""

WRITTEN = 4
"""What a sentence of a model's summary tells beyond its names and numbers: it stands for many lines."""

OWED = 5
"""What a promise tells beyond its names and numbers: nothing else says what is still to be done."""

_TELLING = re.compile(r"\d[\d.,:/-]*|[A-ZÄÖÜ][a-zäöü]+|[\u4e00-\u9fff]")

_LONG_FIGURE = re.compile(r"\d[\d.,:/-]{2,}")
"""A code, a sum, a date: it tells twice as much."""

_PERSONAL = re.compile(r"\b(I|my|My|I'm|we)\b|我")

_PROMISE = re.compile(r"\b(?:I will|I['’]ll|I promise|promised|remind)\b|我会|我来|提醒|答应", re.IGNORECASE)

_PLAN = re.compile(r"\b(?:I will|I['’]ll)\b|我会", re.IGNORECASE)
"""What is a promise of the agent, and from a user said of everything."""

_SENTENCE = re.compile(r"(?:(?<=\w\w\w[.!?])|(?<=\d\d[.!?])) +|(?<=[。！？])")
"""Where a sentence ends; not after "Dr." and the like."""

_NAME = re.compile(r"(?<=[a-zäöüß0-9,;] )[A-ZÄÖÜ][A-Za-zÄÖÜäöüß]{2,}")


def parts_of(summary: str) -> tuple[list[str], list[str]]:
    """Take a summary apart: the lines of an extract, a model's sentences or less, and the words to search for."""
    parts: list[str] = []
    words: list[str] = []
    for line in filter(None, map(str.strip, summary.splitlines())):
        if (hinted := parse_hint(line)) is not None:
            words += hinted
        elif parse_extract_line(line):
            parts.append(line)
        else:
            parts += [part for said in _sentences(line) for part in wrap(said, PIECE_LETTERS, break_on_hyphens=False)]
    return parts, words


def lines_of(evicted: Sequence[StoredMessage]) -> list[str]:
    """Return in lines, with date and speaker, what the user said and what the agent promised or asked."""
    return [_line(message, said) for message in evicted for said in _owed(message)]


def all_lines_of(evicted: Sequence[StoredMessage]) -> list[str]:
    """Return what the agent said or called, a line for each message."""
    return [_line(message, spoken(message)) for message in evicted if message.role == "assistant"]


def names_of(evicted: Sequence[StoredMessage]) -> list[str]:
    """Return the names in what was said, the latest first: words with a capital inside a sentence."""
    said = [message.text for message in reversed(evicted) if message.role != "tool"]
    return [name for text in said for name in _NAME.findall(text)]


def spoken(message: StoredMessage) -> str:
    """Return what a message says to the other side, or what it calls where it says nothing."""
    sent = " ".join(message_of(call.arguments) for call in message.calls if call.name == SEND)
    return sent or message.text or f"(calls {', '.join(call.name for call in message.calls)})"


def telling(part: str) -> float:
    """Guess how much a part tells: a model's sentence, names and numbers do, questions and small talk do not."""
    line = parse_extract_line(part)
    body = line.text if line else part
    owed = _PLAN.sub("", body) if line and line.who != "assistant" else body
    told = (0 if line else WRITTEN) + OWED * bool(_PROMISE.search(owed)) + 2 * bool(_PERSONAL.search(body))
    return told + len(_TELLING.findall(body)) + len(_LONG_FIGURE.findall(body)) - 3 * _asks(body)


def _owed(message: StoredMessage) -> list[str]:
    """Return what is kept of a message: of a long one of the agent the sentences that promise or ask."""
    said = spoken(message)
    if message.role == "user":
        return [said] if message.text.strip() else []
    if message.role != "assistant" or not _owes(said):
        return []
    if len(said) <= LINE_LETTERS:
        return [said]
    return [_promise(sentence) for line in said.splitlines() for sentence in _sentences(line) if _owes(sentence)]


def _promise(sentence: str) -> str:
    """Return a sentence, or of one that is too long for a line what it promises."""
    found = _PROMISE.search(sentence) if len(sentence) > LINE_LETTERS else None
    return sentence[found.start() :] if found else sentence


def _sentences(line: str) -> list[str]:
    return [sentence.strip() for sentence in _SENTENCE.split(line) if sentence.strip()]


def _owes(text: str) -> bool:
    return bool(_PROMISE.search(text)) or _asks(text)


def _asks(text: str) -> bool:
    return text.rstrip().endswith(("?", "？"))


def _line(message: StoredMessage, said: str) -> str:
    line = ExtractLine(message.at.date(), message.speaker or message.role, one_line(said, LINE_LETTERS))
    return render_extract_line(line)
