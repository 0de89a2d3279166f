"""Read an agent's file: check all of it before anything is imported, then go through its records again.

A file that was cut, changed or damaged, or that a newer version wrote, is refused with the number of the line.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from carrel.errors import BadFile
from carrel.memory.agent_file.kinds import ID, KINDS, ORDER, SCHEMA, Record, find_fault_of_edit
from carrel.memory.agent_file.lines import hash_part, parse_line
from carrel.memory.journal.reversal import QUEUED

MAX_LINE = 64_000_000
"""Bytes of one line."""

_HINT = "Nothing was imported."
_UNIQUE: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "block": (("label",),),
    "session": (("id",), ("name",)),
    "turn": (("id",),),
    "message": (("id",), ("import_key",)),
    "passage": (("id",), ("import_key",)),
    "event": (("id",),),
    "search": (("id",),),
    "part": (("hash",),),
    "step": (("turn", "number"),),
    "call": (("turn", "step", "position"),),
    "tombstone": (("hash",),),
}
"""The fields by which no two lines of a kind may be equal."""
_REFERENCES = {"session": "session", "turn": "turn"}
"""Fields that name a line before this one, and the kind of that line."""


@dataclass(frozen=True, slots=True)
class FileSummary:
    """What a file that was checked contains."""

    name: str
    """The name of the agent."""
    counts: Mapping[str, int]
    """The number of lines by kind."""
    sha256: str
    """The checksum of all lines but the last."""
    ids: Mapping[str, tuple[str, ...]]
    """The ids by kind."""


class AgentFile:
    """A file with one agent."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self) -> FileSummary:
        """Read the whole file and return what it contains. Raise BadFile if anything in it is wrong."""
        checks = _Checks()
        for number, line, record in self._lines({}):
            if fault := checks.find_fault(record):
                raise self._refusal(number, fault)
            if record["kind"] != "end":
                checks.digest.update(line)
        if not checks.ended:
            raise BadFile(f"'{self.path}' is cut: its last line is missing.", f"Export it again. {_HINT}")
        return FileSummary(checks.name, checks.counts, checks.digest.hexdigest(), checks.ids)

    def records(self, ids: Mapping[str, str], sha256: str) -> Iterator[Record]:
        """Yield the records of a checked file but the last, with ids replaced wherever they occur.

        Raises:
            BadFile: the file has another checksum than when it was checked.
        """
        digest = hashlib.sha256()
        for _, line, record in self._lines(ids):
            if record["kind"] != "end":
                digest.update(line)
                yield record
        if digest.hexdigest() != sha256:
            raise BadFile(f"'{self.path}' was changed meanwhile.", f"Try again. {_HINT}")

    def _lines(self, ids: Mapping[str, str]) -> Iterator[tuple[int, bytes, Record]]:
        try:
            with self.path.open("rb") as stream:
                number = 0
                while line := stream.readline(MAX_LINE):
                    number += 1
                    yield number, line, self._parse(number, line, ids)
        except OSError as error:
            raise BadFile(f"'{self.path}' cannot be read: {error.strerror}.", "Check the path.") from None

    def _parse(self, number: int, line: bytes, ids: Mapping[str, str]) -> Record:
        if not line.endswith(b"\n"):
            fault = f"it is longer than {MAX_LINE} bytes" if len(line) == MAX_LINE else "it is cut"
            raise self._refusal(number, fault)
        try:
            record = parse_line(_replace_ids(line, ids) if ids else line)
        except ValueError as error:
            raise self._refusal(number, str(error)) from None
        kind = record.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            raise self._refusal(number, f"kind {kind!r:.40} is unknown")
        return record

    def _refusal(self, number: int, fault: str) -> BadFile:
        return BadFile(f"'{self.path}', line {number}: {fault}.", _HINT)


