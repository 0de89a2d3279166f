"""The offline model's answer: quotes from memory, each with its source. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEADING = "From my memory"
_QUOTE = re.compile(r'"(.+)"')


@dataclass(frozen=True, slots=True)
class Quote:
    """One line from memory; `source` is its date and speaker, or the block that contains it."""

    source: str
    text: str


def render_quotes(quotes: Sequence[Quote]) -> str:
    """Return an answer that quotes: a single quote on the line of the heading, several on a line each."""
    lines = [f'{quote.source}: "{quote.text}"' for quote in quotes]
    return "\n".join([f"{_HEADING}:", *lines] if len(lines) > 1 else [f"{_HEADING}, {lines[0]}"])


def is_quoting(text: str) -> bool:
    """Return whether a text is an answer that quotes, whole or cut."""
    return text.startswith(_HEADING)


def parse_quotes(text: str) -> list[str]:
    """Return the texts that an answer quotes; none if it is not an answer that quotes."""
    if not is_quoting(text):
        return []
    return [match[1] for line in text.splitlines() if (match := _QUOTE.search(line))]
