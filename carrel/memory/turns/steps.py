"""Steps: what the model said in each, and the exact request that it was sent."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import upsert
from carrel.memory.db.schema import contents, steps, summaries, turns
from carrel.memory.journal.scope import Scope
from carrel.memory.turns.queue import Queue
from carrel.memory.values import StoredMessage
from carrel.messages import AssistantMessage, Usage

FAILED = "failed"
"""How a step finishes whose request was not answered."""

_INSERT = steps.insert()
_KEEP = upsert(contents)
_EXISTS = sa.select(steps.c.number).where(
    steps.c.turn_id == sa.bindparam("turn"), steps.c.number == sa.bindparam("number")
)
_OF_SESSION = turns.c.session_id == sa.bindparam("session")
_PROMPT = sa.func.coalesce(steps.c.prompt_tokens, steps.c.estimated_tokens)
_STEP_TOKENS = (
    sa.select(sa.func.sum(_PROMPT + sa.func.coalesce(steps.c.completion_tokens, 0)))
    .join_from(steps, turns)
    .where(_OF_SESSION, steps.c.finish != FAILED)
)
_USAGE = (
    sa.select(
        sa.func.coalesce(sa.func.sum(_PROMPT), 0),
        sa.func.coalesce(sa.func.sum(steps.c.completion_tokens), 0),
        sa.func.coalesce(sa.func.sum(steps.c.cached_tokens), 0),
        sa.func.count(),
    )
    .join_from(steps, turns)
    .where(_OF_SESSION, steps.c.finish != FAILED)
)
_SUMMARY_TOKENS = sa.select(sa.func.sum(summaries.c.spent)).where(summaries.c.session_id == sa.bindparam("session"))


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step to be stored."""

    turn: str
    number: int
    request: Sequence[str]
    """What was sent: the messages in order, then the tools, as JSON texts."""
    estimated_tokens: int
    """The tokens of the request by Carrel's own counter."""
    model: str
    message: AssistantMessage | None = None
    """What the model said."""
    finish: str = FAILED
    usage: Usage | None = None
    """As the server reported it."""


class Steps:
    """The steps of one agent's turns."""

    def __init__(self, scope: Scope, queue: Queue) -> None:
        self._scope = scope
        self._queue = queue

    def add(self, session: str, step: NewStep) -> StoredMessage | None:
        """Store a step, and the model's message where it said anything; return the message."""
        usage = step.usage
        with self._scope.write() as connection:
            values = {
                "turn_id": step.turn,
                "number": step.number,
                "at": self._scope.now(),
                "model": step.model,
                "finish": step.finish,
                "estimated_tokens": step.estimated_tokens,
                "prompt_tokens": usage.prompt if usage else None,
                "completion_tokens": usage.completion if usage else None,
                "cached_tokens": usage.cached if usage else None,
                "window": _keep(connection, step.request),
            }
            connection.execute(_INSERT, values)
            said = step.message
            if said is None or not (said.text or said.calls):
                return None
            return self._queue.append(connection, session, said, turn=step.turn, step=step.number)

    def add_partial(self, session: str, turn: str, number: int, message: AssistantMessage) -> StoredMessage:
        """Store what the model had said when it was interrupted."""
        with self._scope.write() as connection:
            return self._queue.append(connection, session, message, turn=turn, step=number, state="interrupted")

    def exists(self, turn: str, number: int) -> bool:
        """Return whether a step is on disk."""
        with self._scope.read() as connection:
            return connection.execute(_EXISTS, {"turn": turn, "number": number}).scalar() is not None

    def session_usage(self, session: str) -> Usage:
        """Return the tokens of a session's steps, summaries left out; what was not reported is estimated as sent."""
        with self._scope.read() as connection:
            return Usage(*(int(part) for part in connection.execute(_USAGE, {"session": session}).one()))

    def session_tokens(self, session: str) -> int:
        """Return the tokens sent and received in a session, summaries included; estimated where none were reported."""
        with self._scope.read() as connection:
            sums = (connection.execute(query, {"session": session}) for query in (_STEP_TOKENS, _SUMMARY_TOKENS))
            return sum(int(found.scalar() or 0) for found in sums)


def _keep(connection: Connection, parts: Sequence[str]) -> list[str]:
    """Store the parts of a request under the hashes of their content, each once, and return the hashes."""
    keys = [hashlib.sha256(part.encode()).hexdigest()[:32] for part in parts]
    rows = [{"hash": key, "body": part} for key, part in dict(zip(keys, parts, strict=True)).items()]
    if rows:
        connection.execute(_KEEP, rows)
    return keys
