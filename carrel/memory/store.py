"""The store: one home's database, index and background worker, and each agent's memory in it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import Connection

from carrel.errors import Busy, HomeUnusable
from carrel.memory.db.backup import copy_database
from carrel.memory.db.database import random_id
from carrel.memory.db.open import open_database
from carrel.memory.db.upgrade import upgrade
from carrel.memory.forgetting.bin_items import FORGET
from carrel.memory.forgetting.forget import ForgetReport, Forgetting
from carrel.memory.indexing.chroma.index import ChromaIndex
from carrel.memory.indexing.fts5 import Fts5
from carrel.memory.indexing.stale_words import StaleWords
from carrel.memory.journal import events, history, savepoint, undo
from carrel.memory.journal.history import BlameLine, PastMemory
from carrel.memory.journal.request_log import RequestLog
from carrel.memory.journal.retrievals import Retrievals
from carrel.memory.journal.savepoint import Savepoint
from carrel.memory.journal.scope import Scope
from carrel.memory.journal.undo import ReversedTurn
from carrel.memory.search.engines import Engines, create_engines
from carrel.memory.search.search import Search
from carrel.memory.tiers import leases
from carrel.memory.tiers.agents import Agents
from carrel.memory.tiers.archival import Archival
from carrel.memory.tiers.core import Core, NewBlock
from carrel.memory.tiers.recall import Recall
from carrel.memory.tiers.session_state import load_session_state
from carrel.memory.tiers.sessions import Sessions
from carrel.memory.turns.calls import Calls, Effect
from carrel.memory.turns.lifecycle import Turns
from carrel.memory.turns.queue import Queue
from carrel.memory.turns.review_cursor import ReviewCursor
from carrel.memory.turns.steps import Steps
from carrel.memory.turns.withheld import Withheld
from carrel.memory.values import Counts, MemoryEvent, SessionState, StoredMessage, Tier, TurnCall
from carrel.messages import ToolResult
from carrel.protocols import Clock, Embedder, TokenCounter

Begun = TypeVar("Begun")


class Memory:
    """One agent's memory: core, recall, archival, and its turns.

    Each operation is a transaction of its own, except within `transaction`, where all of them are one.
    """

    def __init__(self, scope: Scope, agents: Agents, engines: Engines) -> None:
        self.scope = scope
        self._agents = agents
        self._engines = engines
        self.search = Search(scope, engines)
        self.core = Core(scope)
        self.sessions = Sessions(scope)
        self.recall = Recall(scope, self.sessions, self.search)
        self.archival = Archival(scope, self.search)
        self.queue = Queue(scope, self.recall)
        self.steps = Steps(scope, self.queue)
        self.calls = Calls(scope, self.recall, self.queue)
        self.turns = Turns(scope, self.sessions, self.recall, self.queue, self.calls)
        self.retrievals = Retrievals(scope)
        self.request_log = RequestLog(scope)
        self.review_cursor = ReviewCursor(scope)
        self.withheld = Withheld(scope)
        self.forgetting = Forgetting(scope, engines.discard_index)

    @property
    def counter(self) -> TokenCounter:
        """The counter of the tokens of stored texts."""
        return self.scope.counter

    def now(self) -> datetime:
        """Return the present moment."""
        return self.scope.now()

    @property
    def zone(self) -> tzinfo | None:
        """The time zone in which people and models read times; None for the zone of this machine."""
        return self.scope.clock.zone

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the clock's zone, as people and models read it."""
        return self.scope.local(moment)

    @contextmanager
    def transaction(self) -> Iterator["Memory"]:
        """Give this memory within one transaction, which commits at the end of the block and rolls back on an error.

        Within a transaction it gives the same one. Until the block ends, write by no other memory of this home, and
        call no model or embedder.

        Raises:
            UsageError: the caller has another transaction open.
        """
        with self.scope.bound() as scope:
            yield self._within(scope)

    def attempt(self, run: Callable[["Memory"], ToolResult]) -> ToolResult:
        """Run a call with this memory, and undo what it changed where it fails or raises.

        The memory that `run` receives is closed once `run` returns: a call that ran out of time and goes on in its
        thread can change nothing more.
        """
        return self.scope.attempt(lambda scope: run(self._within(scope)))

    def execute(
        self,
        call: TurnCall,
        effect: Effect,
        run: Callable[["Memory"], ToolResult],
        record: Callable[["Memory"], None] = lambda memory: None,
    ) -> StoredMessage:
        """Execute a call once with this memory, and store its result; see `Calls.execute`."""
        return self.calls.execute(
            call, effect, lambda scope: run(self._within(scope)), lambda scope: record(self._within(scope))
        )

    @contextmanager
    def lease(self, begin: Callable[["Memory"], Begun], spare: str | None = None) -> Iterator[Begun]:
        """Reserve the agent for one turn, and yield what `begin` returns, which runs in the same transaction.

        Turns that a stopped program left running are closed first, except those of the session `spare`.

        Raises:
            Busy: another turn of this agent goes on, here or in another live process.
            NotFound: the agent was removed.
        """
        with ExitStack() as ending:
            with self.transaction() as memory:
                lease = leases.take(memory.scope)
                ending.callback(self._release, lease)
                memory.turns.recover(spare)
                begun = begin(memory)
            yield begun

    @property
    def is_busy(self) -> bool:
        """Whether a turn of the agent goes on, here or in another live process."""
        with self.scope.read() as connection:
            return leases.is_held(connection, self.scope.agent_id)

    def session_state(self, session: str) -> SessionState:
        """Return what main context shows of a session besides its queue. Raise NotFound."""
        with self.scope.read() as connection:
            return load_session_state(connection, self.scope.agent_id, session)

    def counts(self) -> Counts:
        """Return how much the agent remembers."""
        return self._agents.counts(self.scope.agent_id)

    def complete(self, turn: str, changes: Sequence[MemoryEvent] = ()) -> None:
        """Close a turn that was answered, and release the agent; `changes` are those that the turn made in memory."""
        with self.transaction() as memory:
            if any(change.op == FORGET for change in changes):
                memory.forgetting.hide_echoes(turn)
            memory.turns.end(turn, "complete")
            leases.release(memory.scope, leases.current(self.scope))

    def history(self, tier: Tier, reference: str) -> list[MemoryEvent]:
        """Return every change of a block, message or passage, oldest first."""
        with self.scope.read() as connection:
            return events.of_memory(connection, self.scope.agent_id, tier, reference)

    def undo(self, turn: str | None = None) -> ReversedTurn:
        """Undo the newest turn: its messages and all that it changed in memory, in one transaction.

        Raises:
            Busy: the agent is answering a message.
            NotFound: there is no turn.
            Conflict: `turn` is not the newest one, or what it changed was changed since.
        """
        with self._idle() as (memory, connection):
            return undo.undo(memory.scope, connection, turn)

    def redo(self) -> ReversedTurn:
        """Redo the turn that was undone last.

        Raises:
            Busy: the agent is answering a message.
            NotFound: no turn was undone.
            Conflict: a turn was made since, or what the turn changed was changed since.
        """
        with self._idle() as (memory, connection):
            return undo.redo(memory.scope, connection)

    def blame(self, label: str) -> list[BlameLine]:
        """Return the lines of a block, each with the change that wrote it. Raise NotFound."""
        return history.blame(self.core[label].value, self.history("core", label))

    def at(self, moment: datetime) -> PastMemory:
        """Return core and archival memory as they were at a moment."""
        with self.scope.read() as connection:
            return history.memory_at(connection, self.scope, moment)

    def savepoint(self) -> Savepoint:
        """Return the present state of this agent's memory, for `restore`."""
        return savepoint.take(self.scope)

    def restore(self, point: Savepoint) -> None:
        """Undo all that happened to this agent's memory since a savepoint, whoever did it."""
        savepoint.restore(self.scope, point)

    def notify(self) -> None:
        """Tell the background worker that there are texts to embed."""
        if self._engines.vectors is not None:
            self._engines.vectors.indexer.notify(self.scope.agent_id)

    def embed_now(self, progress: Callable[[int], None] = lambda done: None) -> int:
        """Embed and index all that waits in the home, this agent's rows first; return the number of rows."""
        vectors = self._engines.vectors
        return vectors.indexer.drain(progress, self.scope.agent_id) if vectors else 0

    @contextmanager
    def _idle(self) -> Iterator[tuple["Memory", Connection]]:
        """Give this memory and its connection within a transaction. Raise Busy where a turn of the agent goes on."""
        with self.transaction() as memory, memory.scope.write() as connection:
            if leases.is_held(connection, self.scope.agent_id):
                raise Busy(f"Agent '{self.scope.agent}' is answering a message.", "Try again in a moment.")
            yield memory, connection

    def _within(self, scope: Scope) -> "Memory":
        return self if scope is self.scope else Memory(scope, self._agents, self._engines)

    def _release(self, lease: str) -> None:
        """Release the agent, unless its turn was completed and another one may have begun."""
        if leases.current(self.scope) == lease:
            leases.end(self.scope)  # first: should the database fail, the next turn sees that nobody has the agent
            leases.release(self.scope, lease)


