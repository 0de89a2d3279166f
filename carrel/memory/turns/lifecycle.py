"""The lifecycle of a turn: it begins before the model is asked, is closed however it ends, and may be reopened."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.schema import messages, sessions, steps, turns
from carrel.memory.journal import events
from carrel.memory.journal.scope import Scope
from carrel.memory.tiers.recall import Recall
from carrel.memory.tiers.sessions import Sessions
from carrel.memory.turns.calls import Calls
from carrel.memory.turns.queue import Queue
from carrel.memory.turns.steps import FAILED
from carrel.memory.turns.withheld import Withheld
from carrel.memory.values import MemoryEvent, StoredMessage, TurnInfo, UnfinishedTurn
from carrel.messages import UserMessage
from carrel.text import clean_text

_THIS = turns.c.id == sa.bindparam("turn")
_LAST_AT = sa.select(sessions.c.last_at).where(sessions.c.id == sa.bindparam("in_session")).scalar_subquery()
_INSERT = turns.insert().values(session_last_at=_LAST_AT)
_END = sa.update(turns).where(_THIS)
_RUNNING = (turns.c.agent_id == sa.bindparam("agent")) & (turns.c.state == "running")
_RUNNING_TURNS = sa.select(turns.c.id, turns.c.session_id).where(_RUNNING)
_NEWEST_RUNNING = sa.select(turns.c.session_id).where(_RUNNING).order_by(turns.c.n.desc()).limit(1)
_ALL = (
    sa.select(turns.c.id, turns.c.session_id, turns.c.state, turns.c.started_at, turns.c.ended_at, turns.c.error)
    .where(turns.c.agent_id == sa.bindparam("agent"))
    .order_by(turns.c.n)
)
_LAST = sa.select(turns).where(turns.c.session_id == sa.bindparam("session")).order_by(turns.c.n.desc()).limit(1)
_DROP_FAILED = sa.delete(steps).where(steps.c.turn_id == sa.bindparam("turn"), steps.c.finish == FAILED)
_STEPS_MADE = sa.select(sa.func.max(steps.c.number)).where(steps.c.turn_id == sa.bindparam("turn"))


class Turns:
    """The turns of one agent."""

    def __init__(self, scope: Scope, sessions: Sessions, recall: Recall, queue: Queue, calls: Calls) -> None:
        self._scope = scope
        self._sessions = sessions
        self._recall = recall
        self._queue = queue
        self._calls = calls
        self._withheld = Withheld(scope)

    def begin(self, session: str, text: str, model: str) -> tuple[str, StoredMessage]:
        """Store a running turn with the user's message; return the turn's id and the message."""
        with self._scope.write() as connection:
            turn = self._scope.new_id("t")
            values = {"id": turn, "agent_id": self._scope.agent_id, "session_id": session, "state": "running"}
            values["in_session"] = session
            connection.execute(_INSERT, {**values, "model": model, "started_at": self._scope.now()})
            message = self._queue.append(connection, session, UserMessage(text), turn=turn)
            self._sessions.extend_dates(connection, session, message.at, message.at)
            return turn, message

    def end(self, turn: str, state: str, error: str | None = None) -> None:
        """Close a turn as `complete`, `interrupted` or `failed`."""
        with self._scope.write() as connection:
            self._end(connection, turn, state, error)

    def recover(self, spare: str | None = None) -> list[str]:
        """Close turns that a stopped program left running, with a result for each of their calls; return their ids.

        Those of the session `spare` are left as they are. Call it only while the agent is reserved: then no other
        program runs them.
        """
        with self._scope.write() as connection:
            running = connection.execute(_RUNNING_TURNS, {"agent": self._scope.agent_id}).fetchall()
            found = [row.id for row in running if row.session_id != spare]
            for turn in found:
                self._calls.close(connection, turn)
                self._end(connection, turn, "interrupted", "The program stopped during this turn.")
            return found

    def reopen(self, session: str) -> UnfinishedTurn | None:
        """Set a session's last turn to running again and return how far it had come; None where it was complete."""
        with self._scope.write() as connection:
            turn = connection.execute(_LAST, {"session": session}).one_or_none()
            if turn is None or turn.state == "complete":
                return None
            key = {"turn": turn.id}
            connection.execute(_DROP_FAILED, key)  # the step is repeated under the same number
            connection.execute(_END, {**key, "state": "running", "error": None, "ended_at": None})
            self._withheld.release_turn(connection, session, turn.id)
            now = self._scope.now()
            self._sessions.extend_dates(connection, session, now, now)
            said = self._recall.read(connection, messages.c.turn_id == turn.id)
            return UnfinishedTurn(
                turn=turn.id,
                message=said[0],
                steps=connection.execute(_STEPS_MADE, key).scalar() or 0,
                calls=tuple(self._calls.without_result(connection, turn.id)),
                reply=_final_reply(said[-1]),
            )

    def is_unfinished(self, session: str) -> bool:
        """Return whether a session's last turn did not end with a reply."""
        with self._scope.read() as connection:
            last = connection.execute(_LAST, {"session": session}).one_or_none()
            return last is not None and last.state != "complete"

    def running_session(self) -> str | None:
        """Return the session of the newest turn that is still running, or was when its program stopped."""
        with self._scope.read() as connection:
            return connection.execute(_NEWEST_RUNNING, {"agent": self._scope.agent_id}).scalar()

    def last(self, session: str) -> TurnInfo | None:
        """Return the last turn of a session; None where it has none."""
        with self._scope.read() as connection:
            row = connection.execute(_LAST, {"session": session}).one_or_none()
        if row is None:
            return None
        return TurnInfo(row.id, row.session_id, row.state, row.started_at, row.ended_at, row.error)

    def all(self) -> list[TurnInfo]:
        """Return all turns, oldest first."""
        with self._scope.read() as connection:
            rows = connection.execute(_ALL, {"agent": self._scope.agent_id}).all()
        return [TurnInfo(*row) for row in rows]

    def changes(self, turn: str) -> list[MemoryEvent]:
        """Return what a turn changed in memory, oldest first."""
        with self._scope.read() as connection:
            return events.of_turn(connection, self._scope.agent_id, turn)

    def _end(self, connection: Connection, turn: str, state: str, error: str | None) -> None:
        values: dict[str, Any] = {"state": state, "error": clean_text(error) if error else None}
        connection.execute(_END, {"turn": turn, **values, "ended_at": self._scope.now()})


def _final_reply(last: StoredMessage) -> str:
    """Return a turn's last message where it is the final reply; empty where it is not."""
    is_final = last.role == "assistant" and last.state == "complete" and not last.calls
    return last.text if is_final else ""
