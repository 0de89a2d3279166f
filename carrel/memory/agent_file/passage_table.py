"""The passages of an agent as a table in CSV, for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator

from carrel.memory.agent_file.kinds import Record

COLUMNS = ("id", "text", "tags", "at", "state", "origin", "source", "document", "successor", "session", "turn")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What begins a formula in a spreadsheet (OWASP, CSV injection); an apostrophe before it makes it a text."""


def to_csv(records: Iterable[Record]) -> Iterator[str]:
    """Yield the lines of the table from the records of an agent's file; tags are separated by spaces."""
    yield _row(COLUMNS)
    for record in records:
        if record["kind"] == "passage":
            values = record | {"tags": " ".join(record["tags"])}
            yield _row([_safe(str(values.get(name) or "")) for name in COLUMNS])


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
