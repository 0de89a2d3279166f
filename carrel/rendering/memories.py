"""Memories as the model reads them: recalled lines, pages of search results, pages of a long text. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime

from carrel.dates import UNKNOWN_DATE, format_minute, parse_minute
from carrel.text import clip, one_line

MAX_LABEL = 40
"""Characters of a speaker's name or a tag."""

MAX_TAGS = 5

LABEL_SIZE = 70
"""Characters that a hit's id, date and speaker usually take."""

MORE_SIZE = 60
"""Characters that are kept for the line that names the next page."""

MIN_TEXT = 30
"""Characters of a hit's text that are shown in any case."""

SUPERSEDED = "superseded"
WITHHELD = "(withheld: the model server refuses this text for its content)"
"""Stands in place of a text that would make the server refuse the whole request."""
_SEPARATORS = str.maketrans("|[]", "/()")
"""A name or tag with one of these would be read as two, or as the end of the label."""

_DATE = rf"\d{{4}}-\d\d-\d\d \d\d:\d\d|{UNKNOWN_DATE}"
_LINE = re.compile(rf"^(?:- )?\[([mp]-\w+) \| ({_DATE}) \| ([^|\]\n]*)((?: \| [^|\]\n]*)*)\] ?(.*)$", re.MULTILINE)
_PAGE = re.compile(r"(\d+) results, page (\d+) of (\d+):$", re.MULTILINE)
_EXCERPT = re.compile(rf"\[([mp]-\w+) \| ({_DATE})\] characters (\d+) to (\d+) of (\d+)\.")
_REFERENCE = re.compile(r"([mp]-[0-9a-z]{12})(?:@(\d{1,9}))?")
_MEMORY_ID = re.compile(r"\b[mp]-[0-9a-z]{12}\b")


@dataclass(frozen=True, slots=True)
class MemoryLine:
    """One memory as a line; `at` is local time to the minute, and comes back from `parse_memory_lines` without zone."""

    id: str
    at: datetime
    who: str
    text: str
    tags: tuple[str, ...] = ()
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of what a search found; `total` counts the hits of all pages."""

    total: int
    page: int
    pages: int
    lines: tuple[MemoryLine, ...]

    @property
    def next_page(self) -> int | None:
        """The number of the next page; None on the last."""
        return self.page + 1 if self.page < self.pages else None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a long text: the characters from `start` up to `end`, counted from 0, of `size`."""

    id: str
    at: datetime
    start: int
    end: int
    size: int
    text: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What a search for an id asks for: a message or passage, and the character from which on to read it."""

    id: str
    start: int | None = None


def render_memory_line(line: MemoryLine, limit: int) -> str:
    """Return a memory with its id, date and speaker, its text cut to `limit` characters."""
    tags = (f"#{_label(tag)}" for tag in line.tags[:MAX_TAGS])
    marks = [line.id, format_minute(line.at), _label(line.who), *tags, *([SUPERSEDED] if line.superseded else [])]
    return f"[{' | '.join(marks)}] {clip(' '.join(line.text.split()), limit)}"


def shorten_memory_line(line: str) -> str:
    """Return a memory's line with its day and its speaker alone in front; another line as it is."""
    return _LINE.sub(_short, line)


def _short(found: re.Match[str]) -> str:
    day, who = found[2].partition(" ")[0], f"{found[3]}{found[4]}".replace(" | ", ", ")
    return f"({day}, {who}) {found[5]}"


def parse_memory_lines(text: str) -> list[MemoryLine]:
    """Return the memories that a text lists, one a line, in order."""
    return [_memory(*match.groups()) for match in _LINE.finditer(text)]


def render_results(found: ResultPage, query: str, tool: str, room: int) -> str:
    """Return a page of hits as text of at most `room` characters, shared out among the hits."""
    if not found.total:
        return f'Nothing found for "{clip(query, 200)}". Try other words, fewer words, or another date range.'
    if not found.lines:
        return f"Page {found.page} is empty: {found.total} results on {found.pages} pages."
    heading = f"{found.total} results, page {found.page} of {found.pages}:"
    limit = max(MIN_TEXT, (room - len(heading) - MORE_SIZE) // len(found.lines) - LABEL_SIZE)
    lines = [heading, *(render_memory_line(line, limit) for line in found.lines)]
    if found.next_page:
        lines.append(f"More: {tool} with page={found.next_page}.")
    return clip("\n".join(lines), room)


def parse_results(text: str) -> ResultPage | None:
    """Return the page of hits that a result shows; None where it shows none."""
    match = _PAGE.match(text)
    if match is None:
        return None
    total, page, pages = map(int, match.groups())
    return ResultPage(total, page, pages, tuple(parse_memory_lines(text)))


def render_excerpt(excerpt: Excerpt, tool: str) -> str:
    """Return a part of a long text, with its place in it and the call that reads on."""
    where = f"characters {excerpt.start + 1} to {excerpt.end} of {excerpt.size}"
    more = (
        f"More: {render_read_call(tool, excerpt.id, excerpt.end)}" if excerpt.end < excerpt.size else "That is the end."
    )
    return f"[{excerpt.id} | {format_minute(excerpt.at)}] {where}. {more}\n{excerpt.text}"


def parse_excerpt(text: str) -> Excerpt | None:
    """Return the part of a long text that a result shows; None where it shows none."""
    match = _EXCERPT.match(text)
    if match is None:
        return None
    start, end, size = int(match[3]) - 1, int(match[4]), int(match[5])
    body = text.partition("\n")[2][: end - start]
    return Excerpt(match[1], parse_minute(match[2]), start, end, size, body)


def render_past_the_end(id: str, size: int) -> str:
    """Return what is said of a place behind the end of a text of `size` characters."""
    return f"{id} ends at character {size}; there is nothing behind it."


def render_read_call(tool: str, id: str, start: int | None = None) -> str:
    """Return the call that reads a message or passage piece by piece, from a character on if one is given."""
    place = "" if start is None else f"@{start}"
    return f'{tool}(query="{id}{place}")'


def render_truncation_marker(size: int, id: str) -> str:
    """Return what ends a message of `size` characters that is shown in part: how to read it as a whole."""
    return f" […cut: {size} characters; {render_read_call('recall_search', id)} reads them page by page]"


def parse_reference(query: str) -> Reference | None:
    """Return what a query asks for that is an id, or an id and a place in its text as `m-…@2836`; else None."""
    match = _REFERENCE.fullmatch(query.strip())
    return Reference(match[1], int(match[2]) if match[2] else None) if match else None


def find_memory_ids(text: str) -> list[str]:
    """Return the ids of messages and passages in a text, in order."""
    return _MEMORY_ID.findall(text)


def _memory(id: str, at: str, who: str, marks: str, text: str) -> MemoryLine:
    named = marks.split(" | ")[1:]
    tags = tuple(mark[1:] for mark in named if mark.startswith("#"))
    return MemoryLine(id, parse_minute(at), who, text, tags, SUPERSEDED in named)


def _label(text: str) -> str:
    return one_line(text, MAX_LABEL).translate(_SEPARATORS)
