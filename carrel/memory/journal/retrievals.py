"""What searches offered to the model and what of it stood in the context: the ground of `why`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from carrel.memory.db.database import new_number
from carrel.memory.db.schema import AnyRow, retrieval_hits, retrievals
from carrel.memory.journal.scope import Scope
from carrel.memory.values import Hit


@dataclass(frozen=True, slots=True)
class Offered:
    """A hit, and why it was left out where it was."""

    hit: Hit
    taken: bool = True
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A memory that a search offered: its scores, whether it stood in the context, and why not."""

    tier: str
    ref: str
    score: float
    scores: Mapping[str, float]
    taken: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Retrieval:
    """One search of a turn: at the user's message (`page_in`) or by a call of the model (`tool`)."""

    kind: str
    step: int | None
    query: str
    offered: tuple[Weighed, ...]


_INSERT = retrievals.insert()
_INSERT_HITS = retrieval_hits.insert()


class Retrievals:
    """The retrievals of one agent."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def record(self, turn: str, step: int | None, kind: str, query: str, offered: Sequence[Offered]) -> None:
        """Keep what a search offered in a turn."""
        with self._scope.write() as connection:
            who = {"id": self._scope.new_id("r"), "agent_id": self._scope.agent_id, "turn_id": turn, "step": step}
            values = {**who, "kind": kind, "query": query, "at": self._scope.now()}
            n = new_number(connection, _INSERT, values)
            rows = [
                {
                    "retrieval_n": n,
                    "rank": rank,
                    "tier": item.hit.tier,
                    "ref": item.hit.id,
                    "score": item.hit.score,
                    "scores": item.hit.scores.to_json(),
                    "taken": item.taken,
                    "reason": item.reason,
                }
                for rank, item in enumerate(offered, 1)
            ]
            if rows:
                connection.execute(_INSERT_HITS, rows)

    def taken(self, turn: str) -> list[str]:
        """Return the ids of the memories that stood in the context of a turn, best first, none twice."""
        joined = sa.select(retrieval_hits.c.ref).join_from(
            retrieval_hits, retrievals, retrievals.c.n == retrieval_hits.c.retrieval_n
        )
        chosen = joined.where(retrievals.c.turn_id == turn, retrieval_hits.c.taken)
        with self._scope.read() as connection:
            refs = connection.execute(chosen.order_by(retrievals.c.n, retrieval_hits.c.rank)).scalars().all()
        return list(dict.fromkeys(refs))

    def of_turn(self, turn: str) -> list[Retrieval]:
        """Return the searches of a turn in order, each with all that it offered, best first."""
        mine = (retrievals.c.turn_id == turn) & (retrievals.c.agent_id == self._scope.agent_id)
        hits = sa.select(retrieval_hits).join_from(retrieval_hits, retrievals).where(mine)
        with self._scope.read() as connection:
            heads = connection.execute(sa.select(retrievals).where(mine).order_by(retrievals.c.n)).fetchall()
            rows = connection.execute(hits.order_by(retrieval_hits.c.rank)).fetchall()
        return [
            Retrieval(head.kind, head.step, head.query, tuple(_weighed(r) for r in rows if r.retrieval_n == head.n))
            for head in heads
        ]


def _weighed(row: AnyRow) -> Weighed:
    data = row._mapping
    return Weighed(data["tier"], data["ref"], data["score"], data["scores"], data["taken"], data["reason"])
