"""The engines that embed, store and search vectors. All agents of a home share them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from carrel.memory.db.database import Database
from carrel.memory.indexing.embedding import Embedding
from carrel.memory.indexing.exact_scan import ExactScan
from carrel.memory.indexing.index_sync import IndexSync
from carrel.memory.indexing.outbox import Outbox
from carrel.memory.indexing.progress import IndexProgress
from carrel.memory.indexing.vector_index import VectorIndex
from carrel.memory.indexing.vectors import VectorStore
from carrel.memory.indexing.worker import Indexer
from carrel.protocols import Embedder


@dataclass(frozen=True, slots=True)
class VectorEngines:
    """The engines for the vectors of one embedder."""

    store: VectorStore
    outbox: Outbox
    scan: ExactScan
    index_sync: IndexSync
    indexer: Indexer


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of a home."""

    embedding: Embedding
    index: VectorIndex
    vectors: VectorEngines | None
    """None if there is no embedder."""
    executor: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "carrel-query"))
    """Runs the embedder and the index while SQL is searched by words; both release Python's global lock."""

    def discard_index(self) -> bool:
        """Delete the index, so that it is built anew from SQL; return False if another process owns it."""
        return self.index.discard() if self.vectors is None else self.vectors.index_sync.discard()

    def close(self) -> None:
        """Stop the background thread, wait for running queries, and close the index."""
        stopped = self.vectors is None or self.vectors.indexer.stop()
        self.executor.shutdown()
        if stopped:
            self.index.close()
        self.embedding.close()


def create_engines(database: Database, embedder: Embedder | None, index: VectorIndex) -> Engines:
    """Create the engines of a home, with or without an embedder."""
    embedding = Embedding(embedder)
    if embedder is None:
        return Engines(embedding, index, None)
    store = VectorStore(embedder)
    outbox = Outbox(database, store)
    index_sync = IndexSync(database, index, IndexProgress(database, store))
    indexer = Indexer(embedding, outbox, index_sync)
    return Engines(embedding, index, VectorEngines(store, outbox, ExactScan(store), index_sync, indexer))
