"""A whole prompt: its head (instructions, core memory, summary) and its tail (what changes with each step). Pure."""

import re
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime
from itertools import takewhile

from carrel.rendering.core_memory import ShownBlock, parse_blocks
from carrel.rendering.memories import shorten_memory_line

TAG = "context"
OLD_TAGS = ("desk",)
"""Tags of tails in old request logs."""

SUMMARY_HEADING = "Summary of what was said before:\n"
RECALLED = "Recalled for this message:"
CHANGED = "Core memory has changed; this holds now:"
NOTE = "Note: "
ITEM = "- "
BREAK = "\n\n"
"""Separates the parts of the head, and a message from the tail that it carries."""

_NOW = "%A %Y-%m-%d %H:%M %z"
_CORE = "[core memory: "
_SUMMARY = f"{BREAK}{SUMMARY_HEADING}"
_ANY_TAG = f"(?:{'|'.join((TAG, *OLD_TAGS))})"
_CLOSING = re.compile(rf"</({_ANY_TAG}) (\w+)>\Z")
_EITHER_TAG = re.compile(rf"<(/?){_ANY_TAG}(?: [0-9a-z]{{4}})?>")
_OPENING = re.compile(
    rf"<{_ANY_TAG} (\w+)>\nNow: \w+ (\d+-\d\d-\d\d \d\d:\d\d \S+)\n"
    r"(?:Memory: (\d+) messages in recall, (\d+) passages in archival\n)?"
)
_LEADING = re.compile(rf"<({_ANY_TAG}) (\w+)>\n.*?\n</\1 \2>(?={BREAK}|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Head:
    """The system message, part by part as it is written; `summary` is without its heading."""

    instructions: str
    core: str
    summary: str

    @property
    def blocks(self) -> list[ShownBlock]:
        """The blocks of core memory, as far as their headings can be read."""
        return parse_blocks(self.core)[0]


@dataclass(frozen=True, slots=True)
class Tail:
    """What changes with each step: the clock, how much is remembered, recalled memories, changed blocks, notices."""

    nonce: str
    """Four characters that no text inside the tail knows, so that none can end it."""
    now: datetime
    recall: int | None = None
    archival: int | None = None
    """How many messages and passages there are; None where the model is not told."""
    _: KW_ONLY
    recalled: tuple[str, ...] = ()
    """Memories, a line each."""
    changed: tuple[str, ...] = ()
    """Blocks of core memory, each with its heading, that the head shows as they were."""
    notices: tuple[str, ...] = ()
    """Sentences for this step, a line each."""


def render_head(head: Head) -> str:
    """Return the system message."""
    return BREAK.join(part for part in (head.instructions, head.core, render_summary(head.summary)) if part)


def render_summary(summary: str) -> str:
    """Return a summary under its heading; empty where there is none."""
    return f"{SUMMARY_HEADING}{summary}" if summary else ""


def parse_head(text: str) -> Head:
    """Return the parts of a system message."""
    instructions, _, summary = text.partition(_SUMMARY)
    if f"{BREAK}{_CORE}" not in instructions:
        return Head(instructions, "", summary)
    instructions = text.partition(f"{BREAK}{_CORE}")[0]
    rest = text[len(instructions) + len(BREAK) :]
    after = parse_blocks(rest)[1]
    if after and not after.startswith(_SUMMARY):  # a block whose heading was truncated
        core, mark, summary = rest.rpartition(_SUMMARY)
        return Head(instructions, core if mark else rest, summary if mark else "")
    return Head(instructions, rest[: len(rest) - len(after)], after.removeprefix(_SUMMARY))


def render_tail(tail: Tail) -> str:
    """Return the tail as one block of lines."""
    lines = [
        f"<{TAG} {tail.nonce}>",
        f"Now: {tail.now.strftime(_NOW)}",
        *([] if tail.recall is None else [_counts(tail.recall, tail.archival or 0)]),
        *([render_recalled(tail.recalled)] if tail.recalled else []),
        *([CHANGED, *tail.changed] if tail.changed else []),
        *(f"{NOTE}{notice}" for notice in tail.notices),
        f"</{TAG} {tail.nonce}>",
    ]
    return "\n".join(lines)


def shorten_tail(tail: Tail) -> Tail:
    """Return a tail for a small model: without counts and ids, and with the most relevant memory last."""
    recalled = tuple(map(shorten_memory_line, reversed(tail.recalled)))
    return replace(tail, recall=None, archival=None, recalled=recalled)


def _counts(recall: int, archival: int) -> str:
    return f"Memory: {recall} messages in recall, {archival} passages in archival"


def render_recalled(lines: Sequence[str]) -> str:
    """Return recalled memories as they stand in the tail; empty where there are none."""
    return "\n".join([RECALLED, *(f"{ITEM}{line}" for line in lines)]) if lines else ""


def add_tail(text: str, tail: str) -> str:
    """Return a message that carries a tail at its end."""
    return f"{text}{BREAK}{tail}"


def lead_with_tail(text: str, tail: str) -> str:
    """Return a message that carries a tail at its beginning: a small model answers what it reads last."""
    return f"{tail}{BREAK}{text}"


def add_note(text: str, notice: str) -> str:
    """Return a message with a notice at its end, for a request that carries no tail."""
    return f"{text}{BREAK}{NOTE}{notice}"


def split_tail(text: str) -> tuple[str, str]:
    """Return a message without the tail that it carries, and the tail; empty where it carries none."""
    closing = _CLOSING.search(text)
    if closing is None:
        return _split_leading(text)
    opening = f"<{closing[1]} {closing[2]}>\n"
    place = text.find(opening)
    while place > 0 and not text.endswith(BREAK, 0, place):
        place = text.find(opening, place + 1)
    return _split_leading(text) if place < 0 else (text[:place].removesuffix(BREAK), text[place:])


def _split_leading(text: str) -> tuple[str, str]:
    """Return a message without the tail that it begins with, and the tail."""
    found = _LEADING.match(text)
    return (text[found.end() :].removeprefix(BREAK), found[0]) if found else (text, "")


def parse_tail(text: str) -> Tail | None:
    """Return the parts of the tail that a message carries; None where it carries none that can be read."""
    _, tail = split_tail(text)
    match = _OPENING.match(tail)
    if match is None:
        return None
    nonce, now, recall, archival = match.groups()
    lines = tail[match.end() :].split("\n")[:-1]
    recalled = _items(lines[1:]) if lines[:1] == [RECALLED] else []
    rest = lines[1 + len(recalled) :] if recalled else lines
    changed, notes = _split_changed("\n".join(rest[1:])) if rest[:1] == [CHANGED] else ([], "\n".join(["", *rest]))
    return Tail(
        nonce=nonce,
        now=datetime.strptime(now, "%Y-%m-%d %H:%M %z"),
        recall=int(recall) if recall else None,
        archival=int(archival) if archival else None,
        recalled=tuple(recalled),
        changed=tuple(changed),
        notices=tuple(notes.split(f"\n{NOTE}")[1:]),
    )


def normalise_tags(text: str) -> str:
    """Return a text whose tags have no nonce and are those of today, so that requests of two runs can be compared."""
    return _EITHER_TAG.sub(rf"<\1{TAG}>", text)


def _items(lines: list[str]) -> list[str]:
    return [line.removeprefix(ITEM) for line in takewhile(lambda line: line.startswith(ITEM), lines)]


def _split_changed(text: str) -> tuple[list[str], str]:
    """Return the blocks that stand at the beginning of a text, and the notices after them."""
    blocks, rest = parse_blocks(text)
    unread, mark, notes = rest.partition(f"\n{NOTE}")  # the heading of the last block may have been truncated
    return [*(block.text for block in blocks), *([unread.strip("\n")] if unread else [])], f"{mark}{notes}"
