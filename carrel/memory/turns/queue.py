"""The queue: the recent messages in a session's main context, and the summary of those that were evicted from it."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from carrel.memory.db.dialect import list_parameter
from carrel.memory.db.schema import messages, queue, summaries, turns, withheld
from carrel.memory.journal.events import Edit
from carrel.memory.journal.reversal import QUEUED
from carrel.memory.journal.scope import Scope
from carrel.memory.tiers.message_rows import SELECT_MESSAGES, read_message
from carrel.memory.tiers.recall import Recall
from carrel.memory.turns.pairing import calls_without_result, pair_results
from carrel.memory.values import Cause, StoredMessage
from carrel.messages import Message, ToolResult
from carrel.rendering.memories import WITHHELD
from carrel.text import clean_text

ORPHANED = "The result of this call was lost. Call again if it is still wanted."

_SESSION: sa.BindParameter[str] = sa.bindparam("session")
_ADD = queue.insert()
_RUNNING = sa.select(turns.c.id).where(turns.c.session_id == _SESSION, turns.c.state == "running")
_FORGOTTEN = messages.alias("forgotten")
_HIDES = sa.exists().where(
    _FORGOTTEN.c.session_id == messages.c.session_id,
    _FORGOTTEN.c.turn_id == messages.c.turn_id,
    _FORGOTTEN.c.forgotten_at.is_not(None),
)
_IS_SHOWN = sa.func.coalesce(~_HIDES | messages.c.turn_id.in_(_RUNNING), sa.true())
_IS_WITHHELD = (withheld.c.tier == "recall") & (withheld.c.row == queue.c.message_n)
_QUEUE = (
    SELECT_MESSAGES.add_columns(withheld.c.row)
    .select_from(queue.join(messages, messages.c.n == queue.c.message_n).outerjoin(withheld, _IS_WITHHELD))
    .where(queue.c.session_id == _SESSION, _IS_SHOWN)
    .order_by(messages.c.n)
)
"""A turn of which a message is in the bin is left out as a whole once it is over: a reply says what it replies to."""

_REMOVE = sa.delete(queue).where(queue.c.session_id == _SESSION, queue.c.message_n.in_(list_parameter("numbers")))
_SUMMARY = sa.select(summaries.c.text).where(summaries.c.session_id == _SESSION).order_by(summaries.c.n.desc()).limit(1)


class Queue:
    """The queues of the sessions of one agent."""

    def __init__(self, scope: Scope, recall: Recall) -> None:
        self._scope = scope
        self._recall = recall

    def load(self, session: str) -> list[StoredMessage]:
        """Return the messages in a session's queue, in order, each result after its call."""
        with self._scope.read() as connection:
            return pair_results(self._queued(connection, session))

    def load_repaired(self, session: str) -> list[StoredMessage]:
        """Return the queue as `load` does, after giving each call in it a result that lacks one."""
        with self._scope.write() as connection:
            queued = self._queued(connection, session)
            lost = self._answer_lost(connection, session, queued, queued)
            return pair_results(self._queued(connection, session) if lost else queued)

    def repair(self, session: str, whole: bool = False) -> int:
        """Give each call in a session's queue whose result was lost one that says so; return their number.

        With `whole`, calls that have left the queue too. Servers refuse every request with a call that has no result.
        """
        with self._scope.write() as connection:
            queued = self._queued(connection, session)
            said = self._recall.read(connection, messages.c.session_id == session) if whole else queued
            return self._answer_lost(connection, session, said, queued)

    def append(
        self,
        connection: Connection,
        session: str,
        message: Message,
        *,
        turn: str | None,
        step: int | None = None,
        state: str = "complete",
    ) -> StoredMessage:
        """Store a message in recall and at the end of the queue, in the caller's transaction."""
        stored = self._recall.write(connection, session, message, turn=turn, step=step, state=state)
        connection.execute(_ADD, {"session_id": session, "message_n": stored.n})
        return stored

    def evict(
        self, session: str, turn: str | None, evicted: Sequence[StoredMessage], summary: str, spent: int = 0
    ) -> None:
        """Remove messages from the queue and store a summary of all that was ever removed; they stay in recall.

        `spent` are the tokens that a model took to write the summary.
        """
        numbers = [message.n for message in evicted]
        text = clean_text(summary)
        with self._scope.write() as connection:
            connection.execute(_REMOVE, {"session": session, "numbers": numbers})
            edit = Edit({QUEUED: numbers}, {QUEUED: []})
            cause = Cause("system", turn, reason="memory pressure")
            self._scope.record(connection, "queue", session, "evict", edit=edit, cause=cause)
            values = {"session_id": session, "turn_id": turn, "text": text, "at": self._scope.now()}
            span = {"first_n": min(numbers, default=None), "last_n": max(numbers, default=None)}
            tokens = self._scope.counter.count(text)
            connection.execute(summaries.insert(), {**values, **span, "tokens": tokens, "spent": spent})

    def summary(self, session: str) -> str:
        """Return the newest summary of what was evicted from a session's queue; empty where nothing was."""
        with self._scope.read() as connection:
            return connection.execute(_SUMMARY, {"session": session}).scalar() or ""

    def _queued(self, connection: Connection, session: str) -> list[StoredMessage]:
        rows = connection.execute(_QUEUE, {"session": session}).all()
        return [_without_withheld(read_message(row[:-1], self._scope.local), row[-1] is not None) for row in rows]

    def _answer_lost(
        self, connection: Connection, session: str, said: Sequence[StoredMessage], queued: Sequence[StoredMessage]
    ) -> int:
        """Store, for each lost result, one that says so; return their number. Running turns are left out."""
        lost = list(calls_without_result(said))
        if not lost:
            return 0
        running = set(connection.execute(_RUNNING, {"session": session}).scalars())
        lost = [(message, call) for message, call in lost if message.turn not in running]
        for message, call in lost:
            result = ToolResult(call.id, call.name, ORPHANED, ok=False)
            store = self.append if message in queued else self._recall.write
            store(connection, session, result, turn=message.turn, step=message.step)
        return len(lost)


def _without_withheld(message: StoredMessage, is_withheld: bool) -> StoredMessage:
    """Return a message as the model may see it: one that is withheld is there, without its text."""
    return replace(message, text=WITHHELD, tokens=0) if is_withheld else message
