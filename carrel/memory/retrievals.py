"""What searches offered to the model and what of it stood in the context: the ground of `why`."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from carrel.memory.database import new_number
from carrel.memory.schema import retrieval_hits, retrievals
from carrel.memory.scope import Scope
from carrel.memory.values import Hit


@dataclass(frozen=True, slots=True)
class Offered:
    """A hit, and why it was left out where it was."""

    hit: Hit
    taken: bool = True
    reason: str | None = None


class Retrievals:
    """The retrievals of one agent."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def record(self, turn: str, step: int | None, kind: str, query: str, offered: Sequence[Offered]) -> None:
        """Keep what a search offered in a turn."""
        with self._scope.database.write() as connection:
            values = {"id": self._scope.new_id("r"), "agent_id": self._scope.agent_id, "turn_id": turn, "step": step}
            statement = retrievals.insert().values(**values, kind=kind, query=query, at=self._scope.now())
            n = new_number(connection, statement)
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
                connection.execute(retrieval_hits.insert(), rows)

    def taken(self, turn: str) -> list[str]:
        """Return the ids of the memories that stood in the context of a turn, best first, none twice."""
        joined = sa.select(retrieval_hits.c.ref).join_from(
            retrieval_hits, retrievals, retrievals.c.n == retrieval_hits.c.retrieval_n
        )
        chosen = joined.where(retrievals.c.turn_id == turn, retrieval_hits.c.taken)
        with self._scope.database.read() as connection:
            refs = connection.execute(chosen.order_by(retrievals.c.n, retrieval_hits.c.rank)).scalars().all()
        return list(dict.fromkeys(refs))
