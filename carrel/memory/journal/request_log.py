"""What was sent: the exact main context of every step ever taken, and what the server said of its size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import NotFound, UsageError
from carrel.memory.db.schema import AnyRow, contents, steps, turns
from carrel.memory.journal.scope import Scope
from carrel.text import clean_text


@dataclass(frozen=True, slots=True)
class SentRequest:
    """One request as it was sent; `parts` are JSON texts: the messages in order, then the tools.

    `counted` is what Carrel's own counter said of it, `reported` what the server did; both in tokens.
    """

    turn: str
    step: int
    session: str
    at: datetime
    model: str
    parts: tuple[str, ...]
    counted: int
    reported: int | None
    cached: int | None


_REPORTED = (
    sa.select(steps.c.estimated_tokens, steps.c.prompt_tokens)
    .where(steps.c.model == sa.bindparam("model_name"), sa.text("prompt_tokens > 0"))
    .order_by(steps.c.at.desc())
    .limit(sa.bindparam("limit"))
)
"""In the words of the partial index: else SQLite looks at every step ever taken with a server that reports nothing."""


class RequestLog:
    """The requests of one agent."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def sent(self, reference: str = "last", step: int | None = None) -> SentRequest:
        """Return what was sent in a step of a turn, without `step` in its last one.

        A turn goes by `last`, its id or a unique prefix of it. Raise NotFound, UsageError.
        """
        with self._scope.read() as connection:
            turn = self._turn(connection, reference)
            of_turn = self._steps().where(steps.c.turn_id == turn).order_by(steps.c.number.desc())
            chosen = of_turn if step is None else of_turn.where(steps.c.number == step)
            row = connection.execute(chosen.limit(1)).one_or_none()
            if row is None:
                what = "no step" if step is None else f"no step {step}"
                raise NotFound(f"Turn '{turn}' has {what}.", "See carrel context show.")
            return self._sent(connection, row)

    def last(self, session: str | None) -> str:
        """Return the last turn of a session in which the model was asked. Raise NotFound."""
        asked = sa.select(turns.c.id).join_from(turns, steps, turns.c.id == steps.c.turn_id)
        newest = asked.where(turns.c.session_id == session).order_by(turns.c.n.desc()).limit(1)
        with self._scope.read() as connection:
            found = connection.execute(newest).scalar()
        if found is None:
            raise NotFound("This session has no turn yet.", "Say something first.")
        return str(found)

    def before(self, sent: SentRequest) -> SentRequest | None:
        """Return what was sent right before, in the same session; None where nothing was."""
        with self._scope.read() as connection:
            this = sa.select(turns.c.n).where(turns.c.id == sent.turn).scalar_subquery()
            earlier = (turns.c.n < this) | ((turns.c.n == this) & (steps.c.number < sent.step))
            mine = self._steps().where(turns.c.session_id == sent.session, earlier)
            row = connection.execute(mine.order_by(turns.c.n.desc(), steps.c.number.desc()).limit(1)).one_or_none()
            return None if row is None else self._sent(connection, row)

    def reported(self, model: str, limit: int) -> list[tuple[int, int]]:
        """Return, of the latest requests to a model, how many tokens Carrel counted and how many the server read."""
        with self._scope.read() as connection:
            rows = connection.execute(_REPORTED, {"model_name": model, "limit": limit})
            return [(counted, reported) for counted, reported in rows]

    def _steps(self) -> sa.Select[*tuple[object, ...]]:
        wanted = sa.select(steps, turns.c.session_id).join_from(turns, steps, turns.c.id == steps.c.turn_id)
        return wanted.where(turns.c.agent_id == self._scope.agent_id)

    def _turn(self, connection: Connection, reference: str) -> str:
        """Return the id that a reference means; `last` is the last turn in which the model was asked."""
        cleaned = clean_text(reference)
        mine = self._steps().with_only_columns(turns.c.id).distinct()
        if cleaned == "last":
            asked = self._steps().with_only_columns(turns.c.id).order_by(turns.c.n.desc())
            found: Sequence[str] = connection.execute(asked.limit(1)).scalars().all()
        else:
            found = (
                connection.execute(mine.where(turns.c.id.startswith(cleaned, autoescape=True)).limit(2)).scalars().all()
            )
        if not found or not cleaned:
            hint = "See carrel session show --json." if cleaned != "last" else "Say something first."
            raise NotFound(f"Turn '{reference}' of agent '{self._scope.agent}' does not exist.", hint)
        if len(found) > 1:
            raise UsageError(f"'{reference}' begins the ids of several turns.", "Write more of it.")
        return found[0]

    def _sent(self, connection: Connection, row: AnyRow) -> SentRequest:
        data = row._mapping
        hashes = data["window"]
        bodies = {
            body.hash: body.body
            for body in connection.execute(sa.select(contents).where(contents.c.hash.in_(set(hashes))))
        }
        return SentRequest(
            turn=data["turn_id"],
            step=data["number"],
            session=data["session_id"],
            at=data["at"],
            model=data["model"],
            parts=tuple(bodies[key] for key in hashes),
            counted=data["estimated_tokens"],
            reported=data["prompt_tokens"],
            cached=data["cached_tokens"],
        )
