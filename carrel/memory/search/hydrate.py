"""Load the whole of the few rows that are shown of all that was ranked."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.prepared import Prepared
from carrel.memory.db.schema import messages, passages, sessions
from carrel.memory.search.shortlist import Key
from carrel.memory.values import Hit, Scores, Tier

Shown = tuple[Key, float, Scores]
"""A row, its score and the parts of it."""

_LISTED = sa.select(sa.func.json_each(sa.bindparam("numbers")).table_valued("value").c.value)
_SESSION = sa.func.coalesce(sessions.c.name, sessions.c.id)
_M, _P = messages.c, passages.c
_SAID = Prepared(
    sa.select(_M.n, _M.id, _M.text, _M.at, _M.role, _M.speaker, _SESSION, _M.source)
    .join_from(messages, sessions, sessions.c.id == _M.session_id)
    .where(_M.n.in_(_LISTED))
)
_TOLD = Prepared(
    sa.select(_P.n, _P.id, _P.text, _P.at, _SESSION, _P.source, _P.tags, _P.state)
    .outerjoin_from(passages, sessions, sessions.c.id == _P.session_id)
    .where(_P.n.in_(_LISTED))
)
_STATEMENTS: tuple[tuple[Tier, Prepared], ...] = (("recall", _SAID), ("archival", _TOLD))


def load_hits(connection: Connection, shown: Sequence[Shown], local: Callable[[datetime], datetime]) -> list[Hit]:
    """Return these rows in their order; `local` says what the clock shows at a moment."""
    rows: dict[Key, tuple[Any, ...]] = {}
    for tier, statement in _STATEMENTS:
        if numbers := [n for (of, n), _, _ in shown if of == tier]:
            found = statement.rows(connection, numbers=json.dumps(numbers))
            rows.update(((tier, row[0]), row) for row in found)
    return [_hit(rows[item[0]], item, local) for item in shown]


def _hit(row: tuple[Any, ...], shown: Shown, local: Callable[[datetime], datetime]) -> Hit:
    (tier, _), score, parts = shown
    if tier == "recall":
        _, key, text, at, role, speaker, session, source = row
        return Hit(key, "recall", text, local(at), score, parts, role, speaker, session, source)
    _, key, text, at, session, source, tags, state = row
    return Hit(key, "archival", text, local(at), score, parts, None, None, session, source, tuple(tags), state)
