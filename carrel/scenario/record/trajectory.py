"""The trajectory of a scenario: one JSON object a line, byte for byte the same in every run.

Each distinct list of tool schemas is written once, on a line of its own, and referred to by its hash.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from carrel.errors import BadFile
from carrel.formats.files import read_json_lines
from carrel.messages import canonical
from carrel.scenario.files.scenario import TurnSpec

SCHEMA = "carrel/trajectory@1"
FILE_NAME = "trajectory.jsonl"

Record = dict[str, Any]
"""One line; `type` is story (the scenario itself), setup, session, messages, turn, check, close or end."""


def write_trajectory(path: Path, records: Iterable[Record]) -> None:
    """Write a trajectory, replacing the file at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(canonical(line) + "\n" for line in _share_tools(records))
    partial.replace(path)


def read_trajectory(path: Path) -> list[Record]:
    """Return the records of a trajectory. Raise BadFile, with the line, if it is not one."""
    tools: dict[str, Any] = {}
    records: list[Record] = []
    for _, line in read_json_lines(path, "Run the scenario again."):
        if line.get("type") == "tools":
            tools[line["hash"]] = line["tools"]
        else:
            records.append(_restore_tools(line, tools))
    if not records or records[0].get("schema") != SCHEMA:
        raise BadFile(f"'{path}' is not a trajectory.", f"Its first line must contain the schema {SCHEMA}.")
    return records


def failed_unexpectedly(record: Record, turn: TurnSpec) -> bool:
    """Return whether a turn failed without an expectation of an error."""
    return bool(record.get("error")) and not any(item.error for item in turn.expect)


def _share_tools(records: Iterable[Record]) -> Iterator[Record]:
    known: set[str] = set()
    for record in records:
        requests = []
        for request in record.get("asked", ()):
            key = hashlib.sha256(canonical(request["tools"]).encode()).hexdigest()[:16]
            if key not in known:
                known.add(key)
                yield {"type": "tools", "hash": key, "tools": request["tools"]}
            requests.append({**request, "tools": key})
        yield {**record, "asked": requests} if requests else record


def _restore_tools(line: Record, tools: dict[str, Any]) -> Record:
    if "asked" not in line:
        return line
    return {**line, "asked": [{**request, "tools": tools.get(request["tools"], [])} for request in line["asked"]]}
