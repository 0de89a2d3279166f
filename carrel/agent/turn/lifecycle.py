"""The beginning and the end of a turn on disk: nothing that was committed is lost, and every turn is closed."""

from collections.abc import Generator, Iterator, Sequence

from carrel.agent.events import Answer, Event, TextDelta
from carrel.agent.turn.parts import LoopParts
from carrel.agent.turn.state import TurnState
from carrel.errors import CarrelError, LimitReached
from carrel.memory.search.search import Prefetch
from carrel.memory.store import Memory
from carrel.memory.turns.steps import NewStep
from carrel.memory.values import StoredMessage, UnfinishedTurn
from carrel.messages import AssistantMessage
from carrel.text import clean_text

MAX_QUERY = 1000
"""Characters of what was searched for that are recorded."""


class Lifecycle:
    """Opens and closes the turns of an agent."""

    def __init__(self, parts: LoopParts) -> None:
        self._parts = parts
        self._memory = parts.memory

    def begin(self, memory: Memory, session: str, text: str, prefetched: Prefetch | None) -> TurnState:
        """Store the user's message and a running turn, in the transaction of this memory.

        Raises:
            LimitReached: the session may take no more tokens; nothing is stored.
        """
        tokens = self._session_tokens(memory, session)
        queue = memory.queue.load_repaired(session)
        turn_id, message = memory.turns.begin(session, text, self._parts.model.name)
        turn = self._state(turn_id, message, tokens, [*queue, message])
        turn.prefetched = prefetched
        return turn

    def reopen(self, session: str) -> tuple[TurnState, UnfinishedTurn] | None:
        """Set a session's last turn running again, with how far it had come; None where it ended with a reply.

        Raises:
            LimitReached: the session may take no more tokens; the turn stays as it was closed.
        """
        with self._memory.transaction() as memory:
            memory.queue.repair(session)
            unfinished = memory.turns.reopen(session)
            if unfinished is None:
                return None
            tokens = self._session_tokens(memory, session)
        turn = self._state(unfinished.turn, unfinished.message, tokens)
        turn.totals.steps = unfinished.steps
        turn.changes = self._memory.turns.changes(turn.id)
        return turn, unfinished

    def carry(self, turn: TurnState, events: Iterator[Event]) -> Generator[Event, None, None]:
        """Yield a turn's events and at last its Answer; close the turn, however it ends."""
        seen: list[Event] = []
        ended, failure = False, ""
        try:
            for event in events:
                seen.append(event)
                yield event
            ended = True
        except CarrelError as error:
            failure = str(error)
            raise
        finally:
            if not ended:
                self._close(turn, failure)
        if not turn.complete:
            self._memory.complete(turn.id, turn.changes)
        yield _answer(turn, tuple(event for event in seen if not isinstance(event, TextDelta)))

    def _state(
        self, turn_id: str, message: StoredMessage, session_tokens: int, queue: Sequence[StoredMessage] | None = None
    ) -> TurnState:
        turn = TurnState(turn_id, message.session, message, self._parts.clock.monotonic(), queue=queue)
        turn.totals.session_tokens = session_tokens
        return turn

    def _session_tokens(self, memory: Memory, session: str) -> int:
        """Return what the session has taken so far. Raise LimitReached where that is all that it may take."""
        limit = self._parts.limits.session_tokens
        tokens = memory.steps.session_tokens(session) if limit else 0
        if limit and tokens >= limit:
            raise LimitReached(
                f"Session '{session}' has used {tokens} of {limit} tokens.",
                "Start a new one, or raise the setting 'max_session_tokens'.",
            )
        return tokens

    def _close(self, turn: TurnState, failure: str) -> None:
        """Close a turn that did not come to an end: as failed where `failure` says why, else as interrupted."""
        with self._memory.transaction() as memory:
            self._store_failed_step(memory, turn)
            memory.turns.recover()
            if turn.refused:
                memory.withheld.add_turn(turn.session, turn.id)
            if failure:
                memory.turns.end(turn.id, "failed", failure)

    def _store_failed_step(self, memory: Memory, turn: TurnState) -> None:
        """Store what a step that failed was offered and sent, and what the model had said; no call is executed."""
        number = turn.totals.steps
        if memory.steps.exists(turn.id, number):
            return
        record_page(memory, turn)
        if turn.sent is not None:
            failed = NewStep(turn.id, number, turn.sent.parts(), turn.sent.tokens, self._parts.model.name)
            memory.steps.add(turn.session, failed)
        if text := clean_text("".join(turn.partial)):
            memory.steps.add_partial(turn.session, turn.id, number, AssistantMessage(text))


def record_page(memory: Memory, turn: TurnState) -> None:
    """Record what was offered for the user's message, once, with the first step that saw it."""
    if turn.page_due:
        memory.retrievals.record(turn.id, None, "page_in", turn.message.text[:MAX_QUERY], turn.page.offered)


def _answer(turn: TurnState, events: tuple[Event, ...]) -> Answer:
    retrieved = {hit.id: hit for hit in [*turn.page.hits, *turn.found]}
    return Answer(
        text=turn.text,
        turn=turn.id,
        session=turn.session,
        steps=turn.totals.steps,
        events=events,
        memory=tuple(turn.changes),
        retrieved=tuple(retrieved.values()),
        usage=turn.usage,
        finish=turn.finish,
        stopped=turn.stopped,
    )
