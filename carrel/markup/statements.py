"""Read calls that begin with the tool's name: `search(query="x")`, `[search(query="x")]`, `search {"query": "x"}`.

What is left of a call that names a tool and then breaks is read here too: it is no text for people either.
Pure. Readers raise NoMatch or NeedMore.
"""

import re
from typing import Any

from carrel.markup.dialects import END_OF_CALL, SEPARATORS
from carrel.markup.literals import read_value
from carrel.markup.offered import Offered
from carrel.markup.shapes import ARGUMENTS, TextCall, arguments_text, call_with
from carrel.markup.source import NeedMore, NoMatch, Source, by_length
from carrel.text import clean_text

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_CALL_ID = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
_LINE_END = re.compile("\n")
_INPUTS = by_length(["action input:", "action_input:", "**action input:**", "input:", "✿args✿:"])
_BLANKS = re.compile(r"[ \t]*")
_ARGUMENTS_KEY = re.compile(rf"[\"'](?:{'|'.join(ARGUMENTS)})[\"']\s*:\s*")
_EVENT = re.compile(rf"[{{}}]|{END_OF_CALL.pattern}")


def read_brackets(source: Source, at: int, offered: Offered) -> tuple[list[TextCall], int]:
    """Return the calls of a list such as `[search(query="x"), undo()]` and the position behind it."""
    if source.char(at) != "[":
        raise NoMatch
    calls: list[TextCall] = []
    at = source.spaces(at + 1)
    while source.char(at) != "]":
        name, at = offered.read_name(source, at)
        call, at = _read_parentheses(source, at, name, offered)
        calls.append(call)
        at = source.spaces(at)
        if source.char(at) == ",":
            at = source.spaces(at + 1)
        elif source.char(at) != "]":
            raise NoMatch
    if not calls:
        raise NoMatch
    return calls, at + 1


def read_line(source: Source, at: int, offered: Offered) -> tuple[list[TextCall], int]:
    """Return the call that a whole line is, without any mark round it, and the position behind it."""
    if at and source.text[at - 1] != "\n":
        raise NoMatch
    printed = source.has("print(", at)
    name, at = offered.read_name(source, at + len("print(") * printed)
    if source.char(at) == "(":
        call, at = _read_parentheses(source, at, name, offered)
    else:
        at = source.spaces(at)
        call, at = _read_object(source, source.spaces(at + (source.char(at) == ":")), name)
    at += printed and source.char(at) == ")"
    at += len(source.run(_BLANKS, at))
    if source.char(at) not in "\n":
        raise NoMatch
    return [call], at


def read_marked(source: Source, at: int, offered: Offered) -> tuple[list[TextCall], int]:
    """Return the call that follows an opening mark and begins with the tool's name, and the position behind it."""
    at = _skip_comments(source, at)
    at = _skip_assignment(source, at)
    printed = source.has("print(", at)
    name, at = offered.read_name(source, at + len("print(") * printed)
    at, fenced = skip_separators(source, at)
    match source.char(at):
        case "(":
            call, at = _read_parentheses(source, at, name, offered)
            at += printed and source.char(at) == ")"
        case "{":
            call, at = _read_object(source, at, name)
        case _:
            raise NoMatch
    if fenced and source.has("```", source.spaces(at)):
        at = source.spaces(at) + 3
    return [call], at


def read_input(source: Source, at: int, offered: Offered) -> tuple[list[TextCall], int]:
    """Return the call of `search`, `Action Input: tea`, or of `search[tea]`, and the position behind its only text."""
    name, at = offered.read_name(source, at)
    bracketed = source.char(at) == "["
    if not bracketed:
        at = source.spaces(at)
        label = source.longest(_INPUTS, at)
        if not label:
            raise NoMatch
        at += len(label)
        at += len(source.run(_BLANKS, at))
    end = source.position(_LINE_END, at + bracketed)
    text = source.text[at + bracketed : end].strip()
    if bracketed and not text.endswith("]"):
        raise NoMatch
    text = text[:-1] if bracketed else text
    parameters = offered.parameters(name)
    if not text or not parameters or text[0] in "{[(":
        raise NoMatch
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
        text = text[1:-1]
    return [call_with(name, offered.typed(name, {parameters[0]: text}))], end


