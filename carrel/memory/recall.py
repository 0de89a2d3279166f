"""Recall: every message ever exchanged, in SQL, found by words, meaning and date."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import NotFound, UsageError
from carrel.memory.database import new_number
from carrel.memory.schema import WORD_TABLES, AnyRow, messages, outbox, sessions
from carrel.memory.scope import Scope
from carrel.memory.search import Search
from carrel.memory.sessions import Sessions
from carrel.memory.values import Filters, Found, Loaded, Mode, NewMessage, StoredMessage
from carrel.messages import (
    AssistantMessage,
    Message,
    Role,
    ToolCall,
    ToolResult,
    UserMessage,
    call_from_json,
    call_to_json,
    canonical,
)
from carrel.text import clean_text
from carrel.words import index_words

BATCH = 500
"""Rows of one import transaction: long enough to be fast, short enough not to keep other writers waiting."""

words_table = sa.table(WORD_TABLES["recall"], sa.column("rowid"), sa.column("agent"), sa.column("text"))


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
    ) -> Found:
        """Find messages by words and meaning, best first; `page` counts from 1, dates include both ends."""
        filters = Filters(since, until, tuple(roles), session=session)
        return self._search.find(query, ("recall",), limit, page, filters, mode)

    def add(
        self,
        session: str,
        message: Message,
        turn: str | None = None,
        step: int | None = None,
        state: str = "complete",
    ) -> StoredMessage:
        """Store one message of a turn and return it with its identity."""
        with self._scope.database.write() as connection:
            now = self._scope.now()
            values = {**_values(message), "turn_id": turn, "step": step, "state": state, "at": now}
            stored = self._insert(connection, session, values)
            self._sessions.touch(connection, session, now, now)
            return stored

    def load(self, incoming: Iterable[NewMessage]) -> Loaded:
        """Take in messages from elsewhere; those already known are skipped.

        Known are those of the same source, text, speaker, time and session. Stored in transactions of 500 rows: an
        import that is cut off goes on where it stopped when it is repeated.
        """
        added = known = 0
        seen: Counter[str] = Counter()
        touched: set[str] = set()
        batch: list[NewMessage] = []
        for message in incoming:
            batch.append(message)
            if len(batch) == BATCH:
                added, known = _sum(self._load_batch(batch, seen, touched), added, known)
                batch = []
        added, known = _sum(self._load_batch(batch, seen, touched), added, known)
        return Loaded(added, known, len(touched))

    def get(self, reference: str) -> StoredMessage:
        """Return a message by its id or a unique prefix of it.

        Raises:
            NotFound, UsageError: none, or several go by it.
        """
        cleaned = clean_text(reference)
        with self._scope.database.read() as connection:
            starts = messages.c.id.startswith(cleaned, autoescape=True)
            first = sa.select(messages).where(self._mine(), starts).order_by(messages.c.id != cleaned).limit(2)
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
        query = sa.select(messages).where(*conditions).order_by(messages.c.n.desc()).limit(limit)
        with self._scope.database.read() as connection:
            return [stored_message(row) for row in connection.execute(query)][::-1]

    def of_session(self, session: str) -> list[StoredMessage]:
        """Return all messages of a session, in order."""
        query = sa.select(messages).where(self._mine(), messages.c.session_id == session).order_by(messages.c.n)
        with self._scope.database.read() as connection:
            return [stored_message(row) for row in connection.execute(query)]

    def of_turn(self, turn: str) -> list[StoredMessage]:
        """Return all messages of a turn, in order."""
        query = sa.select(messages).where(self._mine(), messages.c.turn_id == turn).order_by(messages.c.n)
        with self._scope.database.read() as connection:
            return [stored_message(row) for row in connection.execute(query)]

    def count(self) -> int:
        """Return the number of messages."""
        with self._scope.database.read() as connection:
            query = sa.select(sa.func.count()).select_from(messages).where(self._mine())
            return int(connection.execute(query).scalar_one())

    def _load_batch(self, batch: Sequence[NewMessage], seen: Counter[str], touched: set[str]) -> tuple[int, int]:
        added = 0
        with self._scope.database.write() as connection:
            for message in batch:
                key = _import_key(message, seen)
                at = message.at or self._scope.now()
                session = self._session(connection, message, at)
                touched.add(session)
                if self._knows(connection, key):
                    continue
                values = {**_new_values(message), "at": at, "import_key": key}
                self._insert(connection, session, values)
                self._sessions.touch(connection, session, at, at)
                added += 1
        return added, len(batch) - added

    def _knows(self, connection: Connection, key: str) -> bool:
        query = sa.select(messages.c.n).where(self._mine(), messages.c.import_key == key)
        return connection.execute(query).first() is not None

    def _session(self, connection: Connection, message: NewMessage, at: datetime) -> str:
        name = clean_text(message.session or "").strip() or "import"
        return self._sessions.named(connection, name) or self._sessions.add(connection, name, "import", at)

    def _insert(self, connection: Connection, session: str, values: dict[str, object]) -> StoredMessage:
        """Write a message, its words and its place in the outbox, in the caller's transaction."""
        text = str(values["text"])
        searchable = bool(text.strip()) and values["role"] != "tool"
        row = {
            **values,
            "id": self._scope.new_id("m"),
            "position": self._next_position(connection, session) if searchable else None,
            "agent_id": self._scope.agent_id,
            "session_id": session,
            "tokens": self._tokens(text, values.get("calls")),
        }
        n = new_number(connection, messages.insert().values(**row))
        if searchable:
            speaker = row.get("speaker")
            words = index_words(text, str(speaker) if speaker else None)
            connection.execute(words_table.insert().values(rowid=n, agent=f"agent{self._scope.agent_id}", text=words))
            connection.execute(outbox.insert().values(agent_id=self._scope.agent_id, tier="recall", row=n))
        return stored_message(connection.execute(sa.select(messages).where(messages.c.n == n)).one())

    def _tokens(self, text: str, calls: object) -> int:
        count = self._scope.counter.count
        return count(text) + (count(canonical(calls)) if calls else 0)

    def _next_position(self, connection: Connection, session: str) -> int:
        last = sa.select(sa.func.max(messages.c.position)).where(messages.c.session_id == session)
        return int(connection.execute(last).scalar() or 0) + 1

    def _mine(self) -> sa.ColumnElement[bool]:
        return messages.c.agent_id == self._scope.agent_id


