"""Recall: every message ever exchanged, in SQL, found by words, meaning and date."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import NotFound, UsageError
from carrel.memory.db.dialect import begins_with, without_index
from carrel.memory.db.schema import messages
from carrel.memory.journal.scope import Scope
from carrel.memory.search.search import TIMEOUT_S, Search
from carrel.memory.tiers.message_import import MessageImport
from carrel.memory.tiers.message_rows import SELECT_MESSAGES, read_message
from carrel.memory.tiers.message_writer import insert_message
from carrel.memory.tiers.sessions import Sessions
from carrel.memory.values import Filters, ImportReport, Mode, NewMessage, SearchPage, StoredMessage
from carrel.messages import Message
from carrel.text import clean_text

_IN_BIN = sa.select(messages.c.n).where(messages.c.n == sa.bindparam("n"), messages.c.forgotten_at.is_not(None))


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
        *,
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
        *,
        turn: str | None = None,
        step: int | None = None,
        state: str = "complete",
    ) -> StoredMessage:
        """Store one message and return it as it was stored."""
        with self._scope.write() as connection:
            stored = self.write(connection, session, message, turn=turn, step=step, state=state)
            self._sessions.extend_dates(connection, session, stored.at, stored.at)
            return stored

    def write(
        self,
        connection: Connection,
        session: str,
        message: Message,
        *,
        turn: str | None = None,
        step: int | None = None,
        state: str = "complete",
    ) -> StoredMessage:
        """Store one message in the caller's transaction, and leave the session's dates as they are."""
        return insert_message(connection, self._scope, session, message, turn=turn, step=step, state=state)

    def load(self, incoming: Iterable[NewMessage], progress: Callable[[int], None] = lambda done: None) -> ImportReport:
        """Import messages from elsewhere; those already known are skipped.

        Known are those of the same source, text, speaker, time and session. They are stored in transactions of 500
        rows: an import that was interrupted goes on where it stopped when it is repeated.
        """
        return MessageImport(self._scope, self._sessions).run(incoming, progress)

    def get(self, reference: str) -> StoredMessage:
        """Return a message by its id or a unique prefix of it.

        Raises:
            NotFound, UsageError: no message, or several, go by the reference.
        """
        cleaned = clean_text(reference)
        with self._scope.read() as connection:
            own = without_index(messages.c.agent_id) == self._scope.agent_id
            starts = begins_with(messages.c.id, cleaned)
            first = SELECT_MESSAGES.where(own, starts).order_by(messages.c.id != cleaned).limit(2)
            rows = connection.execute(first).fetchall()
            if rows and connection.execute(_IN_BIN, {"n": rows[0].n}).first() is not None:
                raise NotFound(f"Message '{rows[0].id}' was forgotten.", f"See carrel memory restore {rows[0].id}.")
        if not rows or not cleaned:
            raise NotFound(f"Message '{reference}' does not exist.", "See carrel memory search.")
        if len(rows) > 1 and rows[0].id != cleaned:
            raise UsageError(f"'{reference}' begins the ids of several messages.", "Write more of it.")
        return read_message(rows[0])

    def latest(
        self, limit: int, session: str | None = None, before: int | None = None, *, said: bool = False
    ) -> list[StoredMessage]:
        """Return the newest messages, or those before the number of one, oldest first; the bin is left out.

        With `said`, the results of tools, and calls without a word, are left out too.
        """
        conditions = [self._own(), messages.c.forgotten_at.is_(None)]
        if before is not None:
            conditions.append(messages.c.n < before)
        if session is not None:
            conditions.append(messages.c.session_id == session)
        if said:
            conditions += [messages.c.role != "tool", messages.c.text != ""]
        query = SELECT_MESSAGES.where(*conditions).order_by(messages.c.n.desc()).limit(limit)
        with self._scope.read() as connection:
            return [read_message(row) for row in connection.execute(query).fetchall()][::-1]

    def of_session(self, session: str) -> list[StoredMessage]:
        """Return all messages of a session, in order; those in the bin are left out."""
        with self._scope.read() as connection:
            return self.read(connection, (messages.c.session_id == session) & messages.c.forgotten_at.is_(None))

    def of_turn(self, turn: str) -> list[StoredMessage]:
        """Return all messages of a turn, in order."""
        with self._scope.read() as connection:
            return self.read(connection, messages.c.turn_id == turn)

    def read(self, connection: Connection, condition: sa.ColumnElement[bool]) -> list[StoredMessage]:
        """Return all messages of the agent that meet a condition, in order, as the caller's transaction sees them."""
        query = SELECT_MESSAGES.where(self._own(), condition).order_by(messages.c.n)
        return [read_message(row) for row in connection.execute(query).fetchall()]

    def count(self) -> int:
        """Return the number of messages."""
        with self._scope.read() as connection:
            query = sa.select(sa.func.count()).select_from(messages).where(self._own())
            return int(connection.execute(query).scalar_one())

    def _own(self) -> sa.ColumnElement[bool]:
        return messages.c.agent_id == self._scope.agent_id
