"""What to forget: memories by id, by words, by session, by time or by speaker."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import NotFound, UsageError
from carrel.memory.db.schema import AnyRow, blocks, messages, passages, turns
from carrel.memory.journal import events, history
from carrel.memory.journal.scope import Scope
from carrel.memory.phrases import stems
from carrel.memory.values import Tier
from carrel.text import clean_text

ERASED = "[erased]"
"""What stands where a whole text was erased, so that a turn keeps its messages and a call its result."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a user means; what meets any of the ids, or all of the other conditions."""

    ids: tuple[str, ...] = ()
    """Ids of messages and passages, or unique prefixes of them; `human:2` is the second line of a block."""
    query: str = ""
    """Words that stand together in one sentence of it."""
    session: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    speaker: str | None = None

    @property
    def has_conditions(self) -> bool:
        """Whether it selects by anything but ids."""
        return any((self.query, self.session, self.since, self.until, self.speaker))


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
    """The arguments of a message's calls, as JSON."""
    names: str = ""
    """Its speaker, or its tags."""

    @property
    def whole(self) -> str:
        """All that it says, its calls and names included."""
        return "\n".join(part for part in (self.names, self.text, self.calls) if part)

    def to_json(self) -> dict[str, Any]:
        """Return it as `memory forget --json` prints it."""
        kind = {"core": "line", "recall": "message", "archival": "passage"}[self.tier]
        return {"id": self.ref, "tier": self.tier, "kind": kind}


@dataclass(frozen=True, slots=True)
class Found:
    """What a selection means."""

    items: tuple[Item, ...] = ()
    is_all: bool = False
    """Whether that is everything that the agent remembers."""
    words: frozenset[str] = field(default_factory=frozenset)
    """The stems of the words that were searched for."""


def select(connection: Connection, scope: Scope, selection: Selection) -> Found:
    """Return what a selection means.

    Raises:
        NotFound: an id is unknown, or begins several.
        UsageError: it selects nothing, or its words say nothing.
    """
    if not (selection.ids or selection.has_conditions):
        raise UsageError("It is not said what to forget.", "Give an id, --query, --session, --since or --speaker.")
    chosen = {(item.tier, item.ref): item for item in _by_ids(connection, scope, selection.ids)}
    words = stems(clean_text(selection.query))
    if selection.query and not words:
        raise UsageError(f"'{selection.query}' holds no word that could be searched for.", "Say more of it.")
    everything = list(all_items(connection, scope))
    if selection.has_conditions:
        found = _by_conditions(connection, scope, everything, selection, words)
        chosen |= {(item.tier, item.ref): item for item in found}
    is_all = selection.has_conditions and len(chosen) == len(everything) > 1
    return Found(tuple(chosen.values()), is_all, words)


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
    calls = "\n".join(call["function"]["arguments"] for call in row.calls or ())
    return Item(
        "recall", row.id, row.n, row.text, row.role, row.turn_id, row.session_id, None, calls, row.speaker or ""
    )


def passage_item(row: AnyRow) -> Item:
    """Return a row of `passages`."""
    return Item("archival", row.id, row.n, row.text, None, row.turn_id, row.session_id, names=" ".join(row.tags))


def find_id(connection: Connection, scope: Scope, reference: str) -> tuple[Tier, str]:
    """Return the tier and the id that a reference means: an id or a unique prefix of one, with or without its letter.

    Raises:
        NotFound: nothing of the agent has such an id, or several have.
    """
    cleaned = clean_text(reference).strip()
    found: list[tuple[Tier, str]] = []
    for tier, letter, table in (("recall", "m-", messages), ("archival", "p-", passages)):
        starts = table.c.id.startswith(cleaned, autoescape=True)
        bare = table.c.id.startswith(letter + cleaned, autoescape=True)
        query = sa.select(table.c.id).where(table.c.agent_id == scope.agent_id, sa.or_(starts, bare))
        exact = table.c.id.in_((cleaned, letter + cleaned))
        found += [(tier, key) for key in connection.scalars(query.order_by(~exact).limit(2))]  # type: ignore[misc]
    exact_ones = [pair for pair in found if pair[1] in (cleaned, f"m-{cleaned}", f"p-{cleaned}")]
    if not cleaned or not found:
        raise NotFound(f"Memory '{reference}' of agent '{scope.agent}' does not exist.", "See carrel memory ls.")
    if len(found) > 1 and len(exact_ones) != 1:
        raise NotFound(f"'{reference}' begins the ids of several memories.", "Write more of it.")
    return (exact_ones or found)[0]


