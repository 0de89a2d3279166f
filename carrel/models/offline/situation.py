"""What a request tells the built-in model: what was said now and before, what is remembered, what was done. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from carrel.dates import is_known
from carrel.language.acts.classify import Utterance, read
from carrel.language.answers.remembered import ASSISTANT, USER, Remembered, Tier
from carrel.language.facts.referents import resolve, spoken_of_last
from carrel.language.languages import Language, language_of
from carrel.language.phrases.sources import forgotten_in, is_own_reply
from carrel.messages import AssistantMessage, Message, SystemMessage, ToolCall, ToolResult, UserMessage
from carrel.protocols import Request
from carrel.rendering.core_memory import EMPTY, parse_blocks, parse_edit
from carrel.rendering.fact_lines import parse_fact_line
from carrel.rendering.memories import MemoryLine, parse_memory_lines
from carrel.rendering.prompt import parse_head, parse_tail, split_tail
from carrel.rendering.summary import parse_extract_line

_NUMBERED = re.compile(r"^(\d+)\. (.*?)(?: \([^()]*\)|（[^（）]*）)?$", re.MULTILINE)
"""A line of a list, and the day behind it."""

ADVISER = "Assistant"
"""The speaker of what an assistant said elsewhere."""

PERSONA = "persona"
"""The block that tells of the agent, not of the user."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A turn, as far as the request shows it."""

    start: int
    """The place of the user's message among those of the request."""
    text: str
    """What the user says now."""
    said: tuple[Utterance, ...]
    """What that does, sentence by sentence, with the words for whoever "she" stands for in its place."""
    now: datetime
    language: Language
    core: Mapping[str, str]
    """Blocks of core memory as they were when the turn began, by label."""
    earlier: tuple[str, ...]
    """What the user said before, in view, oldest first."""
    listed: Mapping[int, str]
    """The lines of the last list that was shown, by their number."""
    forgotten: tuple[str, ...]
    """What was forgotten in this conversation."""
    summarised: tuple[str, ...]
    """Sentences of the summary."""
    found: tuple[MemoryLine, ...]
    """What was recalled or found, best first."""
    calls: tuple[ToolCall, ...]
    """The calls of this turn so far."""
    results: tuple[ToolResult, ...]
    offered: frozenset[str]
    """The tools that may be called."""

    @property
    def remembered(self) -> list[Remembered]:
        """All lines of memory that the request shows: what was found, then core memory, then this message."""
        found = [_found_line(line, self.local(line.at)) for line in self.found if not line.superseded]
        return [*found, *self.core_lines, Remembered(self.text, self.now, USER, "recall", "now")]

    @property
    def advice(self) -> list[Remembered]:
        """What an assistant said in a talk from elsewhere, such as an imported one."""
        found = (_found_line(line, self.local(line.at)) for line in self.found if not is_own_reply(line.text))
        return [replace(line, who=ADVISER) for line in found if line.who == ASSISTANT]

    @property
    def core_lines(self) -> list[Remembered]:
        """The lines of core memory that tell of the user."""
        lines = [line for label, value in self.core.items() if label != PERSONA for line in value.splitlines()]
        return [remembered_line(line, self.now) for line in lines if line.strip()]

    def local(self, moment: datetime) -> datetime | None:
        """Return a moment of memory with the clock's zone; None where it is unknown."""
        if not is_known(moment):
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=self.now.tzinfo)


def _found_line(line: MemoryLine, said: datetime | None) -> Remembered:
    tier: Tier = "recall" if line.id.startswith("m-") else "archival"
    return Remembered(line.text, said, line.who, tier, line.id)


def remembered_line(line: str, now: datetime) -> Remembered:
    """Return a line of core memory as a memory, said on the day at its end."""
    fact = parse_fact_line(line)
    said = datetime.combine(fact.day, time(), now.tzinfo) if fact.day else None
    return Remembered(fact.text, said, USER, "core", corrected=fact.corrected)


def situation_of(request: Request) -> Situation:
    """Return what a request tells."""
    messages = request.messages
    start = max(n for n, message in enumerate(messages) if isinstance(message, UserMessage))
    since = messages[start + 1 :]
    text = split_tail(messages[start].text)[0].strip()
    tail = parse_tail(messages[-1].text)
    earlier = tuple(split_tail(m.text)[0].strip() for m in messages[:start] if isinstance(m, UserMessage))
    now = tail.now if tail else datetime.min.replace(year=2000)
    language = _language(text, earlier)
    of = spoken_of_last(reversed(earlier), language, now)
    return Situation(
        start=start,
        text=text,
        said=tuple(resolve(read(text, language), of, now)),
        now=now,
        language=language,
        core=_core_memory(messages, start),
        earlier=earlier,
        listed=_listed(messages[:start]),
        forgotten=tuple(text for message in messages[:start] for text in _forgotten(message)),
        summarised=tuple(_summarised(messages)),
        found=tuple(line for message in messages[start:] for line in parse_memory_lines(message.text)),
        calls=tuple(call for message in since if isinstance(message, AssistantMessage) for call in message.calls),
        results=tuple(message for message in since if isinstance(message, ToolResult)),
        offered=frozenset(tool.name for tool in request.tools),
    )


def _language(text: str, earlier: Sequence[str]) -> Language:
    """Return the language of a message; of one that does not show it, that of the conversation before it."""
    language: Language = "en"
    for said in (*earlier, text):
        language = language_of(said, language)
    return language


def _listed(messages: Sequence[Message]) -> dict[int, str]:
    """Return the lines of the last numbered list in view, without the days behind them."""
    for message in reversed(messages):
        found = _NUMBERED.findall(message.text) if isinstance(message, AssistantMessage) else []
        if found:
            return {int(number): line for number, line in found}
    return {}


def _forgotten(message: Message) -> list[str]:
    return forgotten_in(message.text) if isinstance(message, AssistantMessage) else []


def _summarised(messages: Sequence[Message]) -> Iterator[str]:
    """Yield the sentences of an extract that stands where no model writes a summary."""
    for message in messages:
        if isinstance(message, SystemMessage):
            lines = map(parse_extract_line, parse_head(message.text).summary.splitlines())
            yield from (line.text for line in lines if line and line.who == USER)


def _core_memory(messages: Sequence[Message], start: int) -> dict[str, str]:
    """Return core memory as it was when the turn began: the head, as earlier calls and the tail changed it."""
    blocks: dict[str, str] = {}
    for message in messages[:start]:
        if isinstance(message, SystemMessage):
            blocks.update({block.label: block.value for block in parse_head(message.text).blocks})
        elif isinstance(message, ToolResult) and (edit := parse_edit(split_tail(message.text)[0])):
            blocks[edit.label] = edit.value
    tail = parse_tail(messages[-1].text)
    changed = parse_blocks("\n".join(tail.changed))[0] if tail else ()
    blocks |= {block.label: block.value for block in changed}
    return {label: "" if value == EMPTY else value for label, value in blocks.items()}
