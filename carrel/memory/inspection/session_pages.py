"""An agent's sessions, newest first, page by page, and a session's summaries with the messages that they cover."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from carrel.memory.db.dialect import list_parameter
from carrel.memory.db.schema import is_searchable, messages, sessions, summaries
from carrel.memory.inspection.turn_pages import BEYOND
from carrel.memory.store import Memory
from carrel.memory.values import SessionInfo

_AGENT: sa.BindParameter[int] = sa.bindparam("agent")
_SESSION: sa.BindParameter[str] = sa.bindparam("session")
_PAGE = (
    sa.select(sessions)
    .where(sessions.c.agent_id == _AGENT, sessions.c.n < sa.bindparam("before"))
    .order_by(sessions.c.n.desc())
    .limit(sa.bindparam("limit"))
)
_IDS = list_parameter("sessions")
_MESSAGES = (
    sa.select(messages.c.session_id, sa.func.count())
    .where(messages.c.session_id.in_(_IDS), is_searchable("recall"))
    .group_by(messages.c.session_id)
)
_SUMMARY_COUNTS = (
    sa.select(summaries.c.session_id, sa.func.count())
    .where(summaries.c.session_id.in_(_IDS))
    .group_by(summaries.c.session_id)
)
_SUMMARIES = (
    sa.select(summaries)
    .join_from(summaries, sessions)
    .where(sessions.c.agent_id == _AGENT, summaries.c.session_id == _SESSION)
    .order_by(summaries.c.n)
)
_COVERED = sa.select(sa.func.count(), sa.func.min(messages.c.at), sa.func.max(messages.c.at)).where(
    messages.c.session_id == _SESSION, messages.c.n.between(sa.bindparam("first"), sa.bindparam("last"))
)


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session in a list."""

    info: SessionInfo
    summaries: int


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A page of sessions, newest first; `older` is where the next one begins, None on the last page."""

    sessions: tuple[SessionLine, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class SummaryInfo:
    """A summary, and the messages of its session that it covers."""

    n: int
    text: str
    tokens: int
    at: datetime
    turn: str | None
    """The turn in which it was written."""
    first: int | None
    """The number of the first message that it covers; None where an older version did not record it."""
    last: int | None
    messages: int
    since: datetime | None
    """When the first message that it covers was said."""
    until: datetime | None


def list_sessions(memory: Memory, before: int | None = None, limit: int = 50) -> SessionPage:
    """Return the newest sessions, or those before the place that the page before named."""
    scope = memory.scope
    with scope.read() as connection:
        values = {"agent": scope.agent_id, "before": before or BEYOND, "limit": limit + 1}
        rows = connection.execute(_PAGE, values).fetchall()
        shown = rows[:limit]
        ids = {"sessions": [row.id for row in shown]}
        counts = {session: number for session, number in connection.execute(_MESSAGES, ids)}
        written = {session: number for session, number in connection.execute(_SUMMARY_COUNTS, ids)}
    lines = tuple(
        SessionLine(
            SessionInfo(row.id, row.name, row.origin, row.started_at, row.last_at, counts.get(row.id, 0)),
            written.get(row.id, 0),
        )
        for row in shown
    )
    return SessionPage(lines, shown[-1].n if len(rows) > limit else None)


def list_summaries(memory: Memory, session: str) -> list[SummaryInfo]:
    """Return the summaries of a session, oldest first, by the session's whole id."""
    own = {"agent": memory.scope.agent_id, "session": session}
    found: list[SummaryInfo] = []
    with memory.scope.read() as connection:
        for row in connection.execute(_SUMMARIES, own).fetchall():
            span = {"session": session, "first": row.first_n, "last": row.last_n}
            count, since, until = connection.execute(_COVERED, span).one()
            fields = (row.n, row.text, row.tokens, row.at, row.turn_id, row.first_n, row.last_n)
            found.append(SummaryInfo(*fields, count, since, until))
    return found
