"""Tool calls: each is executed once, even if the program is killed meanwhile."""

from collections.abc import Callable
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import upsert
from carrel.memory.db.schema import messages, tool_runs
from carrel.memory.journal.scope import Scope
from carrel.memory.tiers.message_rows import SELECT_MESSAGES, read_message
from carrel.memory.tiers.recall import Recall
from carrel.memory.turns.queue import Queue
from carrel.memory.values import CallKey, StoredMessage, TurnCall
from carrel.messages import ToolResult
from carrel.text import clean_text

Effect = Literal["none", "memory", "outside"]
"""What a tool does: it reads only, changes memory (in a transaction with its result), or acts on the outside world."""

NOT_EXECUTED = "This call was not executed: the program stopped before it. Call again if it is still wanted."
UNKNOWN = "The program stopped during this call. Whether it took effect is unknown; it was not repeated."

_THIS = (
    (tool_runs.c.turn_id == sa.bindparam("turn"))
    & (tool_runs.c.step == sa.bindparam("step"))
    & (tool_runs.c.position == sa.bindparam("position"))
)
_STATE = sa.select(tool_runs.c.state).where(_THIS)
_RESULT = SELECT_MESSAGES.select_from(tool_runs.join(messages, messages.c.id == tool_runs.c.message_id)).where(_THIS)
_MARK = upsert(tool_runs, keys=("turn_id", "step", "position"), changed=("state", "message_id"))


class Calls:
    """The tool calls of one agent."""

    def __init__(self, scope: Scope, recall: Recall, queue: Queue) -> None:
        self._scope = scope
        self._recall = recall
        self._queue = queue

    def execute(
        self,
        call: TurnCall,
        effect: Effect,
        run: Callable[[Scope], ToolResult],
        record: Callable[[Scope], None] = lambda scope: None,
    ) -> StoredMessage:
        """Execute a call and store its result; for a call that was executed before, return the stored result.

        What `record` writes commits together with the result, and so does what a call with the effect "memory" has
        changed, unless it fails. A call that acts on the outside world is marked as started first: after a crash it is
        not repeated, and its result says that the outcome is unknown.
        """
        if effect == "memory":
            return self._execute_in_transaction(call, run, record)
        known = self._start(call) if effect == "outside" else self.result_of(call.key)
        if known is not None:
            return known
        result = run(self._scope)
        with self._scope.bound() as scope, scope.write() as connection:
            record(scope)
            return self._finish(connection, call, result)

    def result_of(self, key: CallKey) -> StoredMessage | None:
        """Return the stored result of a call that was executed, or None."""
        with self._scope.read() as connection:
            return self._result(connection, key)

    def was_started(self, key: CallKey) -> bool:
        """Return whether a call was started or executed before."""
        with self._scope.read() as connection:
            return self._state(connection, key) is not None

    def without_result(self, connection: Connection, turn: str) -> list[TurnCall]:
        """Return the calls of a turn that have no result, in order, as the caller's transaction sees them."""
        calls = (
            TurnCall(message.session, turn, message.step or 0, position, call)
            for message in self._recall.read(connection, messages.c.turn_id == turn)
            for position, call in enumerate(message.calls)
        )
        return [call for call in calls if self._result(connection, call.key) is None]

    def close(self, connection: Connection, turn: str) -> None:
        """Store a result for each call of a stopped turn that has none, in the caller's transaction."""
        for call in self.without_result(connection, turn):
            text = UNKNOWN if self._state(connection, call.key) == "started" else NOT_EXECUTED
            self._finish(connection, call, _failed(call, text))

    def _execute_in_transaction(
        self, call: TurnCall, run: Callable[[Scope], ToolResult], record: Callable[[Scope], None]
    ) -> StoredMessage:
        with self._scope.bound() as scope, scope.write() as connection:
            if (known := self._result(connection, call.key)) is not None:
                return known
            result = scope.attempt(run)
            record(scope)
            return self._finish(connection, call, result)

    def _start(self, call: TurnCall) -> StoredMessage | None:
        with self._scope.write() as connection:
            if (known := self._result(connection, call.key)) is not None:
                return known
            if self._state(connection, call.key) == "started":
                return self._finish(connection, call, _failed(call, UNKNOWN))
            self._mark(connection, call, "started", None)
            return None

    def _finish(self, connection: Connection, call: TurnCall, result: ToolResult) -> StoredMessage:
        stored = self._queue.append(connection, call.session, result, turn=call.turn, step=call.step)
        self._mark(connection, call, "done" if result.ok else "refused", stored.id)
        return stored

    def _mark(self, connection: Connection, call: TurnCall, state: str, message: str | None) -> None:
        values = {"turn_id": call.turn, "step": call.step, "position": call.position}
        said = {"call_id": call.call.id, "name": call.call.name, "arguments": call.call.arguments}
        facts = {name: clean_text(text) for name, text in said.items()}
        connection.execute(_MARK, {**values, **facts, "state": state, "message_id": message, "at": self._scope.now()})

    def _state(self, connection: Connection, key: CallKey) -> str | None:
        return connection.execute(_STATE, _named(key)).scalar()

    def _result(self, connection: Connection, key: CallKey) -> StoredMessage | None:
        row = connection.execute(_RESULT, _named(key)).one_or_none()
        return None if row is None else read_message(row)


def _named(key: CallKey) -> dict[str, Any]:
    turn, step, position = key
    return {"turn": turn, "step": step, "position": position}


def _failed(call: TurnCall, text: str) -> ToolResult:
    return ToolResult(call.call.id, call.call.name, text, ok=False)
