"""An agent and its sessions, as programs use them."""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from carrel.agent.consolidation import Consolidation, PortionReview
from carrel.agent.events import Answer, Event, QueueFlushed
from carrel.agent.recap import Recap, recap
from carrel.agent.rule_consolidation import RuleConsolidation
from carrel.agent.turn.loop import Loop
from carrel.agent.turn.parts import LoopParts
from carrel.errors import DoesNotFit, ModelFailed, NotFound, OperatorError, UsageError, UserError
from carrel.memory.forgetting.forget import ForgetReport
from carrel.memory.forgetting.selection import Selection
from carrel.memory.store import Memory
from carrel.memory.tiers.archival import Archival
from carrel.memory.tiers.core import Core
from carrel.memory.tiers.recall import Recall
from carrel.memory.tiers.sessions import Sessions
from carrel.memory.values import Cause, Counts
from carrel.text import clean_text

Opened = TypeVar("Opened")

MAX_MESSAGE = 200_000
"""Characters of one message; what is longer is a document."""


class Agent:
    """A named assistant with its own memory."""

    def __init__(
        self,
        *,
        name: str,
        memory: Memory,
        parts: Callable[[], LoopParts],
        branch: "Callable[[], AbstractContextManager[Agent]]",
        consolidation: Callable[[], Consolidation | RuleConsolidation],
        consolidates: bool = False,
    ) -> None:
        self.name = name
        self.memory = memory
        self.consolidates = consolidates
        self._make_parts = parts
        self._branch = branch
        self._make_consolidation = consolidation

    @property
    def core(self) -> Core:
        """Core memory: `agent.core["human"].value`."""
        return self.memory.core

    @property
    def recall(self) -> Recall:
        """Every message ever exchanged."""
        return self.memory.recall

    @property
    def archival(self) -> Archival:
        """Facts and documents."""
        return self.memory.archival

    @property
    def sessions(self) -> Sessions:
        """The agent's conversations."""
        return self.memory.sessions

    @property
    def interrupted_session(self) -> str | None:
        """The session of a turn that a stopped program left unfinished; None where there is none, or it still runs."""
        return None if self.memory.is_busy else self.memory.turns.running_session()

    @property
    def counts(self) -> Counts:
        """How much the agent remembers."""
        return self.memory.counts()

    def consolidate(self) -> Iterator[PortionReview]:
        """Review what was said since the last time and put memory in order, portion by portion.

        Raises:
            Busy: somebody else consolidates this agent; nothing was asked.
            NotConfigured: the language model that is connected calls no tools.
            DoesNotFit: the window or `consolidate_tokens` is too small for a review of one message.
            OperatorError: the model or the store failed; what was done stays, and the next run goes on there.
        """
        yield from self._make_consolidation().run()

    def forget(
        self,
        *ids: str,
        query: str = "",
        session: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        speaker: str | None = None,
        turn: str | None = None,
        hard: bool = False,
    ) -> ForgetReport:
        """Forget memories, with all that quotes them: what has one of the ids, or meets all other conditions.

        `turn`, an id or `last`, is what a turn left on the screen: what was said in it, what it wrote, and the memories
        that its answer used.

        What is forgotten is in the bin for 30 days, from which `memory.forgetting.restore` takes it; with `hard` it is
        erased for good, everywhere.

        Raises:
            Busy: the agent is answering a message.
            NotFound: an id is unknown, or nothing meets the conditions.
            UsageError: there are neither ids nor conditions, or an id begins several.
        """
        found = self.sessions.find(session) if session else None
        on_screen = self.memory.request_log.find_turn(turn) if turn else None
        selection = Selection(ids, query, found, since, until, speaker, on_screen)
        forgetting = self.memory.forgetting
        return forgetting.erase(selection, Cause("user")) if hard else forgetting.forget(selection, Cause("user"))

    def session(self, reference: str | None = None, *, name: str | None = None) -> "Session":
        """Start a session, or resume one by `last`, its id, a prefix of it, or its name. Raise NotFound, UsageError.

        A new session has the name `name`, if one is given, from its first message on.
        """
        found = self.memory.sessions.find(reference) if reference else None
        return Session(found, self, Loop(self._make_parts()), name)

    @contextmanager
    def transaction(self, reference: str | None = None) -> Iterator["Session"]:
        """Open a session that is kept as a whole or, if an exception leaves the block, undone as a whole.

        All that happened to this agent's memory meanwhile is undone: turns, core memory, archival, imports. What a
        tool did to the outside world remains. Raise NotFound, UsageError.
        """
        point = self.memory.savepoint()
        with ExitStack() as undone:
            undone.callback(self.memory.restore, point)
            yield self.session(reference)
            undone.pop_all()

    @contextmanager
    def aside(self, reference: str | None = None) -> Iterator["Session"]:
        """Open a session that leaves no trace in memory, however it ends. Raise NotFound, UsageError."""
        point = self.memory.savepoint()
        try:
            yield self.session(reference)
        finally:
            self.memory.restore(point)

    def branch(self) -> "AbstractContextManager[Agent]":
        """Open a temporary copy of this agent, with a clock of its own; what the copy does does not affect this one.

        `with agent.branch() as twin: …` copies the database into a temporary home, which is removed at the end.
        """
        return self._branch()