@dataclass(slots=True)
class _Checks:
    """What is known of the lines so far."""

    name: str = ""
    place: int = -1
    ended: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    seen: dict[tuple[str, tuple[str, ...]], dict[tuple[object, ...], None]] = field(default_factory=dict)
    """The values of unique fields by kind and fields, in the order of the file."""
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def ids(self) -> dict[str, tuple[str, ...]]:
        """The ids by kind."""
        return {
            kind: tuple(str(value[0]) for value in known)
            for (kind, names), known in self.seen.items()
            if names == ("id",)
        }

    def find_fault(self, record: Record) -> str | None:
        """Return what is wrong with the next line, as a part of a sentence; None where all is right."""
        kind = record["kind"]
        fault = self._fault_of_place(record) or KINDS[kind].find_fault(record)
        if fault is not None:
            return fault
        self.place = ORDER[kind]
        if kind != "end":
            self.counts[kind] += 1
        return self._fault_of_uses(record) or self._fault_of_content(record)

    def _fault_of_place(self, record: Record) -> str | None:
        kind = record["kind"]
        if self.place < 0:
            if kind != "agent" or not str(record.get("schema", "")).startswith("carrel/agent@"):
                return f"the file does not begin with an agent of {SCHEMA}"
            if record["schema"] != SCHEMA:
                return f"its schema is {record['schema']:.40}, and this Carrel knows {SCHEMA}: install a newer one"
            self.name = str(record.get("name", ""))
            return None
        if kind == "agent":
            return "there is a second agent"
        if self.ended or ORDER[kind] < self.place:
            return f"a line of kind '{kind}' is out of place"
        return None

    def _fault_of_uses(self, record: Record) -> str | None:
        kind = record["kind"]
        for names in _UNIQUE.get(kind, ()):
            value = tuple(record.get(name) for name in names)
            known = self.seen.setdefault((kind, names), {})
            if None not in value:
                if value in known:
                    return f"there is another {kind} with {names[-1]} {value[-1]!r:.60}"
                known[value] = None
        for name, of_kind in _REFERENCES.items():
            if kind != of_kind and name in record and (record[name],) not in self.seen.get((of_kind, ("id",)), {}):
                return f"{of_kind} {record[name]!r} does not occur before it"
        return None

    def _fault_of_target(self, record: Record) -> str | None:
        """Return what is wrong with what an event would be undone in: it must be the agent's own."""
        columns = [record.get(name) or {} for name in ("columns_before", "columns_after")]
        if not any(columns):
            return None
        ref, tier = record["ref"], record["tier"]
        if tier in ("queue", "session") and (ref,) not in self.seen.get(("session", ("id",)), {}):
            return f"session {ref!r:.40} does not occur before it"
        if tier == "summary" and ref not in map(str, range(1, self.counts["summary"] + 1)):
            return f"summary {ref!r:.40} does not occur before it"
        numbers = [number for side in columns for number in side.get(QUEUED, ())] if tier == "queue" else []
        if any(not 1 <= number <= self.counts["message"] for number in numbers):
            return "a message of its queue does not occur before it"
        return None

    def _fault_of_content(self, record: Record) -> str | None:
        match record["kind"]:
            case "part" if hash_part(record["body"]) != record["hash"]:
                return "the hash is not that of the body"
            case "step" if not all((key,) in self.seen.get(("part", ("hash",)), {}) for key in record["window"]):
                return "a part of its window does not occur before it"
            case "event":
                return find_fault_of_edit(record) or self._fault_of_target(record)
            case "block" if len(record["value"]) > record["limit"]:
                return f"block '{record['label']}' is longer than its limit"
            case "end":
                self.ended = True
                if (record["lines"], record["sha256"]) != (self.counts.total(), self.digest.hexdigest()):
                    return "the checksum is wrong: the file was changed or damaged"
        return None


def _replace_ids(line: bytes, ids: Mapping[str, str]) -> bytes:
    text = line.decode("utf-8", "surrogateescape")
    replaced = ID.sub(lambda found: ids.get(found[0], found[0]), text)
    return replaced.encode("utf-8", "surrogateescape")
