"""The lines of a transcript, of the request for a summary, and of an extract, the summary without a model. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from carrel.dates import format_minute
from carrel.text import one_line

HINT = "Search for: "
"""Begins the line of words that find what an extract does not say."""

MESSAGES = "What was said:\n"
"""The heading of the messages that are reviewed between conversations."""

MAX_SPEAKER = 80
"""Characters of a speaker's name."""

_LINE = re.compile(r"- (?P<day>\d{4}-\d\d-\d\d) (?P<who>[^:\n]{1,80}): (?P<text>.*)")


@dataclass(frozen=True, slots=True)
class ExtractLine:
    """A sentence of the conversation as an extract keeps it."""

    day: date
    who: str
    text: str


def render_extract_line(line: ExtractLine) -> str:
    """Return a sentence with its day and speaker."""
    who = one_line(line.who, MAX_SPEAKER).replace(":", "")
    return f"- {line.day:%Y-%m-%d} {who}: {line.text}"


def parse_extract_line(line: str) -> ExtractLine | None:
    """Return the sentence that an extract's line holds; None for any other line, such as a model's own list."""
    match = _LINE.match(line)
    if match is None:
        return None
    try:
        day = date.fromisoformat(match["day"])
    except ValueError:
        return None
    return ExtractLine(day, match["who"], match["text"])


def render_hint(words: Sequence[str]) -> str:
    """Return the line that says which words to search for."""
    return f"{HINT}{', '.join(words)}"


def parse_hint(line: str) -> list[str] | None:
    """Return the words that a line says to search for; None for any other line."""
    return line.removeprefix(HINT).split(", ") if line.startswith(HINT) else None


def render_spoken_line(at: datetime, who: str, text: str, id: str = "") -> str:
    """Return a message as a line of a transcript, with its id where one is given."""
    mark = f"{id} | " if id else ""
    return f"[{mark}{format_minute(at)}] {who}: {text}"


def render_summary_request(previous: str, lines: Sequence[str]) -> str:
    """Return what the summariser is given: the old summary and the messages that leave the queue."""
    return f"Old summary:\n{previous or '(none)'}\n\nMessages:\n" + "\n".join(lines)