class Session:
    """One conversation with an agent; it is created in the database with its first message."""

    def __init__(self, session: str | None, agent: Agent, loop: Loop, name: str | None = None) -> None:
        self._id = session
        self._agent = agent
        self._loop = loop
        self._name = name

    @property
    def agent(self) -> Agent:
        """The agent that takes part in it."""
        return self._agent

    @property
    def id(self) -> str | None:
        """The session's id; None before its first message."""
        return self._id

    @property
    def unfinished(self) -> bool:
        """Whether the session's last turn did not end with a reply; `resume` goes on with it."""
        return self._id is not None and self._agent.memory.turns.is_unfinished(self._id)

    def recap(self) -> Recap:
        """Return what the session was about last, and what is still to be done."""
        return recap(self._agent.recall.of_session(self._id)) if self._id else Recap()

    def suggest_title(self) -> str:
        """Return a title for the session: the language model's, or without one the first sentence.

        Raises:
            NotFound: nothing was said yet.
            OperatorError: the model failed.
        """
        info = next((info for info in self._agent.sessions.all() if info.id == self._id), None)
        if info is None:
            raise NotFound("This session has no message yet.", "Say something first.")
        return self._loop.suggest_title(info.id) or info.title or info.id

    def compact(self) -> QueueFlushed | None:
        """Replace the older messages of main context by a summary now; None where only one turn is there.

        They stay in recall, and the last turn stays as it is.

        Raises:
            Busy: the agent is answering a message.
        """
        if self._id is None:
            return None
        with self._lease(lambda memory, session: session) as session:
            return self._loop.compact(session)

    def send(self, text: str) -> Answer:
        """Send a message and return the answer, once it is on disk.

        Raises:
            UsageError, DoesNotFit: the message is empty or too long; nothing is stored.
            Busy: the agent is answering another message; nothing is stored.
            OperatorError: the model or the store failed; the message is stored.
        """
        for event in self.stream(text):
            if isinstance(event, Answer):
                return event
        raise ModelFailed("The turn ended without an answer.", "Ask again.")

    def stream(self, text: str) -> Generator[Event, None, None]:
        """Send a message and yield what happens, ending with the Answer. Raises as `send` does."""
        cleaned = _checked_message(text)
        prefetched = self._loop.prefetch(cleaned)
        with self._lease(lambda memory, session: self._loop.begin(memory, session, cleaned, prefetched)) as turn:
            yield from self._loop.run(turn)

    def resume(self) -> Generator[Event, None, None]:
        """Go on with the last turn if it failed or was interrupted, yielding what happens.

        Nothing happens if it ended with a reply. What was executed is not executed again. Raises as `send` does.
        """
        if self._id is None:
            return
        with self._lease(lambda memory, session: session, spare=self._id) as session:
            yield from self._loop.resume(session)

    @contextmanager
    def _lease(self, open_turn: Callable[[Memory, str], Opened], spare: str | None = None) -> Iterator[Opened]:
        """Reserve the agent for one turn, and yield what `open_turn` returns for the session's id.

        A turn of the session `spare` that a stopped program left running is not closed, so that it can be resumed.
        """
        memory = self._agent.memory

        def begin(within: Memory) -> tuple[str, Opened]:
            session = self._id or within.sessions.start(self._name)
            return session, open_turn(within, session)

        try:
            with memory.lease(begin, spare) as (self._id, opened):
                yield opened
        finally:
            memory.notify()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the session, unless an exception leaves the block; every turn is on disk already."""
        if error is None:
            self.close()

    def close(self) -> None:
        """End the session: if it is so configured, memory is consolidated now; that it cannot be is no error."""
        if self._agent.consolidates and self._id is not None:
            with suppress(UserError, OperatorError):
                for _ in self._agent.consolidate():
                    pass


def _checked_message(text: str) -> str:
    cleaned = clean_text(text).strip()
    if not cleaned:
        raise UsageError("The message is empty.", "Say something.")
    if len(cleaned) > MAX_MESSAGE:
        raise DoesNotFit(
            f"The message is {len(cleaned)} characters long; the limit is {MAX_MESSAGE}.",
            "Save it to a file and run carrel import --format text FILE.",
        )
    return cleaned
