"""The store: one home's database, index and background worker, and each agent's memory in it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from carrel.memory.db.database import Database, random_id
from carrel.memory.db.upgrade import copy_database, upgrade
from carrel.memory.indexing.chroma import Index
from carrel.memory.indexing.embedding import Embedding
from carrel.memory.indexing.fts5 import Fts5
from carrel.memory.indexing.vectors import VectorStore
from carrel.memory.indexing.worker import Indexer
from carrel.memory.journal import events, savepoint
from carrel.memory.journal.request_log import Windows
from carrel.memory.journal.retrievals import Retrievals
from carrel.memory.journal.savepoint import Savepoint
from carrel.memory.journal.scope import Scope
from carrel.memory.search.search import Engines, Search
from carrel.memory.tiers.agents import Agents
from carrel.memory.tiers.archival import Archival
from carrel.memory.tiers.core import Core, NewBlock
from carrel.memory.tiers.recall import Recall
from carrel.memory.tiers.sessions import Sessions
from carrel.memory.turns.review_cursor import Reviews
from carrel.memory.turns.turns import Turns
from carrel.memory.values import Counts, MemoryEvent, Tier
from carrel.protocols import Clock, Embedder, TokenCounter


class Memory:
    """One agent's memory: core, recall, archival, and the turns that made them."""

    def __init__(self, scope: Scope, agents: Agents, engines: Engines) -> None:
        self.scope = scope
        self._agents = agents
        self._engines = engines
        self.search = Search(scope, engines)
        self.core = Core(scope)
        self.sessions = Sessions(scope)
        self.recall = Recall(scope, self.sessions, self.search)
        self.archival = Archival(scope, self.search)
        self.turns = Turns(scope, self.recall)
        self.retrievals = Retrievals(scope)
        self.windows = Windows(scope)
        self.reviews = Reviews(scope)

    def counts(self) -> Counts:
        """Return how much the agent remembers."""
        return self._agents.counts(self.scope.agent_id)

    def complete(self, turn: str) -> None:
        """Close a turn that was answered, and give the agent back."""
        with self.scope.database.write():
            self.turns.end(turn, "complete")
            self._agents.free(self.scope.agent_id)

    def history(self, tier: Tier, reference: str) -> list[MemoryEvent]:
        """Return every change of a block, message or passage, oldest first."""
        with self.scope.database.read() as connection:
            return events.of_memory(connection, self.scope.agent_id, tier, reference)

    def savepoint(self) -> Savepoint:
        """Note where the memory stands."""
        return savepoint.take(self.scope)

    def restore(self, point: Savepoint) -> None:
        """Undo all that happened to this agent's memory since a savepoint, whoever did it."""
        savepoint.restore(self.scope, point)
        if self._engines.vectors is not None:
            self._engines.vectors.forget_after(self.scope.agent_id, point.vector)

    def notify(self) -> None:
        """Tell the background worker that there is something to embed."""
        if self._engines.indexer is not None:
            self._engines.indexer.notify()


class Store:
    """Everything that a home remembers."""

    def __init__(
        self,
        home: Path,
        clock: Clock,
        counter: TokenCounter,
        embedder: Embedder | None,
        new_id: Callable[[str], str] = random_id,
    ) -> None:
        self.database = Database(home / "carrel.db", new_id)
        upgrade(self.database)
        self.fulltext = Fts5()
        self.agents = Agents(self.database, self.fulltext, clock)
        self._clock = clock
        self._counter = counter
        self._embedder = embedder
        embedding = Embedding(embedder)
        vectors = VectorStore(self.database, embedder) if embedder else None
        index = Index(home / "index", embedder.fingerprint if embedder else "none")
        indexer = Indexer(self.database, embedding, vectors, index) if vectors else None
        self.engines = Engines(embedding, vectors, index, indexer)

    def memory(self, agent: str, blocks: Sequence[NewBlock] | None = None) -> Memory:
        """Return an agent's memory; with `blocks` given the agent is made where it does not exist.

        Raises:
            NotFound: there is no such agent and no blocks to make it with.
        """
        agent_id = self.agents.require(agent) if blocks is None else self.agents.make(agent, blocks)
        scope = Scope(self.database, self.fulltext, agent_id, agent, self._clock, self._counter)
        return Memory(scope, self.agents, self.engines)

    def branch(self, home: Path, clock: Clock) -> "Store":
        """Return a copy of all that is remembered, in a home of its own; turns that go on are not in it."""
        copy_database(self.database, home / "carrel.db")
        copied = Store(home, clock, self._counter, self._embedder, self.database.new_id)
        copied.agents.drop_leases()
        return copied

    def start(self) -> None:
        """Start to embed in the background."""
        if self.engines.indexer is not None:
            self.engines.indexer.start()

    def waiting(self) -> int:
        """Return how many rows wait to be embedded."""
        return self.engines.vectors.waiting() if self.engines.vectors else 0

    def embed_now(self, progress: Callable[[int], None] = lambda done: None) -> int:
        """Embed and index all that waits, here and now, and return the number of rows."""
        return self.engines.indexer.drain(progress) if self.engines.indexer else 0

    def close(self) -> None:
        """Stop the background worker and close everything."""
        if self.engines.indexer is not None:
            self.engines.indexer.stop()
        self.engines.beside.shutdown()
        self.engines.embedding.close()
        self.database.close()
