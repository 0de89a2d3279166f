"""The offline model: no language model, and honest about it. It stores what it is told and quotes what it finds.

It speaks the same protocol and uses the same tools as any other: a statement about the user is stored, a question
searches recall and archival, and the answer quotes the best remembered lines with their dates.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from carrel.messages import AssistantMessage, Message, SystemMessage, ToolCall, ToolResult, UserMessage
from carrel.models.chat.in_process import InProcessModel
from carrel.protocols import Reply, Request, TextPiece
from carrel.rendering.core_memory import parse_blocks, parse_edit
from carrel.rendering.memories import parse_memory_lines
from carrel.rendering.prompt import parse_head, parse_tail, split_tail
from carrel.text import one_line
from carrel.words import CJK_STOP, query_terms, stem

HONEST = "No language model is connected: I keep what you tell me and answer by quoting my memory."
NOTHING = "I found nothing about that in my memory."

QUOTES = 3
LEAST_COVER = 0.34
"""A line is quoted if it holds a third of what the question asks for, weighed by how rare each word is."""
NEARLY = 0.8
"""A second and third line are quoted if they score nearly as much as the first."""
PAIRS = 0.5
"""What a line gains that holds all neighbouring words of the question side by side: it speaks of the same thing."""
RANK = 0.1
"""What the first line gains over the last: the search knows of meaning, which words alone do not."""
LENGTH = 0.1
"""What a line loses for each forty words: a short one says what is asked and no more."""
CORE_LETTERS = 160
"""Statements up to this long go to core memory, longer ones to archival."""

_LEAD = r"^\W*(?:(?:hey|hi|hello|ok|okay|so|and|but|well|please|carrel)\b\W*)*"
_QUESTION = re.compile(
    r"[?？]\W*$"
    rf"|{_LEAD}(?:who|what|when|where|which|why|how|whose)(?:'s)?\s(?!(?:i|we|he|she|they|you|it|my|our)\b)"
    rf"|{_LEAD}(?:do|does|did|is|are|was|were|am|can|could|will|would|have|has|tell me|remind me)\b"
    r"|\bI wonder\b|\bI(?:'d| would) like to know\b"
    r"|(?:吗|什么|谁|哪|几|怎么|多少|何时)[^。！!.]*$",
    re.IGNORECASE,
)
_FACT = re.compile(r"\b(I|I'm|I've|my|mine|we|our|remember)\b|我|记住", re.IGNORECASE)
_SENTENCE = re.compile(r"(?:[^.!?。！？\n]|\.(?=\w))+[.!?。！？]*")
_TALK = frozenset("ask asked know mention mentioned recall remember said say talk talked tell told think".split())
"""Words of a question that speak of speaking, and stand in no answer."""
_ASKING = frozenset("什么谁哪几怎吗何")
"""Characters that only questions hold."""


@dataclass(frozen=True, slots=True)
class _Line:
    """Something remembered that may be quoted."""

    text: str
    date: str
    who: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a message asks to be done: short statements, long ones, and whether to search."""

    short: tuple[str, ...]
    long: tuple[str, ...]
    search: bool


class OfflineModel(InProcessModel):
    """A ChatModel that needs no key, no network and no weights."""

    name = "offline"
    is_language_model = False

    def stream(self, request: Request) -> Iterator[TextPiece | Reply]:
        """Yield the reply in pieces of a word, then as a whole."""
        message = _reply(request)
        for word in re.findall(r"\S+\s*|\s+", message.text):
            yield TextPiece(word)
        yield Reply(message, None, "tool_calls" if message.calls else "stop")


def facts(text: str) -> list[str]:
    """Return the statements about the user that a text makes."""
    return [sentence for sentence in statements(text) if _FACT.search(sentence)]


def statements(text: str) -> list[str]:
    """Return the sentences of a text that ask nothing."""
    return [sentence for sentence in _sentences(text) if not is_question(sentence)]


def is_question(text: str) -> bool:
    """Return whether a sentence asks for something, in English or Chinese."""
    return bool(_QUESTION.search(text))


def _asks(text: str) -> bool:
    return any(map(is_question, _sentences(text)))


def _sentences(text: str) -> list[str]:
    return [sentence.strip() for sentence in _SENTENCE.findall(text) if sentence.strip()]


def _reply(request: Request) -> AssistantMessage:
    start = max(n for n, message in enumerate(request.messages) if isinstance(message, UserMessage))
    asked = split_tail(request.messages[start].text)[0].strip()
    allowed = {tool.name for tool in request.tools}
    wanted = [item for item in _wanted(asked, request.messages[start + 1 :]) if item[0] in allowed]
    if wanted:
        key = hashlib.sha256(f"{start} {asked}".encode()).hexdigest()[:8]
        return AssistantMessage("", tuple(_call(f"{key}-{len(request.messages) - start}", *item) for item in wanted))
    return AssistantMessage(_answer(asked, request.messages, start))


