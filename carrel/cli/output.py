"""What every command prints with: the JSON envelope, tables, and errors in one sentence."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from carrel.errors import CarrelError
from carrel.text import terminal_text

_STEERING = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What JSON allows as it stands, but a terminal obeys: written as an escape, so that nothing is lost."""


def json_text(data: Any) -> str:
    """Return data as one line of JSON that a terminal may show."""
    text = json.dumps(data, ensure_ascii=False)
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def print_json(command: str, data: Any) -> None:
    """Print the envelope that programs rely on."""
    line(json_text({"schema": f"carrel/{command}@1", "data": data}))


def print_error(error: CarrelError, as_json: bool) -> None:
    """Print an error and what to do about it on standard error."""
    if as_json:
        body = {"error": {"code": error.code, "message": error.message, "hint": error.hint}}
        text = json_text(body)
    else:
        text = terminal_text(f"Error: {error}")
    sys.stderr.write(text + "\n")


def line(text: str = "") -> None:
    """Print one line on standard output, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Print one line on standard error: for people, out of the way of data."""
    sys.stderr.write(terminal_text(text) + "\n")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: 1 message, 2 messages."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def local(moment: datetime) -> str:
    """Return a moment as people read it, in the local zone."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def iso(moment: datetime) -> str:
    """Return a moment as programs read it, with its offset."""
    return moment.astimezone().isoformat()


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; in a pipe, plain columns parted by tabs, without headings and colours."""
    cells = [[terminal_text(str(cell)) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in cells:
            line("\t".join(cell.replace("\n", " ").replace("\t", " ") for cell in row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*headings, box=box.SIMPLE_HEAD)
    for row in cells:
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)
