"""Read calls of offered tools where a text shows them, in whatever dialect. Pure.

Readers raise NoMatch where no call stands, NeedMore where more text will tell.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from carrel.markup.dialects import CLOSES, OPEN_MARKS, OPENS, STRAYS, Dialect
from carrel.markup.literals import QUOTES, read_key, read_string, read_value
from carrel.markup.offered import Offered
from carrel.markup.shapes import KEYS, NAMES, TextCall, calls_in
from carrel.markup.source import NoMatch, Source, by_length
from carrel.markup.statements import read_brackets, read_broken, read_input, read_line, read_marked, skip_separators
from carrel.markup.tags import read_named_tag, read_pairs, read_tag
from carrel.markup.yaml_calls import read_yaml

Reader = Callable[[Source, int, Offered], tuple[list[TextCall], int]]

_TICKS = re.compile("`+")
_NESTED = 4
"""Brackets before the first key of a call: those of a list, of an object, and once more where they are doubled."""
_MAX_MARKS = 6
"""Marks that may stand one behind the other before a call."""
_MARK = re.compile(r"[<\[]")
_LABELS = "action"
"""The dialect of which the marks are words."""
_UNMARKED = frozenset(("json", "brackets", "line", "code"))
"""Dialects without a mark that is made for calls and for nothing else."""
_INFO = re.compile(r"[\w.+-]+")


@dataclass(frozen=True, slots=True)
class Region:
    """Calls that stand together, with the marks round them."""

    calls: list[TextCall]
    dialect: str
    end: int


@dataclass(frozen=True, slots=True)
class _Opening:
    """The marks before a call: those of dialects, and the backticks of code; `code` where backticks come first."""

    dialects: list[Dialect]
    ticks: list[str]
    code: bool
    end: int

    @property
    def readers(self) -> Mapping[str, Reader]:
        """How the calls may be written: what a mark announces may be written in more ways than what stands bare."""
        if self.dialects:
            return _LABELLED if all(dialect.name == _LABELS for dialect in self.dialects) else _MARKED
        return _BARE if not self.ticks else _INLINE if self.ticks == ["`"] else _CODE

    @property
    def closes(self) -> tuple[str, ...]:
        """The marks that may follow the calls."""
        return by_length((*STRAYS, *(mark for dialect in self.dialects for mark in CLOSES[dialect.name])))

    def dialect(self, kind: str) -> str:
        """Return the dialect's name, given how its first call is written."""
        if self.dialects:
            return self.dialects[0].name
        return "code" if self.ticks else kind


def read_calls(source: Source, at: int, offered: Offered) -> Region:
    """Return the calls that begin at a position, in markup or bare."""
    opening = _read_opening(source, at)
    kind, calls, end = _first(opening.readers, source, opening.end, offered)
    while more := _next(opening.readers, source, end, offered):
        calls, end = calls + more[0], more[1]
    while source.char(end) == "}":  # one brace too many
        end += 1
    return Region(calls, opening.dialect(kind), _read_closing(source, end, opening, offered))


def find_marked_calls(text: str, offered: Offered) -> Iterator[Region]:
    """Yield the calls in a whole text that are marked as such."""
    source, at = Source(text, final=True), 0
    while (at := source.position(_MARK, at)) < len(text):
        try:
            found = read_calls(source, at, offered)
        except NoMatch:
            at += 1
            continue
        if found.dialect not in _UNMARKED:
            yield found
        at = found.end


def _read_opening(source: Source, at: int) -> _Opening:
    """Return the marks at a position; there may be none."""
    dialects: list[Dialect] = []
    ticks: list[str] = []
    code = source.char(at) == "`"
    while len(dialects) + len(ticks) < _MAX_MARKS:
        if run := source.run(_TICKS, at):
            ticks.append(run)
            at = _skip_info(source, at + len(run)) if len(run) > 2 else at + len(run)
            continue
        mark, end = source.longest_tag(OPEN_MARKS, at)
        if not mark:
            break
        dialects.append(OPENS[mark])
        at = source.spaces(end)
    return _Opening(dialects, ticks, code, at)


def _skip_info(source: Source, at: int) -> int:
    """Step over the name of a code block's language."""
    word = source.run(_INFO, at)
    following = source.char(at + len(word))
    return source.spaces(at + len(word)) if following.isspace() else at


