"""Recall: every message ever exchanged, in SQL, found by words, meaning and date."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import NotFound, UsageError
from carrel.memory.db.prepared import Prepared
from carrel.memory.db.schema import AnyRow, messages
from carrel.memory.journal.scope import Scope
from carrel.memory.search.search import TIMEOUT_S, Search
from carrel.memory.tiers.message_writer import Loading, Values, insert_messages, is_searchable, next_position
from carrel.memory.tiers.sessions import Sessions
from carrel.memory.values import Filters, Loaded, Mode, NewMessage, SearchPage, StoredMessage
from carrel.messages import (
    AssistantMessage,
    Message,
    ToolCall,
    ToolResult,
    UserMessage,
    call_from_json,
    call_to_json,
)
from carrel.text import clean_text

_C = messages.c
message_rows = sa.select(
    *(_C.n, _C.id, _C.role, _C.text, _C.at, _C.session_id, _C.tokens, _C.speaker, _C.turn_id, _C.step),
    *(_C.calls, _C.call_id, _C.tool, _C.ok, _C.state, _C.source),
)
"""What makes a StoredMessage, in the order of its fields: a context reads dozens of them at each step."""
_NUMBERED = Prepared(message_rows.where(_C.n == sa.bindparam("n")))


class Recall:
    """The messages of one agent."""

    def __init__(self, scope: Scope, sessions: Sessions, search: Search) -> None:
        self._scope = scope
        self._sessions = sessions
        self._search = search

    def search(
        self,
        query: str,
        limit: int = 10,
        page: int = 1,
        since: datetime | None = None,
        until: datetime | None = None,
        roles: Sequence[str] = (),
        session: str | None = None,
        mode: Mode = "hybrid",
        rank_last: Collection[int] = (),
        timeout_s: float = TIMEOUT_S,
    ) -> SearchPage:
        """Find messages by words and meaning, best first; `page` counts from 1, dates include both ends."""
        filters = Filters(since, until, tuple(roles), session=session)
        return self._search.find(
            query,
            ("recall",),
            limit=limit,
            page=page,
            filters=filters,
            mode=mode,
            timeout_s=timeout_s,
            rank_last=rank_last,
        )

    def add(
        self,
        session: str,
        message: Message,
        turn: str | None = None,
        step: int | None = None,
        state: str = "complete",
    ) -> StoredMessage:
        """Store one message of a turn and return it with its identity."""
        with self._scope.write() as connection:
            return self.write(connection, session, message, turn, step, state)

    def write(
        self,
        connection: Connection,
        session: str,
        message: Message,
        turn: str | None = None,
        step: int | None = None,
        state: str = "complete",
    ) -> StoredMessage:
        """Store one message as `add` does, in the caller's transaction."""
        now = self._scope.now()
        values = {**_values(message), "turn_id": turn, "step": step, "state": state, "at": now}
        stored = self._insert(connection, session, values)
        self._sessions.touch(connection, session, now, now)
        return stored

    def load(self, incoming: Iterable[NewMessage], progress: Callable[[int], None] = lambda done: None) -> Loaded:
        """Take in messages from elsewhere; those already known are skipped.

        Known are those of the same source, text, speaker, time and session. Stored in transactions of 500 rows: an
        import that is cut off goes on where it stopped when it is repeated.
        """
        return Loading(self._scope, self._sessions).load(incoming, progress)

    def get(self, reference: str) -> StoredMessage:
        """Return a message by its id or a unique prefix of it.

        Raises:
            NotFound, UsageError: none, or several go by it.
        """
        cleaned = clean_text(reference)
        with self._scope.read() as connection:
            starts = messages.c.id.startswith(cleaned, autoescape=True)
            first = message_rows.where(self._mine(), starts).order_by(messages.c.id != cleaned).limit(2)
            rows = connection.execute(first).fetchall()
        if not rows or not cleaned:
            raise NotFound(f"Message '{reference}' does not exist.", "See carrel memory search.")
        if len(rows) > 1 and rows[0].id != cleaned:
            raise UsageError(f"'{reference}' begins the ids of several messages.", "Write more of it.")
        return stored_message(rows[0])

    def latest(self, limit: int, session: str | None = None) -> list[StoredMessage]:
        """Return the newest messages, oldest first."""
        conditions = [self._mine()]
        if session is not None:
            conditions.append(messages.c.session_id == session)
        query = message_rows.where(*conditions).order_by(messages.c.n.desc()).limit(limit)
        with self._scope.read() as connection:
            return [stored_message(row) for row in connection.execute(query).fetchall()][::-1]

    def of_session(self, session: str) -> list[StoredMessage]:
        """Return all messages of a session, in order."""
        with self._scope.read() as connection:
            return self.read(connection, messages.c.session_id == session)

    def of_turn(self, turn: str) -> list[StoredMessage]:
        """Return all messages of a turn, in order."""
        with self._scope.read() as connection:
            return self.read(connection, messages.c.turn_id == turn)

    def read(self, connection: Connection, condition: sa.ColumnElement[bool]) -> list[StoredMessage]:
        """Return all messages of the agent that meet a condition, in order, by the caller's connection."""
        query = message_rows.where(self._mine(), condition).order_by(messages.c.n)
        return [stored_message(row) for row in connection.execute(query).fetchall()]

    def count(self) -> int:
        """Return the number of messages."""
        with self._scope.read() as connection:
            query = sa.select(sa.func.count()).select_from(messages).where(self._mine())
            return int(connection.execute(query).scalar_one())

    def _insert(self, connection: Connection, session: str, values: Values) -> StoredMessage:
        searchable = is_searchable(values["role"], values["text"])
        position = next_position(connection, session) if searchable else None
        (n,) = insert_messages(connection, self._scope, [{**values, "session_id": session, "position": position}])
        (row,) = _NUMBERED.rows(connection, n=n)
        return stored_message(row)

    def _mine(self) -> sa.ColumnElement[bool]:
        return messages.c.agent_id == self._scope.agent_id


def stored_message(row: AnyRow | tuple[Any, ...], local: Callable[[datetime], datetime] | None = None) -> StoredMessage:
    """Return a row of `message_rows` as a value; `local` says what the clock shows at its moment, in UTC else."""
    n, key, role, text, at, session, tokens, speaker, turn, step, calls, call_id, tool, ok, state, source = row
    made = tuple(map(call_from_json, calls)) if calls else ()
    at = local(at) if local else at
    return StoredMessage(
        n,
        key,
        role,
        text,
        at,
        session,
        tokens,
        speaker,
        turn,
        step,
        made,
        call_id,
        tool,
        ok is not False,
        state,
        source,
    )


def as_message(stored: StoredMessage) -> Message:
    """Return a stored message as the model sees it."""
    if stored.role == "tool":
        return ToolResult(stored.call_id or "", stored.tool or "", stored.text, stored.ok)
    if stored.role == "assistant":
        return AssistantMessage(stored.text, stored.calls)
    return UserMessage(stored.text)


def _values(message: Message) -> Values:
    values: Values = {"role": message.role, "text": clean_text(message.text)}
    if isinstance(message, AssistantMessage) and message.calls:
        values["calls"] = [call_to_json(_clean_call(call)) for call in message.calls]
    if isinstance(message, ToolResult):
        values.update(call_id=clean_text(message.call_id), tool=clean_text(message.name), ok=message.ok)
    return values


def _clean_call(call: ToolCall) -> ToolCall:
    return ToolCall(clean_text(call.id), clean_text(call.name), clean_text(call.arguments))
