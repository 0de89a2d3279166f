"""Turns and steps: committed as they happen, so that a kill at any moment loses nothing and repeats nothing."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Connection

from carrel.errors import NotFound
from carrel.memory.db.prepared import Prepared
from carrel.memory.db.schema import contents, messages, queue, steps, summaries, tool_runs, turns
from carrel.memory.journal import events
from carrel.memory.journal.scope import Scope
from carrel.memory.tiers.recall import Recall, message_rows, stored_message
from carrel.memory.turns.pairing import paired, unanswered
from carrel.memory.values import MemoryEvent, StoredMessage, Unfinished
from carrel.messages import AssistantMessage, ToolCall, ToolResult, Usage, UserMessage
from carrel.text import clean_text

Effect = Literal["none", "memory", "outside"]
"""What a tool does: reads only, changes memory (rolled back with its transaction), or acts on the outside world."""

FAILED = "failed"
"""How a step finishes whose request was not answered."""

NOT_EXECUTED = "This call was not executed: the program stopped before it. Call again if it is still wanted."
ORPHANED = "The result of this call was lost. Call again if it is still wanted."
UNKNOWN = "The program stopped during this call. Whether it took effect is unknown; it was not repeated."


class Turns:
    """The turns of one agent."""

    def __init__(self, scope: Scope, recall: Recall) -> None:
        self._scope = scope
        self._recall = recall

    def begin(self, session: str, text: str, model: str) -> tuple[str, StoredMessage]:
        """Store the user's message and a running turn, before the model is asked."""
        with self._scope.database.write() as connection:
            turn = self._scope.new_id("t")
            values = {"id": turn, "agent_id": self._scope.agent_id, "session_id": session, "state": "running"}
            _NEW_TURN.write(connection, {**values, "model": model, "started_at": self._scope.now()})
            return turn, self._enqueued(connection, session, UserMessage(text), turn, None)

    def add_step(
        self,
        session: str,
        turn: str,
        number: int,
        message: AssistantMessage,
        window: Sequence[str],
        estimated: int,
        usage: Usage | None,
        finish: str,
        model: str,
    ) -> StoredMessage | None:
        """Store what the model said in a step, if anything, and exactly what it was asked."""
        with self._scope.database.write() as connection:
            values = {
                "turn_id": turn,
                "number": number,
                "at": self._scope.now(),
                "model": model,
                "finish": finish,
                "estimated_tokens": estimated,
                "prompt_tokens": usage.prompt if usage else None,
                "completion_tokens": usage.completion if usage else None,
                "cached_tokens": usage.cached if usage else None,
                "window": _kept(connection, window),
            }
            _NEW_STEP.write(connection, values)
            silent = not (message.text or message.calls)
            return None if silent else self._enqueued(connection, session, message, turn, number)

    def add_failed(self, turn: str, number: int, window: Sequence[str], estimated: int, model: str) -> None:
        """Store what the model was asked in a step that it did not answer."""
        with self._scope.database.write() as connection:
            values = {"turn_id": turn, "number": number, "at": self._scope.now(), "model": model, "finish": FAILED}
            kept = {"estimated_tokens": estimated, "window": _kept(connection, window)}
            _NEW_STEP.write(connection, {**values, **kept})

    def has_step(self, turn: str, number: int) -> bool:
        """Return whether a step is on disk."""
        found = sa.select(steps.c.number).where(steps.c.turn_id == turn, steps.c.number == number)
        with self._scope.database.read() as connection:
            return connection.execute(found).scalar() is not None

    def add_partial(self, session: str, turn: str, step: int, message: AssistantMessage) -> StoredMessage:
        """Store what the model had said when it was interrupted."""
        with self._scope.database.write() as connection:
            return self._enqueued(connection, session, message, turn, step, "interrupted")

    def settle(
        self,
        session: str,
        turn: str,
        step: int,
        position: int,
        call: ToolCall,
        effect: Effect,
        run: Callable[[], ToolResult],
        also: Callable[[], None] = lambda: None,
    ) -> StoredMessage:
        """Execute a call once and store its result; a call that was executed before gives its stored result.

        A change of memory commits with its result, and so does what `also` writes. A tool that acts on the outside is
        marked as started before, so that after a crash its outcome is called unknown and it is not repeated.
        """
        key = (turn, step, position)
        if effect == "memory":
            with self._scope.database.write() as connection:
                if (known := self._result_of(connection, key)) is not None:
                    return known
                with connection.begin_nested() as savepoint:
                    result = run()
                    if not result.ok:
                        savepoint.rollback()
                also()
                return self._finish(connection, session, key, call, result)
        known = self._start(session, key, call) if effect == "outside" else self.result_of(key)
        if known is not None:
            return known
        result = run()
        with self._scope.database.write() as connection:
            also()
            return self._finish(connection, session, key, call, result)

    def end(self, turn: str, state: str, error: str | None = None) -> None:
        """Close a turn."""
        with self._scope.database.write() as connection:
            values = {"state": state, "error": clean_text(error) if error else None, "ended_at": self._scope.now()}
            _END.write(connection, {"turn": turn, **values})

    def recover(self, spare: str | None = None) -> list[str]:
        """Close turns that a stopped program left running, each call answered; return their ids.

        Those of the session `spare` are left as they are. To be called with the agent's lease held: then no live
        program runs them.
        """
        with self._scope.database.write() as connection:
            running = _RUNNING.rows(connection, agent=self._scope.agent_id)
            found = [(turn, session) for turn, session in running if session != spare]
            for turn, session in found:
                for step, position, call in self._open_calls(connection, turn):
                    key = (turn, step, position)
                    text = UNKNOWN if self._run_state(connection, key) == "started" else NOT_EXECUTED
                    self._finish(connection, session, key, call, ToolResult(call.id, call.name, text, ok=False))
                self.end(turn, "interrupted", "The program stopped during this turn.")
            return [turn for turn, _ in found]

    def unfinished(self, session: str) -> bool:
        """Return whether a session's last turn did not end with a reply."""
        last = sa.select(turns.c.state).where(turns.c.session_id == session).order_by(turns.c.n.desc()).limit(1)
        with self._scope.database.read() as connection:
            return connection.execute(last).scalar() not in {None, "complete"}

    def cut_short(self) -> str | None:
        """Return the session of the newest turn that is still running, or was when its program stopped."""
        running = sa.select(turns.c.session_id).where(turns.c.agent_id == self._scope.agent_id)
        newest = running.where(turns.c.state == "running").order_by(turns.c.n.desc()).limit(1)
        with self._scope.database.read() as connection:
            return connection.execute(newest).scalar()

    def reopen(self, session: str) -> Unfinished | None:
        """Set a session's last turn running again where it did not end with a reply; return how far it had come."""
        last = sa.select(turns).where(turns.c.session_id == session).order_by(turns.c.n.desc()).limit(1)
        with self._scope.database.write() as connection:
            turn = connection.execute(last).one_or_none()
            if turn is None or turn.state == "complete":
                return None
            said = self._recall.of_turn(turn.id)
            failed = (steps.c.turn_id == turn.id) & (steps.c.finish == FAILED)
            connection.execute(sa.delete(steps).where(failed))  # the step is taken again, under the same number
            changed = {"state": "running", "error": None, "ended_at": None}
            connection.execute(sa.update(turns).where(turns.c.id == turn.id).values(**changed))
            made = sa.select(sa.func.max(steps.c.number)).where(steps.c.turn_id == turn.id)
            done = said[-1].role == "assistant" and said[-1].state == "complete" and not said[-1].calls
            return Unfinished(
                turn.id,
                said[0],
                connection.execute(made).scalar() or 0,
                tuple(self._open_calls(connection, turn.id)),
                said[-1].text if done else "",
            )

    def repair(self, session: str, whole: bool = False) -> int:
        """Answer each call in a session's queue whose result was lost, as in data of old; return their number.

        With `whole`, those that have left the queue too. A server refuses every request that shows a call without its
        result.
        """
        with self._scope.database.write() as connection:
            queued = self._queued(connection, session)
            said = self._recall.of_session(session) if whole else queued
            return self._answer_lost(connection, session, said, queued)

    def repaired(self, session: str) -> list[StoredMessage]:
        """Return the queue as `queue_of` does, once each call in it is answered."""
        with self._scope.database.write() as connection:
            queued = self._queued(connection, session)
            lost = self._answer_lost(connection, session, queued, queued)
            return paired(self._queued(connection, session) if lost else queued)

    def tokens_of(self, session: str) -> int:
        """Return the tokens sent and received in a session, summaries included, estimated where none were reported."""
        prompt = sa.func.coalesce(steps.c.prompt_tokens, steps.c.estimated_tokens)
        taken = sa.func.sum(prompt + sa.func.coalesce(steps.c.completion_tokens, 0))
        answered = steps.c.finish != FAILED
        query = sa.select(taken).join_from(steps, turns).where(turns.c.session_id == session, answered)
        summed = sa.select(sa.func.sum(summaries.c.spent)).where(summaries.c.session_id == session)
        with self._scope.database.read() as connection:
            return sum(int(connection.execute(part).scalar() or 0) for part in (query, summed))

    def begun(self, key: tuple[str, int, int]) -> bool:
        """Return whether a call was started or executed before."""
        with self._scope.database.read() as connection:
            return self._run_state(connection, key) is not None

    def queue_of(self, session: str) -> list[StoredMessage]:
        """Return the messages that stand in a session's main context, in order, each result after its call."""
        with self._scope.database.read() as connection:
            return paired(self._queued(connection, session))

    def summary_of(self, session: str) -> str:
        """Return the newest summary of what left a session's queue; empty where nothing did."""
        with self._scope.database.read() as connection:
            return _SUMMARY.value(connection, session=session) or ""

    def evict(
        self, session: str, turn: str | None, evicted: Sequence[StoredMessage], summary: str, spent: int = 0
    ) -> None:
        """Take messages out of the queue and put a summary in their place, which took so many tokens to write.

        They stay in recall.
        """
        numbers = [message.n for message in evicted]
        text = clean_text(summary)
        with self._scope.database.write() as connection:
            gone = (queue.c.session_id == session) & queue.c.message_n.in_(numbers)
            connection.execute(sa.delete(queue).where(gone))
            values = {"session_id": session, "turn_id": turn, "text": text, "at": self._scope.now()}
            span = {"first_n": min(numbers, default=None), "last_n": max(numbers, default=None)}
            tokens = self._scope.counter.count(text)
            connection.execute(summaries.insert().values(**values, **span, tokens=tokens, spent=spent))

    def changes(self, turn: str) -> list[MemoryEvent]:
        """Return what a turn changed in memory."""
        with self._scope.database.read() as connection:
            return events.of_turn(connection, self._scope.agent_id, turn)

    def window(self, turn: str, step: int) -> list[str]:
        """Return exactly what was sent in a step, as JSON texts. Raise NotFound."""
        with self._scope.database.read() as connection:
            mine = sa.select(steps.c.window).join_from(steps, turns).where(turns.c.agent_id == self._scope.agent_id)
            chosen = mine.where(steps.c.turn_id == turn, steps.c.number == step)
            hashes = connection.execute(chosen).scalar()
            if hashes is None:
                raise NotFound(f"Turn '{turn}' has no step {step}.", "See carrel session show.")
            rows = connection.execute(sa.select(contents).where(contents.c.hash.in_(hashes)))
            bodies = {row.hash: row.body for row in rows}
        return [bodies[item] for item in hashes]

    def result_of(self, key: tuple[str, int, int]) -> StoredMessage | None:
        """Return the stored result of a call that was executed, or None."""
        with self._scope.database.read() as connection:
            return self._result_of(connection, key)

    def _enqueued(
        self,
        connection: Connection,
        session: str,
        message: UserMessage | AssistantMessage | ToolResult,
        turn: str,
        step: int | None,
        state: str = "complete",
    ) -> StoredMessage:
        stored = self._recall.add(session, message, turn, step, state)
        _ENQUEUE.write(connection, {"session_id": session, "message_n": stored.n})
        return stored

    def _start(self, session: str, key: tuple[str, int, int], call: ToolCall) -> StoredMessage | None:
        with self._scope.database.write() as connection:
            if (known := self._result_of(connection, key)) is not None:
                return known
            if self._run_state(connection, key) == "started":
                unknown = ToolResult(call.id, call.name, UNKNOWN, ok=False)
                return self._finish(connection, session, key, call, unknown)
            self._mark(connection, key, call, "started", None)
            return None

    def _finish(
        self, connection: Connection, session: str, key: tuple[str, int, int], call: ToolCall, result: ToolResult
    ) -> StoredMessage:
        stored = self._enqueued(connection, session, result, key[0], key[1])
        self._mark(connection, key, call, "done" if result.ok else "refused", stored.id)
        return stored

    def _mark(
        self, connection: Connection, key: tuple[str, int, int], call: ToolCall, state: str, message: str | None
    ) -> None:
        values = {"turn_id": key[0], "step": key[1], "position": key[2], "state": state, "message_id": message}
        said = {"call_id": call.id, "name": call.name, "arguments": call.arguments}
        facts = {name: clean_text(text) for name, text in said.items()} | {"at": self._scope.now()}
        statement = insert(tool_runs).values(**values, **facts)
        changed = {"state": state, "message_id": message}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["turn_id", "step", "position"], set_=changed)
        )

    def _run_state(self, connection: Connection, key: tuple[str, int, int]) -> str | None:
        found: str | None = _RUN_STATE.value(connection, **_named(key))
        return found

    def _result_of(self, connection: Connection, key: tuple[str, int, int]) -> StoredMessage | None:
        row = _RESULT.first(connection, **_named(key))
        return None if row is None else stored_message(row)

    def _open_calls(self, connection: Connection, turn: str) -> list[tuple[int, int, ToolCall]]:
        """Return step, position and call of a turn's calls without a result."""
        return [
            (message.step or 0, position, call)
            for message in self._recall.of_turn(turn)
            for position, call in enumerate(message.calls)
            if self._result_of(connection, (turn, message.step or 0, position)) is None
        ]

    def _answer_lost(
        self, connection: Connection, session: str, said: Sequence[StoredMessage], queued: Sequence[StoredMessage]
    ) -> int:
        """Say of each call without a result that it was lost, and return their number; turns that run are spared."""
        lost = list(unanswered(said))
        if not lost:
            return 0
        going_on = sa.select(turns.c.id).where(turns.c.session_id == session, turns.c.state == "running")
        running = set(connection.execute(going_on).scalars())
        lost = [(message, call) for message, call in lost if message.turn not in running]
        for message, call in lost:
            result = ToolResult(call.id, call.name, ORPHANED, ok=False)
            stored = self._recall.add(session, result, message.turn, message.step)
            if message in queued:
                _ENQUEUE.write(connection, {"session_id": session, "message_n": stored.n})
        return len(lost)

    def _queued(self, connection: Connection, session: str) -> list[StoredMessage]:
        return [stored_message(row, self._scope.local) for row in _QUEUE.rows(connection, session=session)]