def _read_closing(source: Source, at: int, opening: _Opening, offered: Offered) -> int:
    """Return the position behind the marks that close calls. Raise NoMatch where the code goes on with other things."""
    closes, ticks = opening.closes, list(opening.ticks)
    while True:
        mark, end = source.longest_tag((*ticks, *closes), begin := source.spaces(at))
        if not mark or (mark in OPENS and _opens_call(source, begin, offered)):
            break
        if mark in ticks:
            ticks.remove(mark)
        at = end
    if not opening.code or len(ticks) < len(opening.ticks) or _ends_open(source, at, ticks):
        return at
    raise NoMatch


def _opens_call(source: Source, at: int, offered: Offered) -> bool:
    """Tell whether a mark that some models also close with opens another call."""
    try:
        return bool(read_calls(source, at, offered).calls)
    except NoMatch:
        return False


def _ends_open(source: Source, at: int, ticks: list[str]) -> bool:
    """Tell whether the reply ends with a code block that is not closed."""
    return not source.char(source.spaces(at)) and len(ticks[0]) > 2


def _first(readers: Mapping[str, Reader], source: Source, at: int, offered: Offered) -> tuple[str, list[TextCall], int]:
    for kind, read in readers.items():
        try:
            return kind, *read(source, at, offered)
        except NoMatch:
            continue
    raise NoMatch


def _next(
    readers: Mapping[str, Reader], source: Source, at: int, offered: Offered
) -> tuple[list[TextCall], int] | None:
    """Return the calls that follow a call at once, set off by white space, a comma or a semicolon."""
    at = source.spaces(at)
    if source.char(at) in {",", ";"}:
        at = source.spaces(at + 1)
    try:
        return _first(readers, source, at, offered)[1:]
    except NoMatch:
        return None


def _read_json(source: Source, at: int, offered: Offered, trusted: bool = False) -> tuple[list[TextCall], int]:
    """Return the calls of a JSON object or list."""
    name = _announced(source, at, offered)
    try:
        value, end = read_value(source, at)
    except NoMatch:
        if not name:
            raise
        call, end = read_broken(source, at, name)
        return [call], end
    if calls := calls_in(value, offered, trusted):
        return calls, end
    raise NoMatch


def _announced(source: Source, at: int, offered: Offered) -> str:
    """Return the tool that the first pair of an object names, or "" where it leaves that open.

    Raise NoMatch where it shows that no call follows, so that other JSON need not be held back.
    """
    if source.char(at) not in {"{", "["}:
        raise NoMatch
    for _ in range(_NESTED):
        at = source.spaces(at + (source.char(at) in {"{", "["}))
    key, at = read_key(source, at)
    if key in offered:
        return ""
    if key not in KEYS:
        raise NoMatch
    at = source.spaces(source.expect((":",), at))
    quote = source.longest(QUOTES, at)
    if key not in NAMES or not quote:
        return ""
    name = offered.plain(read_string(source, at, quote)[0])
    if name in offered:
        return name
    raise NoMatch


def _read_announced(source: Source, at: int, offered: Offered, cut: bool = True) -> tuple[list[TextCall], int]:
    """Return the call that a mark announced and that names its tool, even if its arguments cannot be read.

    With `cut`, a name with which the reply ends is a call that was cut.
    """
    try:
        return read_marked(source, at, offered)
    except NoMatch:
        name, end = offered.read_name(source, at)
        begin, _ = skip_separators(source, end)
        following = source.char(begin)
        if following not in {"(", "{"} and (following or not cut):
            raise
        call, end = read_broken(source, begin, name)
        return [call], end


_TAGGED: Mapping[str, Reader] = {"function tag": read_tag, "tool tag": read_named_tag, "brackets": read_brackets}
_TRUSTED_JSON: Mapping[str, Reader] = {"json": partial(_read_json, trusted=True)}
_INLINE: Mapping[str, Reader] = {"json": _read_json, **_TAGGED}
_BARE: Mapping[str, Reader] = {**_INLINE, "line": read_line}
_CODE: Mapping[str, Reader] = {
    **_TRUSTED_JSON,
    **_TAGGED,
    "statement": read_marked,
    "yaml": partial(read_yaml, code=True),
}
_LABELLED: Mapping[str, Reader] = {
    **_TRUSTED_JSON,
    **_TAGGED,
    "statement": partial(_read_announced, cut=False),
    "input": read_input,
}
_MARKED: Mapping[str, Reader] = {
    **_TRUSTED_JSON,
    **_TAGGED,
    "pairs": read_pairs,
    "yaml": read_yaml,
    "statement": _read_announced,
}
