"""The kinds of lines in an agent's file: each has the fields of a table, without what is computed from them.

Fields are named like their columns, references without `_id`. A column that a later version adds becomes a field by
itself; one that is computed, or has a meaning in one database only, is listed here as left out.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from carrel.memory.db.schema import (
    agents,
    blocks,
    contents,
    memory_events,
    messages,
    passages,
    retrieval_hits,
    retrievals,
    sessions,
    steps,
    summaries,
    tombstones,
    tool_runs,
    turns,
)
from carrel.memory.db.utc import UtcTime
from carrel.memory.journal.reversal import QUEUED
from carrel.messages import call_from_json, opaque_from_json

SCHEMA = "carrel/agent@1"
ID = re.compile(r"[a-z]-[0-9a-z]{12}")
"""The form of all ids."""
MAX_INTEGER = 2**53
"""Integers up to here are exact in every JSON reader."""

Record = dict[str, Any]
"""A line of the file as an object. Fields without a value are left out."""

_REFERENCES = {"session_id": "session", "turn_id": "turn", "message_id": "message"}
_RENAMED = {**_REFERENCES, "kind": "search_kind"}
_IDS = frozenset({"id", "successor", *_REFERENCES})
_ONE_OF = re.compile(r"(\w+) in \((.*)\)")


@dataclass(frozen=True, slots=True)
class Field:
    """What a field may hold."""

    required: bool
    is_valid: Callable[[Any], bool]
    expected: str
    """What it may hold, for an error: `not <expected>`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of line."""

    name: str
    fields: Mapping[str, Field]
    columns: Mapping[str, sa.Column[Any]]
    """The columns by field."""

    def find_fault(self, record: Record) -> str | None:
        """Return what is wrong with a record, as a part of a sentence; None where all is right."""
        if unknown := record.keys() - self.fields.keys() - {"kind"}:
            return f"field '{min(unknown)}' is unknown"
        for name, field in self.fields.items():
            value = record.get(name)
            if value is None:
                if field.required:
                    return f"field '{name}' is missing"
            elif not field.is_valid(value):
                return f"field '{name}' is not {field.expected}"
        return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and ID.fullmatch(value) is not None


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INTEGER


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _is_time(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_list_of_calls(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_call, value))


def _is_call(value: Any) -> bool:
    try:
        call = call_from_json(value)
    except (KeyError, TypeError):
        return False
    return all(map(_is_text, (call.id, call.name, call.arguments)))


def _is_opaque(value: Any) -> bool:
    try:
        opaque = opaque_from_json(value)
    except (KeyError, TypeError):
        return False
    return opaque is not None and all(map(_is_text, (opaque.origin, opaque.message, *opaque.calls)))


def _is_scores(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_number, value.values()))


def _is_list_of_hits(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(hit, dict) and HIT.find_fault(hit) is None for hit in value)


def _is_json(value: Any) -> bool:
    try:
        return isinstance(json.loads(value), dict | list)
    except (TypeError, ValueError, RecursionError):
        return False


def _is_hexadecimal(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("(?:[0-9a-f]{2})+", value) is not None


def _is_label(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= 64


_JSON_FIELDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "calls": (_is_list_of_calls, "a list of calls in the format of Chat Completions"),
    "opaque": (_is_opaque, "an object with origin, message and calls"),
    "tags": (_is_list_of_texts, "a list of texts"),
    "window": (_is_list_of_texts, "a list of texts"),
    "scores": (_is_scores, "an object of numbers"),
}

_TYPES: Sequence[tuple[type[Any], Callable[[Any], bool], str]] = (
    (UtcTime, _is_time, "a time in ISO 8601 with an offset"),
    (sa.Boolean, _is_boolean, "true or false"),
    (sa.Integer, _is_integer, f"a whole number from 0 to {MAX_INTEGER}"),
    (sa.Float, _is_number, "a number"),
    (sa.Text, _is_text, "a text"),
)
_TEXT_FIELDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "body": (_is_json, "JSON of an object or a list"),
    "salt": (_is_hexadecimal, "hexadecimal"),
    "label": (_is_label, "one line of up to 64 characters"),
}


def _field(column: sa.Column[Any]) -> Field:
    required = not column.nullable and column.default is None
    return Field(required, *_rule(column))


def _rule(column: sa.Column[Any]) -> tuple[Callable[[Any], bool], str]:
    """Return what checks a value of a column, and what it expects."""
    if column.name in _IDS:
        return _is_id, "an id"
    if isinstance(column.type, sa.JSON):
        return _JSON_FIELDS.get(column.name, (_is_object, "an object"))
    if values := _values_of(column):
        return values.__contains__, f"one of {', '.join(values)}"
    by_type = next((check, expected) for kind, check, expected in _TYPES if isinstance(column.type, kind))
    return _TEXT_FIELDS.get(column.name, by_type)


def _values_of(column: sa.Column[Any]) -> tuple[str, ...]:
    """Return the values that the table's checks allow a column; none where they do not restrict it."""
    for constraint in column.table.constraints:
        if isinstance(constraint, sa.CheckConstraint):
            found = _ONE_OF.fullmatch(str(constraint.sqltext))
            if found and found[1] == column.name:
                return tuple(value.strip(" '") for value in found[2].split(","))
    return ()


