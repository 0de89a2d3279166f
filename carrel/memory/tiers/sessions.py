"""Sessions: start them, list them, and find them by id, by a prefix of it, by name, or as the last one."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import NotFound, UsageError
from carrel.memory.db.schema import AnyRow, is_searchable, messages, queue, sessions, summaries, turns
from carrel.memory.db.utc import UtcTime
from carrel.memory.journal.events import Edit
from carrel.memory.journal.scope import Scope
from carrel.memory.values import Cause, SessionInfo
from carrel.text import clean_text

_THIS = sessions.c.id == sa.bindparam("session")
_HEAD = sa.select(sessions.c.head).where(_THIS)
_FIRST, _LAST = (sa.bindparam(name, type_=UtcTime) for name in ("first", "last"))
_EXTEND_DATES = (
    sa.update(sessions)
    .where(_THIS)
    .values(
        started_at=sa.case((sessions.c.started_at > _FIRST, _FIRST), else_=sessions.c.started_at),
        last_at=sa.case((sessions.c.last_at < _LAST, _LAST), else_=sessions.c.last_at),
    )
)


OPENING = 300
"""Characters of the first message of a session that are read for its title."""

_FORKED: sa.BindParameter[str] = sa.bindparam("forked")
_COPY_QUEUE = queue.insert().from_select(
    ["session_id", "message_n"],
    sa.select(_FORKED, queue.c.message_n).where(queue.c.session_id == sa.bindparam("session")),
)
_SUMMARY_COLUMNS = [column for column in summaries.c if column.name not in ("n", "session_id", "turn_id", "spent")]
_COPY_SUMMARY = summaries.insert().from_select(
    ["session_id", *(column.name for column in _SUMMARY_COLUMNS)],
    sa.select(_FORKED, *_SUMMARY_COLUMNS)
    .where(summaries.c.session_id == sa.bindparam("session"))
    .order_by(summaries.c.n.desc())
    .limit(1),
)
"""The newest one stands for all before it; the tokens that it took were spent in the other session."""


class Sessions:
    """The sessions of one agent."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def start(self, name: str | None = None) -> str:
        """Start a session and return its id. Raise UsageError where the name is taken or means something else."""
        cleaned = clean_text(name).strip() if name else None
        with self._scope.write() as connection:
            if cleaned == "last":
                raise UsageError("Session name 'last' means the last session.", "Choose another name.")
            if cleaned and self.find_named(connection, cleaned) is not None:
                raise UsageError(f"Session '{cleaned}' exists already.", "Choose another name, or go on with it.")
            return self.add(connection, cleaned or None, "chat", self._scope.now())

    def add(self, connection: Connection, name: str | None, origin: str, at: datetime) -> str:
        """Write a session in the caller's transaction and return its id."""
        session = self._scope.new_id("s")
        values = {"id": session, "agent_id": self._scope.agent_id, "name": name, "origin": origin}
        connection.execute(sessions.insert().values(**values, started_at=at, last_at=at))
        return session

    def find_named(self, connection: Connection, name: str) -> str | None:
        """Return the id of the session with exactly this name, or None."""
        query = sa.select(sessions.c.id).where(self._own(), sessions.c.name == clean_text(name))
        return connection.execute(query).scalar()

    def extend_dates(self, connection: Connection, session: str, first: datetime, last: datetime) -> None:
        """Extend the dates of a session so that they include these two."""
        connection.execute(_EXTEND_DATES, {"session": session, "first": first, "last": last})

    def find(self, reference: str) -> str:
        """Return the id that a reference means: `last`, an id, a unique prefix of one, or a name.

        Raises:
            NotFound: no session goes by it.
            UsageError: it is a prefix of several ids.
        """
        with self._scope.read() as connection:
            if reference == "last":
                return self._last(connection)
            exact = self.find_named(connection, reference)
            if exact is not None:
                return exact
            given = clean_text(reference)
            starts = sa.or_(*(sessions.c.id.startswith(start, autoescape=True) for start in (given, f"s-{given}")))
            found = connection.execute(sa.select(sessions.c.id).where(self._own(), starts)).scalars().all()
        return _only(reference, found, self._scope.agent)

    def fork(self, session: str, name: str) -> str:
        """Start a session that goes on where another one is, and return its id; the other one stays as it is.

        Both have the same messages in their queues; in recall each message belongs to the session in which it was said.

        Raises:
            UsageError: the name is taken, or means something else.
        """
        with self._scope.bound() as scope, scope.write() as connection:
            forked = Sessions(scope).start(name)
            head = connection.execute(_HEAD, {"session": session}).scalar()
            connection.execute(sa.update(sessions).where(sessions.c.id == forked).values(head=head))
            ids = {"session": session, "forked": forked}
            connection.execute(_COPY_QUEUE, ids)
            connection.execute(_COPY_SUMMARY, ids)
            return forked

    def rename(self, session: str, name: str) -> None:
        """Give a session a name. Raise UsageError where the name is taken, or means something else."""
        cleaned = clean_text(name).strip()
        with self._scope.write() as connection:
            if not cleaned or cleaned == "last":
                raise UsageError(f"Session name '{name}' cannot be used.", "Choose another name.")
            if self.find_named(connection, cleaned) not in (None, session):
                raise UsageError(f"Session '{cleaned}' exists already.", "Choose another name.")
            connection.execute(sa.update(sessions).where(sessions.c.id == session).values(name=cleaned))

    def all(self) -> list[SessionInfo]:
        """Return all sessions, oldest first, each with the number of its messages that a search can find."""
        with self._scope.read() as connection:
            count = (
                sa.select(sa.func.count())
                .where(messages.c.session_id == sessions.c.id, is_searchable("recall"))
                .scalar_subquery()
                .label("count")
            )
            opening = (
                sa.select(sa.func.substr(messages.c.text, 1, OPENING))
                .where(messages.c.session_id == sessions.c.id, messages.c.role == "user", is_searchable("recall"))
                .order_by(messages.c.n)
                .limit(1)
                .scalar_subquery()
                .label("opening")
            )
            query = sa.select(sessions, count, opening).where(self._own()).order_by(sessions.c.started_at, sessions.c.n)
            return [_info(row) for row in connection.execute(query)]

    def head(self, session: str) -> str | None:
        """Return core memory as the head of the session's requests shows it; None before the first turn."""
        with self._scope.read() as connection:
            return connection.execute(_HEAD, {"session": session}).scalar()

    def set_head(self, session: str, head: str, turn: str | None = None) -> None:
        """Store core memory as the head of the session's requests shows it until the next flush."""
        with self._scope.write() as connection:
            before = connection.execute(_HEAD, {"session": session}).scalar()
            connection.execute(sa.update(sessions).where(sessions.c.id == session).values(head=head))
            edit = Edit({"head": before}, {"head": head})
            self._scope.record(connection, "session", session, "head", edit=edit, cause=Cause("system", turn))

    def previous_chat(self, session: str) -> str | None:
        """Return the chat that was started before this one; imports are left out."""
        with self._scope.read() as connection:
            this = sa.select(sessions.c.n).where(sessions.c.id == session).scalar_subquery()
            chats = sa.select(sessions.c.id).where(self._own(), sessions.c.origin == "chat", sessions.c.n < this)
            return connection.execute(chats.order_by(sessions.c.n.desc()).limit(1)).scalar()

    def _last(self, connection: Connection) -> str:
        newest = sa.select(sa.func.max(messages.c.n)).where(messages.c.session_id == sessions.c.id).scalar_subquery()
        chats = sa.select(sessions.c.id).where(self._own(), sessions.c.origin == "chat")
        answering = sa.exists().where(turns.c.session_id == sessions.c.id, turns.c.state == "running")
        by_number = (sa.func.coalesce(newest, 0).desc(), sessions.c.n.desc())  # a clock may go back
        found = connection.execute(chats.order_by(answering.desc(), *by_number).limit(1)).scalar()
        if found is None:
            raise NotFound(f"Agent '{self._scope.agent}' has no session yet.", "Start one with carrel chat.")
        return str(found)

    def _own(self) -> sa.ColumnElement[bool]:
        return sessions.c.agent_id == self._scope.agent_id


def _only(reference: str, found: Sequence[str], agent: str) -> str:
    if reference in found:
        return reference
    if not found or not reference:
        raise NotFound(f"Session '{reference}' of agent '{agent}' does not exist.", "See carrel session ls.")
    if len(found) > 1:
        raise UsageError(
            f"'{reference}' begins {len(found)} session ids.", f"Write more of it: {', '.join(found[:3])}."
        )
    return found[0]


def _info(row: AnyRow) -> SessionInfo:
    data = row._mapping
    return SessionInfo(
        id=data["id"],
        name=data["name"],
        origin=data["origin"],
        started=data["started_at"],
        last=data["last_at"],
        messages=data["count"],
        opening=data["opening"] or "",
    )