class Store:
    """The database and indexes of one home, and the memory of each of its agents."""

    def __init__(
        self,
        home: Path,
        clock: Clock,
        counter: TokenCounter,
        embedder: Embedder | None,
        new_id: Callable[[str], str] = random_id,
    ) -> None:
        self.database = open_database(home, new_id)
        upgrade(self.database)
        self.fulltext = Fts5()
        self.stale_words = StaleWords(self.database, self.fulltext)
        self.agents = Agents(self.database, self.fulltext, clock)
        self._clock = clock
        self.counter = counter
        self._embedder = embedder
        index = ChromaIndex(home / "index", embedder.fingerprint if embedder else "none")
        self.engines = create_engines(self.database, embedder, index)

    def memory(self, agent: str, blocks: Sequence[NewBlock] | None = None) -> Memory:
        """Return an agent's memory; with `blocks`, the agent is created where it does not exist.

        Raises:
            NotFound: the agent does not exist, and `blocks` is None.
        """
        agent_id = self.agents.require(agent) if blocks is None else self.agents.make(agent, blocks)
        scope = Scope(self.database, self.fulltext, agent_id, agent, self._clock, self.counter)
        return Memory(scope, self.agents, self.engines)

    def remove_agent(self, name: str) -> ForgetReport:
        """Remove an agent and everything that it remembers, and rewrite the files so that nothing of it is left.

        Raises:
            Busy: it is answering a message.
            NotFound: it does not exist.
        """
        forgetting = self.memory(name).forgetting
        cascade = forgetting.everything()
        self.agents.remove(name)
        return forgetting.finish(cascade)

    def branch(self, home: Path, clock: Clock) -> "Store":
        """Return a store over a copy of the database in another home; what is not committed is not in it."""
        copy_database(self.database, home / "carrel.db")
        copied = Store(home, clock, self.counter, self._embedder, self.database.new_id)
        copied.agents.drop_leases()
        return copied

    def start(self) -> None:
        """Start to embed, and to renew old words, in the background, after erasing what was in the bin for long."""
        for info in self.agents.all():
            with suppress(Busy, HomeUnusable):  # the next start does it
                self.memory(info.name).forgetting.purge_expired()
        self.stale_words.start()
        if self.engines.vectors is not None:
            self.engines.vectors.indexer.start()

    def waiting(self) -> int:
        """Return how many rows wait to be embedded."""
        return self.engines.vectors.outbox.count() if self.engines.vectors else 0

    def embed_now(self, progress: Callable[[int], None] = lambda done: None) -> int:
        """Embed and index all that waits, here and now, and return the number of rows."""
        return self.engines.vectors.indexer.drain(progress) if self.engines.vectors else 0

    def close(self) -> None:
        """Stop the background workers and close everything."""
        self.stale_words.stop()
        self.engines.close()
        self.database.close()
