"""Which memories each search of a turn returned, and which of them the model was shown: what `/why` reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from carrel.memory.db.database import new_number
from carrel.memory.db.schema import AnyRow, retrieval_hits, retrievals
from carrel.memory.journal.scope import Scope
from carrel.memory.values import Hit

RetrievalKind = Literal["page_in", "tool"]
"""Whether the user's message was searched for, or a call of the model asked."""


@dataclass(frozen=True, slots=True)
class RetrievedHit:
    """A hit of a search, and why the model was not shown it, if so."""

    hit: Hit
    shown: bool = True
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedHit:
    """A hit as it was recorded: its scores, whether the model was shown it, and why not."""

    tier: str
    ref: str
    """The id of the message or passage."""
    score: float
    scores: Mapping[str, float]
    shown: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Retrieval:
    """One search of a turn with its hits, best first."""

    kind: RetrievalKind
    step: int | None
    """The step that made the call; None for a page-in."""
    query: str
    hits: tuple[RecordedHit, ...]


_INSERT = retrievals.insert()
_INSERT_HITS = retrieval_hits.insert()
_OF_TURN = (retrievals.c.turn_id == sa.bindparam("turn")) & (retrievals.c.agent_id == sa.bindparam("agent"))
_RETRIEVALS = sa.select(retrievals).where(_OF_TURN).order_by(retrievals.c.n)
_HITS = (
    sa.select(retrieval_hits)
    .join_from(retrieval_hits, retrievals)
    .where(_OF_TURN)
    .order_by(retrievals.c.n, retrieval_hits.c.rank)
)


class Retrievals:
    """The searches of one agent's turns."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def record(
        self, turn: str, step: int | None, kind: RetrievalKind, query: str, hits: Sequence[RetrievedHit]
    ) -> None:
        """Record a search of a turn with its hits, best first."""
        with self._scope.write() as connection:
            values = {
                "id": self._scope.new_id("r"),
                "agent_id": self._scope.agent_id,
                "turn_id": turn,
                "step": step,
                "kind": kind,
                "query": query,
                "at": self._scope.now(),
            }
            n = new_number(connection, _INSERT, values)
            rows = [
                {
                    "retrieval_n": n,
                    "rank": rank,
                    "tier": item.hit.tier,
                    "ref": item.hit.id,
                    "score": item.hit.score,
                    "scores": item.hit.scores.to_json(),
                    "taken": item.shown,
                    "reason": item.reason,
                }
                for rank, item in enumerate(hits, 1)
            ]
            if rows:
                connection.execute(_INSERT_HITS, rows)

    def shown_in(self, turn: str) -> list[str]:
        """Return the ids of the memories that the model was shown in a turn, best first, none twice."""
        shown = (hit.ref for retrieval in self.of_turn(turn) for hit in retrieval.hits if hit.shown)
        return list(dict.fromkeys(shown))

    def of_turn(self, turn: str) -> list[Retrieval]:
        """Return the searches of a turn, in order."""
        values = {"turn": turn, "agent": self._scope.agent_id}
        with self._scope.read() as connection:
            searches = connection.execute(_RETRIEVALS, values).all()
            hits = connection.execute(_HITS, values).all()
        return [
            Retrieval(
                search.kind,
                search.step,
                search.query,
                tuple(_recorded_hit(hit) for hit in hits if hit.retrieval_n == search.n),
            )
            for search in searches
        ]


def _recorded_hit(row: AnyRow) -> RecordedHit:
    return RecordedHit(row.tier, row.ref, row.score, row.scores, row.taken, row.reason)
