"""The offline model: no language model, and honest about it. It stores what it is told and quotes what it finds.

It speaks the same protocol and uses the same tools as any other: a statement about the user is stored, a question
searches recall and archival, and the answer quotes the best remembered lines with their dates.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from carrel.messages import AssistantMessage, Message, SystemMessage, ToolCall, ToolResult, UserMessage
from carrel.protocols import Reply, Request, TextPiece
from carrel.text import one_line
from carrel.words import query_terms

HONEST = "No language model is connected: I keep what you tell me and answer by quoting my memory."
NOTHING = "I found nothing about that in my memory."

QUOTES = 3
LEAST_COVER = 0.34
"""A line is quoted if it holds a third of what the question asks for, or as much as the best line nearly does."""
NEARLY = 0.8
CORE_LETTERS = 160
"""A statement up to this long goes to core memory, a longer one to archival."""

_QUESTION = re.compile(
    r"[?？]\s*$|^\s*(who|what|when|where|which|why|how|whose|do|does|did|is|are|was|were|am|can|could|will|would"
    r"|have|has|tell me|remind me)\b|吗|什么|谁|哪|几|怎么|多少|何时|为什么",
    re.IGNORECASE,
)
_FACT = re.compile(r"\b(I|I'm|I've|my|mine|we|our|remember)\b|我|记住", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")
_LINE = re.compile(r"^(?:- )?\[([mp]-\w+) \| ([\d-]{10})[^|\]]* \| ([^|\]]+)[^\]]*\] (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^\[core memory: (\w+)[^\]]*\]\n(.*?)(?=\n\[core memory|\n\n|\Z)", re.MULTILINE | re.DOTALL)
_DESK = re.compile(r"\n*<desk [^>]*>.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Line:
    """Something remembered that may be quoted."""

    text: str
    date: str
    who: str


class OfflineModel:
    """A ChatModel that needs no key, no network and no weights."""

    name = "offline"

    def stream(self, request: Request) -> Iterator[TextPiece | Reply]:
        """Yield the reply in pieces of a word, then as a whole."""
        message = _reply(request)
        for word in re.findall(r"\S+\s*|\s+", message.text):
            yield TextPiece(word)
        yield Reply(message, None, "tool_calls" if message.calls else "stop")


def facts(text: str) -> list[str]:
    """Return the statements about the user that a text makes."""
    sentences = (sentence.strip() for sentence in _SENTENCE.findall(text))
    return [sentence for sentence in sentences if _FACT.search(sentence) and not is_question(sentence)]


def is_question(text: str) -> bool:
    """Return whether a text asks for something, in English or Chinese."""
    return bool(_QUESTION.search(text))


def _reply(request: Request) -> AssistantMessage:
    start = max(n for n, message in enumerate(request.messages) if isinstance(message, UserMessage))
    asked = _DESK.sub("", request.messages[start].text).strip()
    allowed = {tool.name for tool in request.tools}
    wanted = [item for item in _wanted(asked, request.messages[start + 1 :]) if item[0] in allowed]
    if wanted:
        return AssistantMessage("", tuple(_call(number, start, *item) for number, item in enumerate(wanted)))
    return AssistantMessage(_answer(asked, request.messages, start))


def _wanted(asked: str, since: Sequence[Message]) -> list[tuple[str, dict[str, str]]]:
    """Return the calls to make: first those that store and search, then what did not fit goes to archival."""
    if not since:
        stores = [_store(fact) for fact in facts(asked)]
        searches = [(name, {"query": asked}) for name in ("recall_search", "archival_search") if is_question(asked)]
        return stores + searches
    made = {call.id: call for message in since if isinstance(message, AssistantMessage) for call in message.calls}
    refused = [message for message in since if isinstance(message, ToolResult) and "is full" in message.text]
    if any(call.name == "archival_insert" for call in made.values()):
        return []
    lost = (json.loads(made[result.call_id].arguments) for result in refused if result.call_id in made)
    return [("archival_insert", {"text": arguments["content"]}) for arguments in lost if "content" in arguments]


def _store(fact: str) -> tuple[str, dict[str, str]]:
    if len(fact) <= CORE_LETTERS:
        return ("core_memory_append", {"label": "human", "content": fact})
    return ("archival_insert", {"text": fact})


def _call(number: int, start: int, name: str, arguments: dict[str, str]) -> ToolCall:
    return ToolCall(f"call-{start}-{number}-{name}", name, json.dumps(arguments, ensure_ascii=False))


def _answer(asked: str, messages: Sequence[Message], start: int) -> str:
    if not is_question(asked):
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
        _Line(text, date, who.strip())
        for message in messages[start:]
        for _, date, who, text in _LINE.findall(message.text)
    ]
    head = messages[0].text if isinstance(messages[0], SystemMessage) else ""
    core = [
        _Line(line, "", f"core memory '{label}'")
        for label, value in _BLOCK.findall(head)
        if label != "persona"
        for line in value.splitlines()
    ]
    said = [_Line(_DESK.sub("", m.text), "", "you said") for m in messages[:start] if isinstance(m, UserMessage)]
    return list(dict.fromkeys(found + core + said))


def best_lines(asked: str, lines: Sequence[_Line]) -> list[_Line]:
    """Return up to three lines that cover most of what is asked; questions and the assistant's own words never."""
    wanted = {_stem(term) for term in query_terms(asked)}
    told = [line for line in lines if not is_question(line.text) and line.who != "assistant"]
    weights = {term: _rarity(term, told) for term in wanted}
    whole = sum(weights.values()) or 1.0
    scored = [
        (sum(weights[term] for term in wanted & _stems(line)) / whole, -rank, line) for rank, line in enumerate(told)
    ]
    scored.sort(key=lambda item: item[:2], reverse=True)
    if not scored or scored[0][0] < LEAST_COVER:
        return []
    best = scored[0][0]
    chosen: dict[str, _Line] = {}
    for cover, _, line in scored:
        if cover >= NEARLY * best:
            chosen.setdefault(" ".join(line.text.casefold().split()), line)
    return list(chosen.values())[:QUOTES]


def _rarity(term: str, lines: Sequence[_Line]) -> float:
    """Weigh a term by how few of the lines hold it."""
    return 1.0 / (1 + sum(term in _stems(line) for line in lines))


def _stems(line: _Line) -> set[str]:
    return {_stem(term) for term in query_terms(f"{line.who} {line.text}")}


def _stem(word: str) -> str:
    """Cut the commonest English endings, so that `allergic to peanuts` meets `a peanut`."""
    for ending in ("ing", "ed", "es", "s", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
