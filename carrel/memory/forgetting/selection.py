"""What to forget: memories by id, by turn, by words, by session, by time or by speaker."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import NotFound, UsageError
from carrel.memory.db.schema import blocks, messages, passages, turns
from carrel.memory.forgetting.items import Item, all_items, find_id, lines_of, message_item, passage_item
from carrel.memory.forgetting.turn_memories import memories_of_turn
from carrel.memory.journal import events, history
from carrel.memory.journal.scope import Scope
from carrel.memory.phrases import stems
from carrel.text import clean_text

_ID = re.compile(r"(?:m|p)-[0-9a-z]+|\w+:\d+")
"""An id of a message or passage as it is printed, or a line of a block."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a user means: what has one of the ids, what a turn left on the screen, what meets all other conditions."""

    ids: tuple[str, ...] = ()
    """Ids of messages and passages, or unique prefixes of them; `human:2` is the second line of a block."""
    query: str = ""
    """Words that stand together in one sentence of it."""
    session: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    speaker: str | None = None
    turn: str | None = None
    """A turn, by its id: what was said in it, what it wrote, and the memories that its answer used."""

    @property
    def has_conditions(self) -> bool:
        """Whether it selects by conditions that each memory must meet."""
        return any((self.query, self.session, self.since, self.until, self.speaker))


def parse_selection(text: str, turn: str | None) -> Selection:
    """Return what the words after `/forget` mean: ids of memories, or words that stand in them.

    Without words, it is what the turn `turn` left on the screen.
    """
    words = text.split()
    if not words:
        return Selection(turn=turn)
    return Selection(tuple(words)) if all(map(_ID.fullmatch, words)) else Selection(query=text.strip())


@dataclass(frozen=True, slots=True)
class Found:
    """What a selection means."""

    items: tuple[Item, ...] = ()
    is_all: bool = False
    """Whether that is every message and passage that the agent remembers."""
    words: frozenset[str] = field(default_factory=frozenset)
    """The stems of the words that were searched for."""


def select(connection: Connection, scope: Scope, selection: Selection, in_bin: Sequence[Item] = ()) -> Found:
    """Return what a selection means; `in_bin` are memories of the bin that it may mean too.

    Raises:
        NotFound: an id is unknown.
        UsageError: it selects nothing, its words say nothing, or an id begins several.
    """
    if not (selection.ids or selection.turn or selection.has_conditions):
        raise UsageError(
            "It is not said what to forget.", "Give an id, --query, --turn, --session, --since or --speaker."
        )
    chosen = dict.fromkeys(_by_ids(connection, scope, selection.ids))
    words = stems(clean_text(selection.query))
    if selection.query and not words:
        raise UsageError(f"'{selection.query}' holds no word that could be searched for.", "Say more of it.")
    everything = [*all_items(connection, scope), *in_bin]
    if selection.turn:
        lines = {ref: origin.turn for ref, origin in _writers(connection, scope, everything).items()}
        chosen |= dict.fromkeys(memories_of_turn(connection, selection.turn, everything, lines))
    if selection.has_conditions:
        chosen |= dict.fromkeys(_by_conditions(connection, scope, everything, selection, words))
    told = {item for item in everything if item.tier != "core"}
    return Found(tuple(chosen), selection.has_conditions and len(told) > 1 and chosen.keys() >= told, words)


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
    """When a line or a passage was written, and in which session and turn."""

    at: datetime | None
    session: str | None
    turn: str | None


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
            found[f"{label}:{n}"] = _Origin(event.at if event else None, sessions_of_turns.get(turn or ""), turn)
    stored = sa.select(passages.c.id, passages.c.at, passages.c.session_id, passages.c.turn_id)
    for row in connection.execute(stored.where(passages.c.agent_id == scope.agent_id)):
        found[row.id] = _Origin(row.at, row.session_id or sessions_of_turns.get(row.turn_id or ""), row.turn_id)
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
    origin = written.get(item.ref, _Origin(None, None, None))
    if selection.speaker or (selection.session and origin.session != selection.session):
        return False
    if (selection.since or selection.until) and origin.at is None:
        return False
    after = selection.since is None or (origin.at is not None and origin.at >= selection.since)
    before = selection.until is None or (origin.at is not None and origin.at <= selection.until)
    return after and before