def _kind(name: str, table: sa.Table, left_out: str = "", **more: Field) -> Kind:
    """Return a kind with a field for each column of a table but those left out, and with more fields."""
    columns = {_RENAMED.get(c.name, c.name): c for c in table.c if c.name not in left_out.split()}
    return Kind(name, {field: _field(column) for field, column in columns.items()} | more, columns)


_WITHHELD = Field(False, _is_boolean, "true or false")
HIT = _kind("hit", retrieval_hits, "retrieval_n rank")
"""What a line of the kind `search` lists, in the order of ranks."""
AGENT = _kind(
    "agent",
    agents,
    "id lease recall_count archival_count session_count turn_count",
    schema=Field(True, _is_text, f"'{SCHEMA}'"),
)
BLOCK = _kind("block", blocks, "id agent_id")
SESSION = _kind("session", sessions, "n agent_id")
TURN = _kind("turn", turns, "n agent_id")
MESSAGE = _kind(
    "message",
    messages,
    "n agent_id tokens asks first_person time_words",
    queued=Field(False, _is_boolean, "true or false"),
    withheld=_WITHHELD,
)
SUMMARY = _kind("summary", summaries, "n tokens")
PASSAGE = _kind("passage", passages, "n agent_id hash tokens", withheld=_WITHHELD)
EVENT = _kind("event", memory_events, "n agent_id")
SEARCH = _kind("search", retrievals, "n agent_id", hits=Field(True, _is_list_of_hits, "a list of hits"))
PART = _kind("part", contents)
STEP = _kind("step", steps)
CALL = _kind("call", tool_runs)
TOMBSTONE = _kind("tombstone", tombstones, "agent_id")
END = Kind(
    "end",
    {
        "lines": Field(True, _is_integer, "a whole number"),
        "sha256": Field(True, _is_text, "a text"),
    },
    {},
)

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        AGENT,
        BLOCK,
        SESSION,
        TURN,
        MESSAGE,
        SUMMARY,
        PASSAGE,
        EVENT,
        SEARCH,
        PART,
        STEP,
        CALL,
        TOMBSTONE,
        END,
    )
}

_TOGETHER = ("part", "step")
"""Kinds whose lines alternate: the parts of a request that are new stand before the step that sent it."""
ORDER: Mapping[str, int] = {
    name: place if name not in _TOGETHER else list(KINDS).index(_TOGETHER[0]) for place, name in enumerate(KINDS)
}
"""The place of each kind in the file; each line refers to lines before it only."""

EDITED: Mapping[str, Kind] = {
    "core": BLOCK,
    "recall": MESSAGE,
    "archival": PASSAGE,
    "session": SESSION,
    "summary": SUMMARY,
}
"""What events of a tier have changed. Those of a queue have only the list of its messages."""
_NEVER_EDITED = frozenset({"id", *_REFERENCES.values()})
_TOKENS = Field(True, _is_integer, "a whole number")


def find_fault_of_edit(record: Record) -> str | None:
    """Return what is wrong with the columns that an event has changed; None where all is right."""
    for side in ("columns_before", "columns_after"):
        columns = record.get(side) or {}
        if record["tier"] == "queue":
            numbers = columns.get(QUEUED, [])
            if columns.keys() - {QUEUED} or not isinstance(numbers, list) or not all(map(_is_integer, numbers)):
                return f"field '{side}' is not a list of messages"
            continue
        fields = {**EDITED[record["tier"]].fields, "tokens": _TOKENS}
        for name, value in columns.items():
            field = None if name in _NEVER_EDITED else fields.get(name)
            if field is None or (field.required if value is None else not field.is_valid(value)):
                return f"'{name}' in field '{side}' is not a column that changes, or has a wrong value"
    return None
