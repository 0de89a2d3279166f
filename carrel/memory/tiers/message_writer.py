"""Write messages with their words, and put them into the outbox to be embedded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.database import new_number
from carrel.memory.db.dialect import list_literal, list_parameter, upsert
from carrel.memory.db.schema import AnyRow, messages, outbox, speakers
from carrel.memory.indexing.outbox import withdraw_rows
from carrel.memory.journal.scope import Scope
from carrel.memory.search.features import read_features
from carrel.memory.values import StoredMessage
from carrel.messages import AssistantMessage, Message, OpaqueFields, Role, ToolCall, ToolResult, call_to_json, canonical
from carrel.text import clean_text
from carrel.words import index_words

_IN_SESSION = messages.c.session_id == sa.bindparam("in_session")
_LAST_POSITION = sa.select(sa.func.coalesce(sa.func.max(messages.c.position), 0)).where(_IN_SESSION)
_INSERT = messages.insert()
_INSERT_NEXT = _INSERT.values(position=(_LAST_POSITION.scalar_subquery() + 1))
_NUMBERS = sa.select(messages.c.id, messages.c.n).where(messages.c.id.in_(list_parameter("ids")))
_ADD_SPEAKERS = upsert(speakers)
_ENQUEUE = outbox.insert()
_ROW = sa.select(messages).where(messages.c.n == sa.bindparam("number"))


@dataclass(frozen=True, slots=True)
class MessageRow:
    """The facts from which a row of `messages` is written."""

    session: str
    role: Role
    text: str
    at: datetime
    speaker: str | None = None
    source: str | None = None
    import_key: str | None = None
    position: int | None = None
    """Its place among the session's searchable messages, from 1; None where no search finds it."""

    @property
    def is_searchable(self) -> bool:
        """Whether a search can find it: results of calls and empty messages cannot be found."""
        return self.role != "tool" and bool(self.text.strip())


def insert_message(
    connection: Connection,
    scope: Scope,
    session: str,
    message: Message,
    *,
    turn: str | None = None,
    step: int | None = None,
    state: str = "complete",
) -> StoredMessage:
    """Write one message of a turn at the end of its session, in the caller's transaction, and return it."""
    row = MessageRow(session, message.role, clean_text(message.text), scope.now().astimezone(UTC))
    said = message if isinstance(message, AssistantMessage) else AssistantMessage("")
    calls = tuple(map(_clean, said.calls))
    result = message if isinstance(message, ToolResult) else None
    values = {
        **_values(scope, row, calls, said.opaque),
        "turn_id": turn,
        "step": step,
        "state": state,
        "call_id": clean_text(result.call_id) if result else None,
        "tool": clean_text(result.name) if result else None,
        "ok": result.ok if result else None,
    }
    if row.is_searchable:
        n = new_number(connection, _INSERT_NEXT, {**values, "in_session": session})
        _index(connection, scope, {n: row})
    else:
        n = new_number(connection, _INSERT, values)
    return StoredMessage(
        n=n,
        id=values["id"],
        role=row.role,
        text=row.text,
        at=row.at,
        session=session,
        tokens=values["tokens"],
        turn=turn,
        step=step,
        calls=calls,
        call_id=values["call_id"],
        tool=values["tool"],
        ok=result is None or result.ok,
        state=state,
        opaque=said.opaque,
    )


def insert_messages(connection: Connection, scope: Scope, rows: Sequence[MessageRow]) -> None:
    """Write imported messages in the caller's transaction."""
    if not rows:
        return
    values = [{**_values(scope, row), "position": row.position} for row in rows]
    connection.execute(_INSERT, values)
    ids = [item["id"] for item in values]
    numbers = {key: n for key, n in connection.execute(_NUMBERS, {"ids": ids})}
    searchable = {numbers[key]: row for key, row in zip(ids, rows, strict=True) if row.position is not None}
    _index(connection, scope, searchable)
    names = sorted({row.speaker for row in rows if row.speaker})
    if names:
        connection.execute(_ADD_SPEAKERS, [{"agent_id": scope.agent_id, "name": name} for name in names])


def rewrite_message(connection: Connection, scope: Scope, n: int, text: str) -> None:
    """Replace the text of a message, in the indexes too, in the caller's transaction; no search finds an empty one."""
    found: AnyRow = connection.execute(_ROW, {"number": n}).one()
    row = MessageRow(found.session_id, found.role, clean_text(text), found.at, found.speaker)
    features = read_features(row.text)
    values = {
        "text": row.text,
        "tokens": scope.counter.count(row.text) + (scope.counter.count(canonical(found.calls)) if found.calls else 0),
        "position": found.position if row.is_searchable else None,
        "asks": features.asks,
        "first_person": features.first_person,
        "time_words": features.time_words,
    }
    connection.execute(sa.update(messages).where(messages.c.n == n).values(**values))
    scope.fulltext.remove(connection, "recall", list_literal([n]))
    withdraw_rows(connection, "recall", list_literal([n]))
    _index(connection, scope, {n: row} if row.is_searchable else {})


def last_position(connection: Connection, session: str) -> int:
    """Return the place of a session's last searchable message; 0 where it has none."""
    return int(connection.execute(_LAST_POSITION, {"in_session": session}).scalar_one())


def _values(
    scope: Scope, row: MessageRow, calls: Sequence[ToolCall] = (), opaque: OpaqueFields | None = None
) -> dict[str, Any]:
    count = scope.counter.count
    features = read_features(row.text)
    asked = [call_to_json(call) for call in calls]
    return {
        "id": scope.new_id("m"),
        "agent_id": scope.agent_id,
        "session_id": row.session,
        "role": row.role,
        "text": row.text,
        "at": row.at,
        "speaker": row.speaker,
        "source": row.source,
        "import_key": row.import_key,
        "calls": asked or None,
        "opaque": opaque.to_json() if opaque else None,
        "tokens": sum(
            map(count, [row.text, *([canonical(asked)] if asked else []), *(opaque.texts() if opaque else ())])
        ),
        "asks": features.asks,
        "first_person": features.first_person,
        "time_words": features.time_words,
    }


def _index(connection: Connection, scope: Scope, rows: dict[int, MessageRow]) -> None:
    """Write the words of messages, by their numbers, and put them into the outbox to be embedded."""
    if not rows:
        return
    words = {n: index_words(row.text, row.speaker) for n, row in rows.items()}
    scope.fulltext.add(connection, "recall", scope.agent_id, words)
    connection.execute(_ENQUEUE, [{"agent_id": scope.agent_id, "tier": "recall", "row": n} for n in rows])


def _clean(call: ToolCall) -> ToolCall:
    return ToolCall(clean_text(call.id), clean_text(call.name), clean_text(call.arguments))
