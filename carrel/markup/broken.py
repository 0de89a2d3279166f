"""Read what is left of a call that names a tool and then breaks: it is no text for people either. Pure."""

import re

from carrel.markup.dialects import END_OF_CALL
from carrel.markup.literals import read_value
from carrel.markup.shapes import ARGUMENTS, TextCall, arguments_text
from carrel.markup.source import NeedMore, NoMatch, Source
from carrel.text import clean_text

_KEY = re.compile(rf"[\"'](?:{'|'.join(ARGUMENTS)})[\"']\s*:\s*")
_EVENT = re.compile(rf"[{{}}]|{END_OF_CALL.pattern}")


def read_broken(source: Source, at: int, name: str) -> tuple[TextCall, int]:
    """Return a call whose arguments are what stands there, and where it ends. Raise NeedMore.

    It ends where its braces balance, before a mark that closes calls, or at the end of the text.
    """
    end = _end(source, at)
    text = source.text[at:end]
    if key := _KEY.search(text):
        text = _readable(text[key.end() :])
    return TextCall(name, clean_text(arguments_text(text))), end


def _end(source: Source, at: int) -> int:
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
