"""Read a value that a model wrote: JSON, Python literals, and the slips between them. Pure.

Accepted beside JSON: single and triple quotes, True, False and None, tuples, bare keys, trailing commas, line breaks
and quotes inside strings, doubled braces, and closing braces that are forgotten before a closing tag. What is strict
JSON is read as JSON.
"""

import json
import math
import re
import sys
from typing import Any

from carrel.markup.source import NeedMore, NoMatch, Source, by_length

MAX_DEPTH = 64
"""How deep objects and lists may stand in each other."""

QUOTES = by_length(['"', "'", '"""', "'''", "<escape>", '<|"|>'])
"""The last two are those of FunctionGemma and Gemma 4."""

_STOPS = {quote: re.compile(re.escape(quote) if quote[0] == "<" else r"\\|" + re.escape(quote)) for quote in QUOTES}
_AFTER_STRING = ",:}])<`"
_FORGOTTEN = "<`]"
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": ""} | {mark: mark for mark in "\"'\\/"}
_CONSTANTS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_WORD = re.compile(r"[\w.+-]+")
_KEY = re.compile(r"[^\W\d][\w-]*")
_CODES = {"u": 4, "x": 2, "U": 8}
"""Hexadecimal digits of an escape that gives a character by its code."""
_HEX = re.compile(r"[0-9a-fA-F]+")


def read_value(source: Source, at: int, depth: int = 0) -> tuple[Any, int]:
    """Return the value at a position and the position behind it. Raise NoMatch or NeedMore."""
    if depth > MAX_DEPTH:
        raise NoMatch
    at = source.spaces(at)
    match source.char(at):
        case "{":
            return _read_object(source, at, depth)
        case "[":
            return _read_items(source, at + 1, "]", depth)
        case "(":
            return _read_items(source, at + 1, ")", depth)
        case _:
            return _read_scalar(source, at)


def read_key(source: Source, at: int) -> tuple[str, int]:
    """Return a key of an object, quoted or bare, and the position behind it. Raise NoMatch or NeedMore."""
    at = source.spaces(at)
    if quote := source.longest(QUOTES, at):
        return read_string(source, at, quote)
    if key := source.run(_KEY, at):
        return key, at + len(key)
    raise NoMatch


def read_string(source: Source, at: int, quote: str) -> tuple[str, int]:
    """Return the string that a quote opens and the position behind it. Raise NoMatch or NeedMore.

    A quote closes the string only where something can follow that may stand behind a string.
    """
    parts: list[str] = []
    at += len(quote)
    while True:
        stop = source.search(_STOPS[quote], at)
        parts.append(source.text[at : stop.start()])
        at = stop.end()
        if stop[0] == "\\":
            piece, at = _read_escape(source, at)
            parts.append(piece)
        elif _may_follow_a_string(source, at):
            return "".join(parts), at
        else:
            parts.append(source.text[stop.start() : at])


def _may_follow_a_string(source: Source, at: int) -> bool:
    return source.char(source.spaces(at)) in _AFTER_STRING  # "" is in every string: the end of the text


def _read_escape(source: Source, at: int) -> tuple[str, int]:
    """Return the character that an escape stands for; an unknown one stands for itself."""
    mark = source.char(at)
    if not mark:
        raise NoMatch
    if digits := _CODES.get(mark):
        end = at + 1 + digits
        source.char(end - 1)
        code = source.text[at + 1 : end]
        if len(code) == digits and _HEX.fullmatch(code) and int(code, 16) <= sys.maxunicode:
            return chr(int(code, 16)), end
    return _ESCAPES.get(mark, "\\" + mark), at + 1


def _read_object(source: Source, at: int, depth: int) -> tuple[dict[str, Any], int]:
    doubled = source.char(at + 1) == "{"
    at = source.spaces(at + 1 + doubled)
    found: dict[str, Any] = {}
    while source.char(at) != "}":
        key, at = read_key(source, at)
        found[key], at = read_value(source, source.expect((":", "="), at), depth + 1)
        at, forgotten = _after_item(source, at, "}")
        if forgotten:
            return found, at
    return found, at + 1 + (doubled and source.char(at + 1) == "}")


def _read_items(source: Source, at: int, close: str, depth: int) -> tuple[list[Any], int]:
    at = source.spaces(at)
    found: list[Any] = []
    while source.char(at) != close:
        item, at = read_value(source, at, depth + 1)
        found.append(item)
        at, forgotten = _after_item(source, at, close)
        if forgotten:
            return found, at
    return found, at + 1


def _after_item(source: Source, at: int, close: str) -> tuple[int, bool]:
    """Step over a comma. Return the next position, and whether what closes the list or object is forgotten there."""
    at = source.spaces(at)
    char = source.char(at)
    if char == ",":
        return source.spaces(at + 1), False
    if char == close:
        return at, False
    if char in _FORGOTTEN:
        return at, True
    raise NoMatch


def _read_scalar(source: Source, at: int) -> tuple[Any, int]:
    if quote := source.longest(QUOTES, at):
        return read_string(source, at, quote)
    word = source.run(_WORD, at)
    if word in _CONSTANTS:
        return _CONSTANTS[word], at + len(word)
    return _number(word), at + len(word)


def _number(word: str) -> int | float:
    if not word.strip("-")[:1].isdigit():
        raise NoMatch
    try:
        found = json.loads(word)
    except ValueError:
        raise NoMatch from None
    if isinstance(found, int | float) and math.isfinite(found):
        return found
    raise NoMatch


def value_of(text: str) -> Any:
    """Return the value that a whole text is. Raise NoMatch."""
    source = Source(text, final=True)
    try:
        found, end = read_value(source, 0)
    except NeedMore:  # never in a final text
        raise NoMatch from None
    if source.spaces(end) < len(text):
        raise NoMatch
    return found