def stored_message(row: AnyRow) -> StoredMessage:
    """Return a row as a value."""
    data = row._mapping
    return StoredMessage(
        n=data["n"],
        id=data["id"],
        role=data["role"],
        text=data["text"],
        at=data["at"],
        session=data["session_id"],
        tokens=data["tokens"],
        speaker=data["speaker"],
        turn=data["turn_id"],
        step=data["step"],
        calls=tuple(call_from_json(call) for call in data["calls"] or ()),
        call_id=data["call_id"],
        tool=data["tool"],
        ok=data["ok"] is not False,
        state=data["state"],
        source=data["source"],
    )


def as_message(stored: StoredMessage) -> Message:
    """Return a stored message as the model sees it."""
    if stored.role == "tool":
        return ToolResult(stored.call_id or "", stored.tool or "", stored.text, stored.ok)
    if stored.role == "assistant":
        return AssistantMessage(stored.text, stored.calls)
    return UserMessage(stored.text)


def session_labels(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return what people call these sessions."""
    query = sa.select(sessions.c.id, sessions.c.name).where(sessions.c.id.in_(set(ids)))
    return {row.id: row.name or row.id for row in connection.execute(query)}


def _values(message: Message) -> dict[str, object]:
    values: dict[str, object] = {"role": message.role, "text": clean_text(message.text)}
    if isinstance(message, AssistantMessage) and message.calls:
        values["calls"] = [call_to_json(_clean_call(call)) for call in message.calls]
    if isinstance(message, ToolResult):
        values.update(call_id=clean_text(message.call_id), tool=clean_text(message.name), ok=message.ok)
    return values


def _clean_call(call: ToolCall) -> ToolCall:
    return ToolCall(clean_text(call.id), clean_text(call.name), clean_text(call.arguments))


def _new_values(message: NewMessage) -> dict[str, object]:
    role: Role = message.role
    speaker = clean_text(message.speaker).strip() if message.speaker else None
    source = clean_text(message.source) if message.source else None
    return {"role": role, "text": clean_text(message.text), "speaker": speaker, "source": source}


def _import_key(message: NewMessage, seen: Counter[str]) -> str:
    """Return what tells an imported message from others: its content, and which of several equal ones it is."""
    at = message.at.isoformat() if message.at else ""
    parts = (message.session or "", message.source or "", message.role, message.speaker or "", at, message.text)
    content = "\x1f".join(clean_text(part) for part in parts)
    seen[content] += 1
    return hashlib.sha256(f"{seen[content]}\x1f{content}".encode()).hexdigest()[:32]


def _sum(more: tuple[int, int], added: int, known: int) -> tuple[int, int]:
    return added + more[0], known + more[1]
