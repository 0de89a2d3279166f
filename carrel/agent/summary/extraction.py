"""Extract a summary from a conversation without a model: score sentences, and find words to search for. Pure."""

import re
from collections.abc import Sequence
from textwrap import wrap

from carrel.memory.values import StoredMessage
from carrel.rendering.summary import ExtractLine, parse_extract_line, parse_hint, render_extract_line
from carrel.text import one_line
from carrel.tools.memgpt import SEND, parse_sent_message

MAX_LINE = 160
"""Characters of a message that a line keeps: two sentences."""

MAX_PART = 240
"""Characters of the longest part that a summary is split into; a longer sentence is not one statement."""

WRITTEN_SCORE = 4
"""What a sentence of a model's summary scores besides its names and numbers: it stands for many lines."""

PROMISE_SCORE = 5
"""What a promise scores besides its names and numbers: nothing else says what is still to be done."""

PERSONAL_SCORE = 2
QUESTION_SCORE = -3

_NAME_OR_NUMBER = re.compile(r"\d[\d.,:/-]*|[A-ZÄÖÜ][a-zäöü]+|[\u4e00-\u9fff]")
"""Each counts once: a number, a word with a capital, a Chinese character."""

_LONG_FIGURE = re.compile(r"\d[\d.,:/-]{2,}")
"""A code, a sum, a date: it counts twice."""

_PERSONAL = re.compile(r"\b(I|my|My|I'm|we)\b|我")

_PROMISE = re.compile(r"\b(?:I will|I['’]ll|I promise|promised|remind)\b|我会|我来|提醒|答应", re.IGNORECASE)

_PLAN = re.compile(r"\b(?:I will|I['’]ll)\b|我会", re.IGNORECASE)
"""A promise when the agent says it; users say it of everything."""

_SENTENCE = re.compile(r"(?:(?<=\w\w\w[.!?])|(?<=\d\d[.!?])) +|(?<=[。！？])")
"""Where a sentence ends; not after "Dr." and the like."""

_NAME = re.compile(r"(?<=[a-zäöüß0-9,;] )[A-ZÄÖÜ][A-Za-zÄÖÜäöüß]{2,}")


def split_summary(summary: str) -> tuple[list[str], list[str]]:
    """Return the parts of a summary (an extract's lines, a model's sentences or less) and the words to search for."""
    parts: list[str] = []
    words: list[str] = []
    for line in filter(None, map(str.strip, summary.splitlines())):
        if (hinted := parse_hint(line)) is not None:
            words += hinted
        elif parse_extract_line(line):
            parts.append(line)
        else:
            parts += [part for said in _split_sentences(line) for part in wrap(said, MAX_PART, break_on_hyphens=False)]
    return parts, words


def extract_lines(evicted: Sequence[StoredMessage]) -> list[str]:
    """Return what the user said and what the agent promised or asked, as lines with date and speaker."""
    return [_line(message, said) for message in evicted for said in _worth_keeping(message)]


def extract_assistant_lines(evicted: Sequence[StoredMessage]) -> list[str]:
    """Return what the agent said or called, one line for each message."""
    return [_line(message, describe_message(message)) for message in evicted if message.role == "assistant"]


def extract_names(evicted: Sequence[StoredMessage]) -> list[str]:
    """Return the names in what was said, the latest first: words with a capital inside a sentence."""
    said = [message.text for message in reversed(evicted) if message.role != "tool"]
    return [name for text in said for name in _NAME.findall(text)]


def describe_message(message: StoredMessage) -> str:
    """Return what a message says to the other side, or which tools it calls where it says nothing."""
    sent = " ".join(parse_sent_message(call.arguments) for call in message.calls if call.name == SEND)
    return sent or message.text or f"(calls {', '.join(call.name for call in message.calls)})"


def score_part(part: str) -> float:
    """Estimate how important a part is: names, numbers, promises and a model's sentences are, questions are not."""
    line = parse_extract_line(part)
    body = line.text if line else part
    promised = _PLAN.sub("", body) if line and line.who != "assistant" else body
    score = 0 if line else WRITTEN_SCORE
    score += PROMISE_SCORE * bool(_PROMISE.search(promised)) + PERSONAL_SCORE * bool(_PERSONAL.search(body))
    score += QUESTION_SCORE * _is_question(body)
    return score + len(_NAME_OR_NUMBER.findall(body)) + len(_LONG_FIGURE.findall(body))


def _worth_keeping(message: StoredMessage) -> list[str]:
    """Return what is kept of a message: of a long one of the agent, the sentences that promise or ask."""
    said = describe_message(message)
    if message.role == "user":
        return [said] if message.text.strip() else []
    if message.role != "assistant" or not _promises_or_asks(said):
        return []
    if len(said) <= MAX_LINE:
        return [said]
    sentences = (sentence for line in said.splitlines() for sentence in _split_sentences(line))
    return [_from_promise(sentence) for sentence in sentences if _promises_or_asks(sentence)]


def _from_promise(sentence: str) -> str:
    """Return a sentence, or the part from its promise on where it is too long for a line."""
    found = _PROMISE.search(sentence) if len(sentence) > MAX_LINE else None
    return sentence[found.start() :] if found else sentence


def _split_sentences(line: str) -> list[str]:
    return [sentence.strip() for sentence in _SENTENCE.split(line) if sentence.strip()]


def _promises_or_asks(text: str) -> bool:
    return bool(_PROMISE.search(text)) or _is_question(text)


def _is_question(text: str) -> bool:
    return text.rstrip().endswith(("?", "？"))


def _line(message: StoredMessage, said: str) -> str:
    line = ExtractLine(message.at.date(), message.speaker or message.role, one_line(said, MAX_LINE))
    return render_extract_line(line)
