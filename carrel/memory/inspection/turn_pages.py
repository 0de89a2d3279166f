"""An agent's turns, newest first, page by page, and what comes before and after one of them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import list_parameter
from carrel.memory.db.schema import messages, steps, turns
from carrel.memory.store import Memory

EXCERPT = 300
"""Characters of the message and of the reply that a list shows."""

_AGENT: sa.BindParameter[int] = sa.bindparam("agent")
_PAGE = (
    sa.select(turns)
    .where(turns.c.agent_id == _AGENT, turns.c.n < sa.bindparam("before"))
    .order_by(turns.c.n.desc())
    .limit(sa.bindparam("limit"))
)
_TURNS = list_parameter("turns")
_TEXT = sa.func.substr(messages.c.text, 1, EXCERPT).label("text")
_SAID = (
    sa.select(messages.c.turn_id, messages.c.role, _TEXT)
    .where(messages.c.turn_id.in_(_TURNS), messages.c.role.in_(("user", "assistant")), messages.c.text != "")
    .where(messages.c.forgotten_at.is_(None))
    .order_by(messages.c.n)
)
_STEPS = sa.select(steps.c.turn_id, steps.c.number, steps.c.estimated_tokens).where(steps.c.turn_id.in_(_TURNS))
_THIS = sa.select(turns.c.n).where(turns.c.id == sa.bindparam("turn")).scalar_subquery()
_ASKED = sa.select(turns.c.id).join_from(turns, steps).where(turns.c.agent_id == _AGENT, steps.c.number == 1)
_PREVIOUS = _ASKED.where(turns.c.n < _THIS).order_by(turns.c.n.desc()).limit(1)
_NEXT = _ASKED.where(turns.c.n > _THIS).order_by(turns.c.n).limit(1)
_STEP_NUMBERS = sa.select(steps.c.number).where(steps.c.turn_id == sa.bindparam("turn")).order_by(steps.c.number)
BEYOND = 2**62
"""A number that no row has."""


@dataclass(frozen=True, slots=True)
class TurnLine:
    """A turn in a list."""

    id: str
    session: str
    state: str
    model: str
    started: datetime
    error: str | None
    message: str
    """The beginning of the user's message; empty where it was forgotten."""
    reply: str
    """The beginning of the last reply; empty where there is none."""
    steps: int
    tokens: int
    """The tokens of the last request, by Carrel's count; 0 where the model was not asked."""


@dataclass(frozen=True, slots=True)
class TurnPage:
    """A page of turns, newest first; `older` is where the next one begins, None on the last page."""

    turns: tuple[TurnLine, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class TurnPlace:
    """Where a turn stands: the turns before and after it in which the model was asked, and its own steps."""

    previous: str | None
    next: str | None
    steps: tuple[int, ...]


def list_turns(memory: Memory, before: int | None = None, limit: int = 50) -> TurnPage:
    """Return the newest turns, or those before the place that the page before named."""
    scope = memory.scope
    with scope.read() as connection:
        values = {"agent": scope.agent_id, "before": before or BEYOND, "limit": limit + 1}
        rows = connection.execute(_PAGE, values).fetchall()
        shown = rows[:limit]
        lines = _read_lines(connection, [row.id for row in shown])
    made = tuple(
        TurnLine(row.id, row.session_id, row.state, row.model, row.started_at, row.error, *lines[row.id])
        for row in shown
    )
    return TurnPage(made, shown[-1].n if len(rows) > limit else None)


def locate_turn(memory: Memory, turn: str) -> TurnPlace:
    """Return the neighbours and the steps of a turn, by its whole id."""
    values = {"agent": memory.scope.agent_id, "turn": turn}
    with memory.scope.read() as connection:
        return TurnPlace(
            connection.scalar(_PREVIOUS, values),
            connection.scalar(_NEXT, values),
            tuple(connection.scalars(_STEP_NUMBERS, values)),
        )


def _read_lines(connection: Connection, ids: list[str]) -> dict[str, tuple[str, str, int, int]]:
    """Return message, reply, number of steps and tokens of these turns."""
    said: dict[tuple[str, str], str] = {}
    for turn, role, text in connection.execute(_SAID, {"turns": ids}):
        if role == "assistant" or (turn, role) not in said:  # the first message, the last reply
            said[turn, role] = text
    made: dict[str, dict[int, int]] = {turn: {} for turn in ids}
    for turn, number, tokens in connection.execute(_STEPS, {"turns": ids}):
        made[turn][number] = tokens
    return {
        turn: (
            said.get((turn, "user"), ""),
            said.get((turn, "assistant"), ""),
            len(made[turn]),
            made[turn][max(made[turn])] if made[turn] else 0,
        )
        for turn in ids
    }