def _named(key: tuple[str, int, int]) -> dict[str, Any]:
    return {"turn": key[0], "step": key[1], "position": key[2]}


def _kept(connection: Connection, bodies: Sequence[str]) -> list[str]:
    """Store the parts of a window under the hashes of their content, each once, and return the hashes."""
    keys = [hashlib.sha256(body.encode()).hexdigest()[:32] for body in bodies]
    rows = [{"hash": key, "body": body} for key, body in dict(zip(keys, bodies, strict=True)).items()]
    if rows:
        _KEEP.write_all(connection, rows)
    return keys


_NEW_TURN = Prepared(turns.insert())
_NEW_STEP = Prepared(steps.insert())
_END = Prepared(
    sa.update(turns)
    .where(turns.c.id == sa.bindparam("turn"))
    .values({name: sa.bindparam(name) for name in ("state", "error", "ended_at")})
)
_RUNNING = Prepared(
    sa.select(turns.c.id, turns.c.session_id).where(
        turns.c.agent_id == sa.bindparam("agent"), turns.c.state == "running"
    )
)
_SUMMARY = Prepared(
    sa.select(summaries.c.text)
    .where(summaries.c.session_id == sa.bindparam("session"))
    .order_by(summaries.c.n.desc())
    .limit(1)
)
_ENQUEUE = Prepared(queue.insert())
_QUEUE = Prepared(
    message_rows.select_from(queue.join(messages, messages.c.n == queue.c.message_n))
    .where(queue.c.session_id == sa.bindparam("session"))
    .order_by(messages.c.n)
)
_CALLED = (
    (tool_runs.c.turn_id == sa.bindparam("turn"))
    & (tool_runs.c.step == sa.bindparam("step"))
    & (tool_runs.c.position == sa.bindparam("position"))
)
_RUN_STATE = Prepared(sa.select(tool_runs.c.state).where(_CALLED))
_RESULT = Prepared(
    message_rows.select_from(tool_runs.join(messages, messages.c.id == tool_runs.c.message_id)).where(_CALLED)
)
_KEEP = Prepared(insert(contents).on_conflict_do_nothing())
