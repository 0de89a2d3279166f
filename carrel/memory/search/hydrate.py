"""Load in full the few rows that are shown, out of all that were ranked."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import list_parameter
from carrel.memory.db.schema import AnyRow, messages, passages, sessions, withheld
from carrel.memory.search.shortlist import RowKey
from carrel.memory.values import Hit, Scores, Tier


class ScoredRow(NamedTuple):
    """A row with its score and the parts of the score."""

    key: RowKey
    score: float
    parts: Scores


_SESSION = sa.func.coalesce(sessions.c.name, sessions.c.id)
_M, _P, _W = messages.c, passages.c, withheld.c
_NO_TAGS = sa.type_coerce(sa.null(), sa.JSON)
_SELECTS: dict[Tier, sa.Select[*tuple[Any, ...]]] = {
    "recall": sa.select(
        *(sa.literal("recall").label("tier"), _M.n, _M.id, _M.text, _M.at, _M.role, _M.speaker),
        *(_SESSION.label("session"), _M.source, _NO_TAGS.label("tags"), sa.literal("live").label("state"), _W.row),
    )
    .join_from(messages, sessions, sessions.c.id == _M.session_id)
    .outerjoin(withheld, (_W.tier == "recall") & (_W.row == _M.n))
    .where(_M.n.in_(list_parameter("recall"))),
    "archival": sa.select(
        *(sa.literal("archival").label("tier"), _P.n, _P.id, _P.text, _P.at, sa.null().label("role")),
        *(sa.null().label("speaker"), _SESSION.label("session"), _P.source, _P.tags, _P.state, _W.row),
    )
    .outerjoin_from(passages, sessions, sessions.c.id == _P.session_id)
    .outerjoin(withheld, (_W.tier == "archival") & (_W.row == _P.n))
    .where(_P.n.in_(list_parameter("archival"))),
}


def load_hits(
    connection: Connection, scored: Sequence[ScoredRow], to_local: Callable[[datetime], datetime]
) -> list[Hit]:
    """Return these rows as hits, in the same order, with their times in the zone of the clock."""
    numbers: dict[str, list[int]] = {"recall": [], "archival": []}
    for item in scored:
        tier, n = item.key
        numbers[tier].append(n)
    tiers = tuple(tier for tier in _SELECTS if numbers[tier])
    rows = {(row[0], row[1]): row for row in connection.execute(_select(tiers), numbers).all()} if tiers else {}
    return [_hit(rows[item.key], item, to_local) for item in scored]


@cache
def _select(tiers: tuple[Tier, ...]) -> sa.CompoundSelect[*tuple[Any, ...]]:
    """Return the query for rows of these tiers by number."""
    return sa.union_all(*(_SELECTS[tier] for tier in tiers))


def _hit(row: AnyRow, scored: ScoredRow, to_local: Callable[[datetime], datetime]) -> Hit:
    tier, _, key, text, at, role, speaker, session, source, tags, state, withheld_row = row
    return Hit(
        id=key,
        tier=tier,
        text=text,
        at=to_local(at),
        score=scored.score,
        scores=scored.parts,
        role=role,
        speaker=speaker,
        session=session,
        source=source,
        tags=tuple(tags or ()),
        state=state,
        withheld=withheld_row is not None,
    )