def _skip_comments(source: Source, at: int) -> int:
    while source.char(at) == "#":
        at = source.spaces(source.search(re.compile("\n"), at).end())
    return at


def _skip_assignment(source: Source, at: int) -> int:
    """Step over `result = ` or `await `."""
    word = source.run(_IDENTIFIER, at)
    if not word:
        return at
    behind = source.spaces(at + len(word))
    if word == "await":
        return behind
    assigned = source.char(behind) == "=" and word not in {"to"}
    return source.spaces(behind + 1) if assigned else at


def skip_separators(source: Source, at: int) -> tuple[int, bool]:
    """Step over what may stand between a name and its arguments; tell whether a fence was opened there."""
    fenced = False
    if source.char(at) == ":" and (digits := source.run(_DIGITS, at + 1)):
        at += 1 + len(digits)
    at = source.spaces(at)
    while True:
        if source.has("[call_id]", at):
            at += len("[call_id]")
            at = source.spaces(at + len(source.run(_CALL_ID, at)))
        elif mark := source.longest(SEPARATORS, at):
            fenced |= mark.startswith("```")
            at = source.spaces(at + len(mark))
        else:
            return at, fenced


def _read_object(source: Source, at: int, name: str) -> tuple[TextCall, int]:
    if source.char(at) != "{":
        raise NoMatch
    arguments, at = read_value(source, at)
    return call_with(name, arguments), at


def _read_parentheses(source: Source, at: int, name: str, offered: Offered) -> tuple[TextCall, int]:
    if source.char(at) != "(":
        raise NoMatch
    arguments: dict[str, Any] = {}
    spare = iter(offered.parameters(name))
    at = source.spaces(at + 1)
    while source.char(at) != ")":
        key, at = _read_keyword(source, at)
        value, at = read_value(source, at)
        key = key or next(spare, "")
        if not key:
            raise NoMatch
        arguments[key] = value
        at = source.spaces(at)
        if source.char(at) == ",":
            at = source.spaces(at + 1)
        elif source.char(at) != ")":
            raise NoMatch
    return call_with(name, arguments), at + 1


def _read_keyword(source: Source, at: int) -> tuple[str, int]:
    """Return the name of a keyword argument and the position behind its "=", or "" where the argument has no name."""
    word = source.run(_IDENTIFIER, at)
    behind = source.spaces(at + len(word))
    if word and source.char(behind) == "=":
        return word, behind + 1
    return "", at


def read_broken(source: Source, at: int, name: str) -> tuple[TextCall, int]:
    """Return a call whose arguments are what stands there, and where it ends. Raise NeedMore.

    It ends where its braces balance, before a mark that closes calls, or at the end of the text.
    """
    end = _end_of_broken(source, at)
    text = source.text[at:end]
    if key := _ARGUMENTS_KEY.search(text):
        text = _readable(text[key.end() :])
    return TextCall(name, clean_text(arguments_text(text))), end


def _end_of_broken(source: Source, at: int) -> int:
    depth = 0
    for event in _EVENT.finditer(source.folded, at):
        depth += {"{": 1, "}": -1}.get(event[0], 0)
        if event[0] not in "{}":
            return event.start()
        if depth <= 0:
            return event.end()
    if source.final:
        return len(source.text)
    raise NeedMore


def _readable(text: str) -> str:
    """Return the arguments at the beginning of a text without what follows them, if they can be read."""
    try:
        return text[: read_value(Source(text, final=True), 0)[1]]
    except (NoMatch, NeedMore):
        return text