def _by_ids(connection: Connection, scope: Scope, references: Sequence[str]) -> Iterable[Item]:
    for reference in references:
        label, _, number = reference.rpartition(":")
        if label and number.isdigit():
            yield _line(connection, scope, label, int(number))
            continue
        tier, key = find_id(connection, scope, reference)
        table = messages if tier == "recall" else passages
        row = connection.execute(sa.select(table).where(table.c.id == key)).one()
        yield message_item(row) if tier == "recall" else passage_item(row)


def _line(connection: Connection, scope: Scope, label: str, number: int) -> Item:
    own = (blocks.c.agent_id == scope.agent_id) & (blocks.c.label == label)
    value = connection.scalar(sa.select(blocks.c.value).where(own))
    for item in lines_of(label, value or ""):
        if item.n == number:
            return item
    raise NotFound(f"Block '{label}' has no line {number}.", "See carrel memory show.")


def _by_conditions(
    connection: Connection, scope: Scope, items: Sequence[Item], selection: Selection, words: frozenset[str]
) -> list[Item]:
    if words:
        items = [item for item in items if words <= stems(item.whole)]
    if not (selection.session or selection.since or selection.until or selection.speaker):
        return list(items)
    written = _writers(connection, scope, items)
    said = _messages_that_meet(connection, scope, selection)
    return [item for item in items if _meets(item, selection, said, written)]


@dataclass(frozen=True, slots=True)
class _Origin:
    """When a line or a passage was written, and in which session."""

    at: datetime | None
    session: str | None


def _writers(connection: Connection, scope: Scope, items: Sequence[Item]) -> dict[str, _Origin]:
    """Return the origins of lines and passages by their ref."""
    found: dict[str, _Origin] = {}
    sessions_of_turns = _sessions_of_turns(connection, scope)
    for label in {item.label for item in items if item.label}:
        own = (blocks.c.agent_id == scope.agent_id) & (blocks.c.label == label)
        value = connection.scalar(sa.select(blocks.c.value).where(own)) or ""
        past = events.of_memory(connection, scope.agent_id, "core", label)
        for n, line in enumerate(history.blame(value, past), 1):
            event = line.event
            turn = event.turn if event else None
            found[f"{label}:{n}"] = _Origin(event.at if event else None, sessions_of_turns.get(turn or ""))
    stored = sa.select(passages.c.id, passages.c.at, passages.c.session_id, passages.c.turn_id)
    for row in connection.execute(stored.where(passages.c.agent_id == scope.agent_id)):
        found[row.id] = _Origin(row.at, row.session_id or sessions_of_turns.get(row.turn_id or ""))
    return found


def _sessions_of_turns(connection: Connection, scope: Scope) -> dict[str, str]:
    rows = connection.execute(sa.select(turns.c.id, turns.c.session_id).where(turns.c.agent_id == scope.agent_id))
    return {turn: session for turn, session in rows}


def _messages_that_meet(connection: Connection, scope: Scope, selection: Selection) -> set[str]:
    conditions: list[sa.ColumnElement[bool]] = [messages.c.agent_id == scope.agent_id]
    if selection.session:
        conditions.append(messages.c.session_id == selection.session)
    if selection.since:
        conditions.append(messages.c.at >= selection.since)
    if selection.until:
        conditions.append(messages.c.at <= selection.until)
    if selection.speaker:
        conditions.append(sa.func.coalesce(messages.c.speaker, messages.c.role) == selection.speaker)
    return set(connection.scalars(sa.select(messages.c.id).where(*conditions)))


def _meets(item: Item, selection: Selection, said: set[str], written: dict[str, _Origin]) -> bool:
    if item.tier == "recall":
        return item.ref in said
    origin = written[item.ref]
    if selection.speaker or (selection.session and origin.session != selection.session):
        return False
    if (selection.since or selection.until) and origin.at is None:
        return False
    after = selection.since is None or (origin.at is not None and origin.at >= selection.since)
    before = selection.until is None or (origin.at is not None and origin.at <= selection.until)
    return after and before
