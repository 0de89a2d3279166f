"""What main context shows of a session besides its queue, read in one statement: each step needs it."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import NotFound
from carrel.memory.db.schema import agents, blocks, sessions, summaries
from carrel.memory.values import Block, Counts, SessionState

_SUMMARY = (
    sa.select(summaries.c.text)
    .where(summaries.c.session_id == sessions.c.id)
    .order_by(summaries.c.n.desc())
    .limit(1)
    .scalar_subquery()
)
_STATE = (
    sa.select(
        *(agents.c.recall_count, agents.c.archival_count, agents.c.session_count, agents.c.turn_count),
        *(sessions.c.head, _SUMMARY),
        *(blocks.c.label, blocks.c.value, blocks.c.limit, blocks.c.description, blocks.c.read_only),
    )
    .select_from(agents.join(sessions).outerjoin(blocks, blocks.c.agent_id == agents.c.id))
    .where(agents.c.id == sa.bindparam("agent"), sessions.c.id == sa.bindparam("session"))
    .order_by(blocks.c.position)
)


def load_session_state(connection: Connection, agent_id: int, session: str) -> SessionState:
    """Return the state of a session as the caller's transaction sees it. Raise NotFound."""
    rows = connection.execute(_STATE, {"agent": agent_id, "session": session}).fetchall()
    if not rows:
        raise NotFound(f"Session '{session}' was removed meanwhile.", "Start another one.")
    recall, archival, session_count, turns, head, summary = rows[0][:6]
    return SessionState(
        counts=Counts(recall, archival, session_count, turns),
        core_head=head,
        summary=summary or "",
        blocks=tuple(Block(*row[6:]) for row in rows if row.label is not None),
    )
