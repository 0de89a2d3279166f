"""Print lines, tables, errors and the JSON envelope."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from carrel.dates import format_iso as format_iso
from carrel.dates import format_minute, to_zone
from carrel.errors import CarrelError
from carrel.text import terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.memory.values import StoredMessage

_CONTROL = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that are valid in JSON but control a terminal; they are written as escapes, so that nothing is lost."""


def to_json_text(data: Any) -> str:
    """Return data as one line of JSON that is safe to show in a terminal."""
    text = json.dumps(data, ensure_ascii=False)
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def print_json(command: str, data: Any) -> None:
    """Print the envelope that programs rely on."""
    print_line(to_json_text({"schema": f"carrel/{command}@1", "data": data}))


def print_error(error: CarrelError, as_json: bool) -> None:
    """Print an error and its remedy on standard error."""
    if as_json:
        body = {"error": {"code": error.code, "message": error.message, "hint": error.hint}}
        text = to_json_text(body)
    else:
        text = terminal_text(f"Error: {error}")
    _write_error(text)


def print_line(text: str = "") -> None:
    """Print one line on standard output, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def print_note(text: str) -> None:
    """Print one line for people on standard error, apart from the data."""
    _write_error(terminal_text(text))


def _write_error(text: str) -> None:
    """Write a line on standard error; where that is full or gone, the exit code alone says what happened."""
    with suppress(OSError):
        sys.stderr.write(text + "\n")


def count_noun(number: int, noun: str) -> str:
    """Return a number with its noun: 1 message, 2 messages."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def format_local(moment: datetime) -> str:
    """Return a moment as people read it, in the local time zone."""
    return format_minute(to_zone(moment, None))


def format_message(message: "StoredMessage") -> str:
    """Return a message's text, or the calls that it makes."""
    return message.text or ", ".join(f"{call.name} {call.arguments}" for call in message.calls)


def was_said(message: "StoredMessage") -> bool:
    """Return whether somebody said it: it is neither a tool's result nor calls without a word."""
    return message.role != "tool" and bool(message.text.strip())


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; into a pipe, columns separated by tabs, without headings or colours."""
    cells = [[terminal_text(str(cell)) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in cells:
            print_line("\t".join(cell.replace("\n", " ").replace("\t", " ") for cell in row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawing = Table(*headings, box=box.SIMPLE_HEAD)
    for row in cells:
        drawing.add_row(*(Text(cell) for cell in row))
    Console().print(drawing)
