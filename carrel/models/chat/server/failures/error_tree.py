"""Read the body of an error, in whatever format a server sends it, as the strings and numbers in it. Pure.

JSON, also within a string, one object a line, or in the events of a stream; XML; pages of HTML; and plain text.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from carrel.text import clean_text

MAX_DEPTH = 32
"""Levels of a body that are read."""
MAX_SIZE = 2**20
"""Characters of a text that are read."""
MAX_MARKUP = 10_000
"""Characters of HTML or XML that are read: to look for the ends of its scripts takes quadratic time."""
MAX_PACKINGS = 3
"""How often one text may be packed into another."""
ITEM = "[]"

_MARKUP = re.compile(r"<!doctype|<!--|<(?:html|head|body)\b|</\w", re.IGNORECASE)
_PAGE = re.compile(r"\s*(?:<!doctype html|<html\b|<head\b|<body\b)", re.IGNORECASE)
_UNREAD = re.compile(r"<(style|script)\b.*?</\1>|<!--.*?-->|</?[a-z!?][^<>]*>", re.DOTALL | re.IGNORECASE)
_EVENT_LINE = re.compile(r"(data|error|event|id|retry)?:(.*)", re.IGNORECASE)
_GUARDS = re.compile(r"\)\]\}',?|for\s*\(;;\);|while\s*\(1\);")
"""What some servers put before JSON so that no browser runs it as a script."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A string or a number in the body of an error, and the names that lead to it, the innermost last.

    The names are as the server writes them; an item of a list has the name ITEM.
    """

    labels: tuple[str, ...]
    value: str | int | float

    @property
    def label(self) -> str:
        """The name of the field that it is in, be it in a list there; empty where it has none."""
        return next((label for label in reversed(self.labels) if label != ITEM), "")

    @property
    def names(self) -> tuple[str, ...]:
        """The names in small letters, without `_`, `-` and blanks."""
        return tuple(map(_plain_name, self.labels))

    @property
    def name(self) -> str:
        """The label as a plain name."""
        return _plain_name(self.label)

    @property
    def parent(self) -> str:
        """The name of what holds this field; ITEM for an object in a list, empty where there is none."""
        fields = list(self.names)
        while fields and fields[-1] == ITEM:
            fields.pop()
        return fields[-2] if len(fields) > 1 else ""


def leaves_of(body: object) -> list[Leaf]:
    """Return all strings and numbers in a body, in its order."""
    return list(_leaves(body, (), MAX_DEPTH))


def text_of(markup: str) -> str:
    """Return a text without the tags, scripts, styles and character references of HTML or XML, if it has any."""
    return html.unescape(_UNREAD.sub(" ", markup[:MAX_MARKUP])) if _MARKUP.search(markup) else markup


def _plain_name(label: str) -> str:
    return re.sub(r"[\s_-]", "", label).lower()


def _leaves(body: object, labels: tuple[str, ...], depth: int) -> Iterator[Leaf]:
    body = _unpacked(body)
    if isinstance(body, str):
        if text := clean_text(body).strip():
            yield Leaf(labels, text)
    elif isinstance(body, int | float) and not isinstance(body, bool):
        yield Leaf(labels, body)
    elif depth:
        for name, value in _parts(body):
            yield from _leaves(value, (*labels, name), depth - 1)


def _parts(body: object) -> Iterator[tuple[str, object]]:
    """Yield what an object or a list holds, with its names."""
    if isinstance(body, Mapping):
        yield from ((str(name), value) for name, value in body.items())
    elif isinstance(body, list):
        yield from ((ITEM, value) for value in body)


def _unpacked(body: object) -> object:
    for _ in range(MAX_PACKINGS):
        body = _parsed(body) if isinstance(body, str) else body
    return body


def _parsed(text: str) -> object:
    """Return the value that a text is in one of the formats, else the text without tags."""
    stripped = _GUARDS.sub("", text[:MAX_SIZE].lstrip("\ufeff \t\r\n"), count=1).strip()
    if stripped.startswith(("{", "[", '"')) or stripped == "null":
        return _json(stripped)
    if stripped.startswith("<") and not _PAGE.match(stripped):
        return _xml(stripped)
    lines = stripped.splitlines()
    if lines and all(not line.strip() or _EVENT_LINE.match(line) for line in lines):
        return _events(lines) or stripped
    return text_of(stripped)


def _json(text: str) -> object:
    """Return the value of a JSON text, or of a JSON text a line; the text itself where it is neither."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return text_of(text)


def _events(lines: list[str]) -> list[object]:
    """Return what the events of a stream say, each as a text that may be JSON."""
    matches = [found for line in lines if (found := _EVENT_LINE.match(line))]
    said = [found[2].strip() for found in matches if (found[1] or "").lower() in {"data", "error"}]
    return [text for text in said if text and text != "[DONE]"]


def _xml(text: str) -> object:
    """Return the elements of an XML text as mappings and lists; its words where it is not well-formed."""
    if "<!ENTITY" in text:
        return text_of(text)
    try:
        root = ElementTree.fromstring(text)  # without entities of its own
    except (ElementTree.ParseError, ValueError, RecursionError):
        return text_of(text)
    return {_local(root.tag): _element(root, MAX_DEPTH)}


def _element(element: ElementTree.Element, depth: int) -> object:
    children = list(element)
    text = (element.text or "").strip()
    if not depth or not (children or element.attrib):
        return text
    attributes = {_local(name): value for name, value in element.attrib.items()}
    return [text, attributes, *({_local(child.tag): _element(child, depth - 1)} for child in children)]


def _local(tag: object) -> str:
    """Return the name of an element without its namespace."""
    return str(tag).rpartition("}")[2]
