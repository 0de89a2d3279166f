"""The memories that can be forgotten: lines of core memory, messages and passages."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import NotFound, UsageError
from carrel.memory.db.dialect import begins_with, without_index
from carrel.memory.db.schema import AnyRow, blocks, messages, passages
from carrel.memory.journal.scope import Scope
from carrel.memory.values import Tier
from carrel.text import clean_text

ERASED = "[erased]"
"""What stands where a whole text was erased, so that a turn keeps its messages and a call its result."""


@dataclass(frozen=True, slots=True)
class Item:
    """A memory to forget."""

    tier: Tier
    ref: str
    """The id of a message or passage, or the label and the number of a line, as `human:2`."""
    n: int
    """The number of its row, or of the line in its block, from 1."""
    text: str
    role: str | None = None
    turn: str | None = None
    session: str | None = None
    label: str | None = None
    """The block of a line."""
    calls: str = ""
    """The texts in the arguments of a message's calls, a line each."""
    names: str = ""
    """Its speaker or its tags, and its source."""

    @property
    def whole(self) -> str:
        """All that it says, its calls and names included."""
        return "\n".join(part for part in (self.names, self.text, self.calls) if part)

    def to_json(self) -> dict[str, Any]:
        """Return it as `memory forget --json` prints it."""
        kind = {"core": "line", "recall": "message", "archival": "passage"}[self.tier]
        return {"id": self.ref, "tier": self.tier, "kind": kind}


def all_items(connection: Connection, scope: Scope) -> Iterable[Item]:
    """Return all that an agent remembers and that is not in the bin: lines of core memory, messages and passages."""
    own = sa.select(blocks).where(blocks.c.agent_id == scope.agent_id).order_by(blocks.c.position)
    for block in connection.execute(own).fetchall():
        yield from lines_of(block.label, block.value)
    said = sa.select(messages).where(messages.c.agent_id == scope.agent_id, messages.c.forgotten_at.is_(None))
    yield from map(message_item, connection.execute(said.order_by(messages.c.n)).fetchall())
    stored = sa.select(passages).where(passages.c.agent_id == scope.agent_id, passages.c.forgotten_at.is_(None))
    yield from map(passage_item, connection.execute(stored.order_by(passages.c.n)).fetchall())


def lines_of(label: str, value: str) -> list[Item]:
    """Return the lines of a block that say something."""
    lines = enumerate(value.splitlines(), 1)
    return [Item("core", f"{label}:{n}", n, line, label=label) for n, line in lines if line.strip()]


def message_item(row: AnyRow) -> Item:
    """Return a row of `messages`."""
    calls = "\n".join(text for call in row.calls or () for text in _texts(call["function"]["arguments"]))
    names = " ".join(filter(None, (row.speaker, row.source)))
    return Item("recall", row.id, row.n, row.text, row.role, row.turn_id, row.session_id, None, calls, names)


def passage_item(row: AnyRow) -> Item:
    """Return a row of `passages`."""
    names = " ".join(filter(None, (*row.tags, row.source, row.document)))
    return Item("archival", row.id, row.n, row.text, None, row.turn_id, row.session_id, names=names)


def _texts(arguments: str) -> Iterator[str]:
    """Yield the texts in the arguments of a call, without the names of the parameters."""
    try:
        waiting = [json.loads(arguments)]
    except (ValueError, RecursionError):
        waiting = [arguments]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, str):
            yield value
        elif isinstance(value, (dict, list)):
            waiting[:0] = value.values() if isinstance(value, dict) else value


def find_id(connection: Connection, scope: Scope, reference: str) -> tuple[Tier, str]:
    """Return the tier and the id that a reference means: an id or a unique prefix of one, with or without its letter.

    Raises:
        NotFound: nothing of the agent has such an id.
        UsageError: several memories have ids that begin so.
    """
    cleaned = clean_text(reference).strip()
    found: list[tuple[Tier, str]] = []
    for tier, letter, table in (("recall", "m-", messages), ("archival", "p-", passages)):
        starts = begins_with(table.c.id, cleaned) | begins_with(table.c.id, letter + cleaned)
        query = sa.select(table.c.id).where(without_index(table.c.agent_id) == scope.agent_id, starts)
        exact = table.c.id.in_((cleaned, letter + cleaned))
        found += [(tier, key) for key in connection.scalars(query.order_by(~exact).limit(2))]  # type: ignore[misc]
    exact_ones = [pair for pair in found if pair[1] in (cleaned, f"m-{cleaned}", f"p-{cleaned}")]
    if not cleaned or not found:
        raise NotFound(f"Memory '{reference}' of agent '{scope.agent}' does not exist.", "See carrel memory ls.")
    if len(found) > 1 and len(exact_ones) != 1:
        raise UsageError(f"'{reference}' begins the ids of several memories.", "Write more of it.")
    return (exact_ones or found)[0]