def _wanted(asked: str, since: Sequence[Message]) -> list[tuple[str, dict[str, str]]]:
    """Return the calls still to be made: those that store and search, then what did not fit goes to archival."""
    plan = _plan(asked)
    short = "\n".join(plan.short)
    stores = [("core_memory_append", {"label": "human", "content": short})] if short else []
    stores += [("archival_insert", {"text": " ".join(plan.long)})] if plan.long else []
    searches = [(name, {"query": asked}) for name in ("recall_search", "archival_search") if plan.search]
    made = sum(len(message.calls) for message in since if isinstance(message, AssistantMessage))
    results = [message for message in since if isinstance(message, ToolResult)]
    full = any(result.name == "core_memory_append" and not result.ok for result in results)
    return (stores + searches + ([("archival_insert", {"text": short})] if full else []))[made:]


def _plan(asked: str) -> _Plan:
    told = facts(asked)
    short = tuple(fact for fact in told if len(fact) <= CORE_LETTERS)
    return _Plan(short, tuple(fact for fact in told if len(fact) > CORE_LETTERS), _asks(asked))


def _call(key: str, name: str, arguments: dict[str, str]) -> ToolCall:
    return ToolCall(f"{key}-{name}", name, json.dumps(arguments, ensure_ascii=False))


def _answer(asked: str, messages: Sequence[Message], start: int) -> str:
    if not _asks(asked):
        return "Noted." if facts(asked) else HONEST
    quotes = best_lines(asked, _remembered(messages, start))
    if not quotes:
        return NOTHING
    said = [f'{_source(line)}: "{one_line(line.text, 400)}"' for line in quotes]
    return "\n".join(["From my memory:", *said] if len(said) > 1 else [f"From my memory, {said[0]}"])


def _source(line: _Line) -> str:
    return ", ".join(part for part in (line.date, line.who) if part)


def _remembered(messages: Sequence[Message], start: int) -> list[_Line]:
    """Return all lines that may be quoted: recalled and found ones first, then core memory and what is in view."""
    found = [
        _Line(line.text, line.at.date().isoformat(), line.who)
        for message in messages[start:]
        for line in parse_memory_lines(message.text)
    ]
    core = [
        _Line(line, "", f"core memory '{label}'")
        for label, value in _core(messages).items()
        if label != "persona"
        for line in value.splitlines()
    ]
    said = [_Line(split_tail(m.text)[0], "", "you said") for m in messages[:start] if isinstance(m, UserMessage)]
    return list(dict.fromkeys(found + core + said))


def _core(messages: Sequence[Message]) -> dict[str, str]:
    """Return core memory as it is now: as the head shows it, then as later calls and the tail say it has changed."""
    held: dict[str, str] = {}
    for message in messages:
        if isinstance(message, SystemMessage):
            held.update({block.label: block.value for block in parse_head(message.text).blocks})
        elif isinstance(message, ToolResult) and (edit := parse_edit(split_tail(message.text)[0])):
            held[edit.label] = edit.value
    tail = parse_tail(messages[-1].text)
    changed = parse_blocks("\n".join(tail.changed))[0] if tail else ()
    return held | {block.label: block.value for block in changed}


def best_lines(asked: str, lines: Sequence[_Line]) -> list[_Line]:
    """Return up to three lines that best cover what is asked; questions and the assistant's own words never."""
    terms = [term for term in query_terms(asked) if term not in _TALK and not _ASKING & set(term)]
    subjects = [term for term in terms if not CJK_STOP & set(term)]  # a pair with 我 or 的 names no subject
    wanted = [stem(term) for term in subjects or terms]
    told = _distinct([replace(line, text=_told(line.text)) for line in lines if line.who != "assistant"])
    words = [_stems(line) for line in told]
    weights = {term: 1 / math.sqrt(max(1, sum(term in held for held in words))) for term in wanted}
    whole = sum(weights.values())
    scored = []
    for rank, (line, held) in enumerate(zip(told, words, strict=True)):
        cover = sum(weights[term] for term in weights if term in held) / whole if whole else 0.0
        if cover >= LEAST_COVER:
            bonus = PAIRS * _beside(wanted, held) + RANK * (1 - rank / len(told)) - LENGTH * len(held) / 40
            scored.append((cover + bonus, -rank, line))
    scored.sort(key=lambda item: item[:2], reverse=True)
    return [line for score, _, line in scored if score >= NEARLY * scored[0][0]][:QUOTES]


def _distinct(lines: Sequence[_Line]) -> list[_Line]:
    """Return lines that say something, those of equal text once, as the first that has a date."""
    found: dict[str, _Line] = {}
    for line in sorted(lines, key=lambda line: not line.date):
        found.setdefault(" ".join(line.text.casefold().split()), line)
    return [line for text, line in found.items() if text]


def _told(text: str) -> str:
    """Return what a remembered text states; what it asks is no answer."""
    return " ".join(statements(text))


def _beside(wanted: Sequence[str], held: Sequence[str]) -> float:
    """Return the share of the question's neighbouring words that are neighbours in a line too."""
    pairs = set(pairwise(wanted))
    return len(pairs & set(pairwise(held))) / len(pairs) if pairs else 0.0


def _stems(line: _Line) -> list[str]:
    """Return a line's words in order, the speaker's name first."""
    return [stem(term) for term in query_terms(f"{line.who} {line.text}")]
