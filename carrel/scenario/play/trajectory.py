"""The trajectory of a story: every record a line of JSON, byte for byte the same in every run.

Tools are written once, in a line of their own, and referred to by their hash.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from carrel.errors import BadFile
from carrel.formats.files import read_text
from carrel.messages import canonical
from carrel.scenario.play.play import SCHEMA
from carrel.scenario.record.state import Record

NAME = "trajectory.jsonl"
SUMMARY = "summary.json"
ANSWERS = "answers.jsonl"


def write(path: Path, records: Iterable[Record]) -> None:
    """Write a trajectory as a whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(canonical(line) + "\n" for line in _packed(records))
    partial.replace(path)


def read(path: Path) -> list[Record]:
    """Return the records of a trajectory. Raise BadFile, with the line, where it is not one."""
    tools: dict[str, Any] = {}
    records: list[Record] = []
    for number, text in enumerate(read_text(path).split("\n"), 1):
        if not text:
            continue
        try:
            line = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadFile(f"'{path}', line {number}: not JSON ({error}).", "Run the scenario again.") from None
        if line.get("type") == "tools":
            tools[line["hash"]] = line["tools"]
        else:
            records.append(_unpacked(line, tools))
    if not records or records[0].get("schema") != SCHEMA:
        raise BadFile(f"'{path}' is not a trajectory.", f"Its first line must say: {SCHEMA}")
    return records


class Kept(dict[str, Record]):
    """Answers on the side, kept in a file as they come, so that a run that was cut off goes on where it stopped."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._asked: set[str] = set()
        for text in read_text(path).split("\n") if path.is_file() else ():
            try:
                line = json.loads(text)
            except ValueError:  # the last line of a run that was killed
                continue
            super().__setitem__(line["key"], line["record"])
        self._before = frozenset(self)

    def __getitem__(self, key: str) -> Record:
        self._asked.add(key)
        return super().__getitem__(key)

    @property
    def taken(self) -> int:
        """How many answers of an earlier run were taken."""
        return len(self._asked & self._before)

    def __setitem__(self, key: str, record: Record) -> None:
        super().__setitem__(key, record)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(canonical({"key": key, "record": record}) + "\n")


def _packed(records: Iterable[Record]) -> Iterator[Record]:
    known: set[str] = set()
    for record in records:
        asked = []
        for item in record.get("asked", ()):
            key = hashlib.sha256(canonical(item["tools"]).encode()).hexdigest()[:16]
            if key not in known:
                known.add(key)
                yield {"type": "tools", "hash": key, "tools": item["tools"]}
            asked.append({**item, "tools": key})
        yield {**record, "asked": asked} if asked else record


def _unpacked(line: Record, tools: dict[str, Any]) -> Record:
    if "asked" not in line:
        return line
    return {**line, "asked": [{**item, "tools": tools.get(item["tools"], [])} for item in line["asked"]]}
