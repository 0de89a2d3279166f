"""The offline model, which is not a language model and says so: it stores facts and answers by quoting memory.

It implements the same protocol and calls the same tools as any other model: a statement about the user is stored, a
question searches recall and archival, and the answer quotes the best remembered lines with their dates.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from carrel.messages import AssistantMessage, Message, SystemMessage, ToolCall, ToolResult, UserMessage
from carrel.models.chat.in_process import InProcessModel
from carrel.models.chat.quotes import ASSISTANT, Line, choose_quotes
from carrel.models.chat.sentences import facts, has_question
from carrel.protocols import Reply, Request, TextPiece
from carrel.rendering.core_memory import parse_blocks, parse_edit
from carrel.rendering.memories import parse_memory_lines
from carrel.rendering.prompt import parse_head, parse_tail, split_tail
from carrel.rendering.quotes import Quote, is_quoting, render_quotes
from carrel.text import one_line

INTRODUCTION = "No language model is connected: I keep what you tell me and answer by quoting my memory."
NOTED = "Noted."
NOTHING_FOUND = "I found nothing about that in my memory."

MAX_CORE_FACT = 160
"""Characters of a fact that is stored in core memory; a longer one is stored in archival memory."""
MAX_QUOTE = 400
"""Characters of a quotation."""

Call = tuple[str, dict[str, str]]
"""A tool's name and its arguments."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a message needs: facts for core memory, facts for archival memory, and whether to search."""

    core_facts: tuple[str, ...]
    archival_facts: tuple[str, ...]
    search: bool


class OfflineModel(InProcessModel):
    """A ChatModel that needs no key, no network and no weights."""

    name = "offline"
    is_language_model = False

    def stream(self, request: Request) -> Iterator[TextPiece | Reply]:
        """Yield the reply word by word, then as a whole."""
        message = _reply(request)
        for word in re.findall(r"\S+\s*|\s+", message.text):
            yield TextPiece(word)
        yield Reply(message, None, "tool_calls" if message.calls else "stop")


def _reply(request: Request) -> AssistantMessage:
    start = max(n for n, message in enumerate(request.messages) if isinstance(message, UserMessage))
    text = split_tail(request.messages[start].text)[0].strip()
    offered = {tool.name for tool in request.tools}
    calls = [call for call in _remaining_calls(text, request.messages[start + 1 :]) if call[0] in offered]
    if calls:
        key = hashlib.sha256(f"{start} {text}".encode()).hexdigest()[:8]
        step = len(request.messages) - start
        return AssistantMessage("", tuple(_tool_call(f"{key}-{step}", *call) for call in calls))
    return AssistantMessage(_answer(text, request.messages, start))


def _remaining_calls(text: str, messages_since: Sequence[Message]) -> list[Call]:
    """Return the calls that are still to be made: store and search, then archive what core memory had no room for."""
    plan = _plan(text)
    core_text = "\n".join(plan.core_facts)
    calls: list[Call] = [("core_memory_append", {"label": "human", "content": core_text})] if core_text else []
    if plan.archival_facts:
        calls.append(("archival_insert", {"text": " ".join(plan.archival_facts)}))
    if plan.search:
        calls += [(name, {"query": text}) for name in ("recall_search", "archival_search")]
    results = [message for message in messages_since if isinstance(message, ToolResult)]
    if any(result.name == "core_memory_append" and not result.ok for result in results):
        calls.append(("archival_insert", {"text": core_text}))
    already_made = sum(len(message.calls) for message in messages_since if isinstance(message, AssistantMessage))
    return calls[already_made:]


def _plan(text: str) -> _Plan:
    found = facts(text)
    core_facts = tuple(fact for fact in found if len(fact) <= MAX_CORE_FACT)
    return _Plan(core_facts, tuple(fact for fact in found if len(fact) > MAX_CORE_FACT), has_question(text))


def _tool_call(key: str, name: str, arguments: dict[str, str]) -> ToolCall:
    return ToolCall(f"{key}-{name}", name, json.dumps(arguments, ensure_ascii=False))


def _answer(text: str, messages: Sequence[Message], start: int) -> str:
    if not has_question(text):
        return NOTED if facts(text) else INTRODUCTION
    quotes = [_quote(line) for line in choose_quotes(text, _remembered_lines(messages, start))]
    if not quotes:
        return NOTHING_FOUND
    return render_quotes(quotes)


def _quote(line: Line) -> Quote:
    source = ", ".join(part for part in (line.date, line.speaker) if part)
    return Quote(source, one_line(line.text, MAX_QUOTE))


def _remembered_lines(messages: Sequence[Message], start: int) -> list[Line]:
    """Return all lines that may be quoted: those that were found, then core memory, then what the user said before."""
    found = [
        Line(line.text, line.at.date().isoformat(), line.who)
        for message in messages[start:]
        for line in parse_memory_lines(message.text)
        if not (line.who == ASSISTANT and _is_own_answer(line.text))
    ]
    core = [
        Line(line, "", f"core memory '{label}'")
        for label, value in _core_memory(messages).items()
        if label != "persona"
        for line in value.splitlines()
    ]
    said = [Line(split_tail(m.text)[0], "", "you said") for m in messages[:start] if isinstance(m, UserMessage)]
    return list(dict.fromkeys(found + core + said))


def _is_own_answer(text: str) -> bool:
    """Return whether this model said so: what it answered before is no memory of its own."""
    return text in {NOTED, INTRODUCTION, NOTHING_FOUND} or is_quoting(text)


def _core_memory(messages: Sequence[Message]) -> dict[str, str]:
    """Return the current blocks of core memory: those in the head, as later calls and the tail changed them."""
    blocks: dict[str, str] = {}
    for message in messages:
        if isinstance(message, SystemMessage):
            blocks.update({block.label: block.value for block in parse_head(message.text).blocks})
        elif isinstance(message, ToolResult) and (edit := parse_edit(split_tail(message.text)[0])):
            blocks[edit.label] = edit.value
    tail = parse_tail(messages[-1].text)
    changed = parse_blocks("\n".join(tail.changed))[0] if tail else ()
    return blocks | {block.label: block.value for block in changed}
