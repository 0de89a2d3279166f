"""Load the few rows that are shown, of all that were ranked, in full."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import list_parameter
from carrel.memory.db.schema import AnyRow, messages, passages, sessions
from carrel.memory.search.shortlist import RowKey
from carrel.memory.values import Hit, Scores, Tier


class ScoredRow(NamedTuple):
    """A row with its score and the parts of it."""

    key: RowKey
    score: float
    parts: Scores


_SESSION = sa.func.coalesce(sessions.c.name, sessions.c.id)
_M, _P = messages.c, passages.c
_STATEMENTS: dict[Tier, sa.Select[Any]] = {
    "recall": sa.select(_M.n, _M.id, _M.text, _M.at, _M.role, _M.speaker, _SESSION, _M.source)
    .join_from(messages, sessions, sessions.c.id == _M.session_id)
    .where(_M.n.in_(list_parameter("numbers"))),
    "archival": sa.select(_P.n, _P.id, _P.text, _P.at, _SESSION, _P.source, _P.tags, _P.state)
    .outerjoin_from(passages, sessions, sessions.c.id == _P.session_id)
    .where(_P.n.in_(list_parameter("numbers"))),
}


def load_hits(
    connection: Connection, scored: Sequence[ScoredRow], to_local: Callable[[datetime], datetime]
) -> list[Hit]:
    """Return these rows in their order, with their times in the zone of the clock."""
    rows: dict[RowKey, AnyRow] = {}
    for tier, statement in _STATEMENTS.items():
        if numbers := [item.key[1] for item in scored if item.key[0] == tier]:
            rows.update(((tier, row[0]), row) for row in connection.execute(statement, {"numbers": numbers}))
    return [_hit(rows[item.key], item, to_local) for item in scored]


def _hit(row: AnyRow, scored: ScoredRow, to_local: Callable[[datetime], datetime]) -> Hit:
    if scored.key[0] == "recall":
        _, key, text, at, role, speaker, session, source = row
        return Hit(key, "recall", text, to_local(at), scored.score, scored.parts, role, speaker, session, source)
    _, key, text, at, session, source, tags, state = row
    return Hit(
        id=key,
        tier="archival",
        text=text,
        at=to_local(at),
        score=scored.score,
        scores=scored.parts,
        session=session,
        source=source,
        tags=tuple(tags),
        state=state,
    )
