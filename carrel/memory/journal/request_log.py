"""The request log: exactly what each step sent to the model, and how many tokens the server counted in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.errors import NotFound, UsageError
from carrel.memory.db.dialect import list_parameter
from carrel.memory.db.schema import AnyRow, contents, steps, turns
from carrel.memory.journal.scope import Scope
from carrel.text import clean_text


@dataclass(frozen=True, slots=True)
class SentRequest:
    """One request as it was sent."""

    turn: str
    step: int
    session: str
    at: datetime
    model: str
    parts: tuple[str, ...]
    """JSON texts: the messages in order, then the tools."""
    counted: int
    """Its tokens by Carrel's own counter."""
    reported: int | None
    """Its tokens as the server reported them; None where it did not."""
    cached: int | None
    """How many of these the server had in its cache."""


_AGENT: sa.BindParameter[int] = sa.bindparam("agent")
_STEPS = (
    sa.select(steps, turns.c.session_id)
    .join_from(turns, steps, turns.c.id == steps.c.turn_id)
    .where(turns.c.agent_id == _AGENT)
)
_TURNS = _STEPS.with_only_columns(turns.c.id)
_LAST_TURN = _TURNS.order_by(turns.c.n.desc()).limit(1)
_LAST_TURN_OF_SESSION = _LAST_TURN.where(turns.c.session_id == sa.bindparam("session"))
_BODIES = sa.select(contents.c.hash, contents.c.body).where(contents.c.hash.in_(list_parameter("hashes")))
_REPORTED = (
    sa.select(steps.c.estimated_tokens, steps.c.prompt_tokens)
    .where(steps.c.model == sa.bindparam("model_name"), sa.text("prompt_tokens > 0"))
    .order_by(steps.c.at.desc())
    .limit(sa.bindparam("limit"))
)
"""In the words of the partial index: else every step ever made is read where a server reports nothing."""


class RequestLog:
    """The requests of one agent."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def find(self, turn: str = "last", step: int | None = None) -> SentRequest:
        """Return the request of a step of a turn; without `step`, that of its last one.

        Raises:
            NotFound, UsageError: no turn, or several, go by `turn`: `last`, an id or a unique prefix of one.
            NotFound: the turn has no such step.
        """
        with self._scope.read() as connection:
            turn_id = self._find_turn(connection, turn)
            of_turn = _STEPS.where(steps.c.turn_id == turn_id).order_by(steps.c.number.desc())
            chosen = of_turn if step is None else of_turn.where(steps.c.number == step)
            row = connection.execute(chosen.limit(1), self._own).one_or_none()
            if row is None:
                what = "no step" if step is None else f"no step {step}"
                raise NotFound(f"Turn '{turn_id}' has {what}.", "See carrel context show.")
            return _read_request(connection, row)

    def find_turn(self, reference: str) -> str:
        """Return the id of the turn that a reference means, as `find` reads it. Raise NotFound, UsageError."""
        with self._scope.read() as connection:
            return self._find_turn(connection, reference)

    def last_turn(self, session: str | None) -> str:
        """Return the last turn of a session in which the model was asked. Raise NotFound."""
        with self._scope.read() as connection:
            found = connection.scalar(_LAST_TURN_OF_SESSION, {**self._own, "session": session})
        if found is None:
            raise NotFound("This session has no turn yet.", "Say something first.")
        return str(found)

    def previous(self, request: SentRequest) -> SentRequest | None:
        """Return the request that was sent before this one in the same session; None where there is none."""
        this = sa.select(turns.c.n).where(turns.c.id == request.turn).scalar_subquery()
        earlier = (turns.c.n < this) | ((turns.c.n == this) & (steps.c.number < request.step))
        of_session = _STEPS.where(turns.c.session_id == request.session, earlier)
        newest = of_session.order_by(turns.c.n.desc(), steps.c.number.desc()).limit(1)
        with self._scope.read() as connection:
            row = connection.execute(newest, self._own).one_or_none()
            return None if row is None else _read_request(connection, row)

    def token_counts(self, model: str, limit: int) -> list[tuple[int, int]]:
        """Return, of the latest requests to a model, the tokens that Carrel counted and those that the server reported.

        The requests of all agents, the latest first; those without a report are left out.
        """
        with self._scope.read() as connection:
            rows = connection.execute(_REPORTED, {"model_name": model, "limit": limit})
            return [(counted, reported) for counted, reported in rows]

    @property
    def _own(self) -> dict[str, int]:
        return {"agent": self._scope.agent_id}

    def _find_turn(self, connection: Connection, reference: str) -> str:
        """Return the id that a reference means; `last` is the last turn in which the model was asked."""
        cleaned = clean_text(reference)
        if cleaned == "last":
            statement, hint = _LAST_TURN, "Say something first."
        else:
            starts = (turns.c.id.startswith(start, autoescape=True) for start in (cleaned, f"t-{cleaned}"))
            statement = _TURNS.where(sa.or_(*starts)).distinct().limit(2)
            hint = "See carrel session show --json."
        found: Sequence[str] = connection.scalars(statement, self._own).all()
        if not found or not cleaned:
            raise NotFound(f"Turn '{reference}' of agent '{self._scope.agent}' does not exist.", hint)
        if len(found) > 1:
            raise UsageError(f"'{reference}' begins the ids of several turns.", "Write more of it.")
        return found[0]


def _read_request(connection: Connection, row: AnyRow) -> SentRequest:
    hashes = row.window
    bodies = dict(connection.execute(_BODIES, {"hashes": list(set(hashes))}).all())
    return SentRequest(
        turn=row.turn_id,
        step=row.number,
        session=row.session_id,
        at=row.at,
        model=row.model,
        parts=tuple(bodies[key] for key in hashes),
        counted=row.estimated_tokens,
        reported=row.prompt_tokens,
        cached=row.cached_tokens,
    )
