"""The vector index in Chroma: one collection per agent and tier, with ids and vectors only.

Chroma 1.5.9 survives neither kill -9 nor a second process (both measured), and a damaged file makes it crash or answer
wrongly. So a file lock gives the index one owner, each generation has its own directory, the checksums of its files are
compared before it is opened, a child process probes it after an unclean stop, and if anything is wrong a new generation
is filled from the vectors in SQL.
"""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from carrel.errors import CarrelError, StoreFailed
from carrel.imports import importing
from carrel.memory.db.file_lock import take_file
from carrel.memory.indexing.chroma.checksums import MARKER, checksums, compare, flush_files
from carrel.memory.indexing.chroma.probe import probe
from carrel.memory.indexing.vector_index import AgentTier, IndexBroken, IndexRecord, IndexState
from carrel.memory.values import Tier
from carrel.protocols import Vectors

if TYPE_CHECKING:
    from filelock import BaseFileLock

BATCH = 500
"""Chroma accepts 5,461 rows at once; smaller batches keep pauses short."""

SEARCH_WIDTH = 200
BUILD_WIDTH = 200
LINKS = 32
"""`ef_search`, `ef_construction` and `max_neighbors`: Chroma's 100, 100 and 16 lose neighbours of real embeddings."""


class ChromaIndex:
    """The index of one home."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder
        self._key = "".join(character for character in fingerprint if character.isalnum())[-24:].lower()
        self._lock: BaseFileLock | None = None
        self._client: Any = None
        self._collections: dict[str, Any] = {}
        self._count_bounds: dict[str, tuple[int, int]] = {}
        """The bounds of the number of vectors in each collection: Chroma's own count takes 7 ms at 100,000."""
        self._record: IndexRecord | None = None
        self.generation = ""

    @property
    def is_open(self) -> bool:
        """Whether this process owns the index and can query it."""
        return self._client is not None

    def open(self, record: IndexRecord) -> bool:
        """Become the owner and open the newest generation; return False if another process owns the index.

        A generation is used if its files are as they were left, or if a probe has read all of it. Raise IndexBroken.
        """
        if self._client is not None:
            return True
        try:
            if not self._take_lock():
                return False
            self.generation, self._record = self._choose_generation(record), record
            path = self._prepare_generation()
        except (OSError, StoreFailed) as error:
            raise IndexBroken(f"The index cannot be opened: {error}.", "Search goes on without it.") from error
        with _explained():
            self._client = _open_client(path)
        return True

    def examine(self, record: IndexRecord) -> IndexState:
        """Read the whole index and return its state."""
        if self._client is not None or not self._folder.is_dir():
            return "in use" if self._client is not None else "not built"
        try:
            if not self._take_lock():
                return "in use"
            mine = [path for path in self._generations() if path.name.endswith(f"-{self._key}")]
            if not mine:
                return "not built"
            if (unchanged := _is_unchanged(mine[-1], record)) is not None:
                return "sound" if unchanged else "damaged"
            with tempfile.TemporaryDirectory(prefix="carrel-index-") as folder:  # a probe writes
                copy = shutil.copytree(mine[-1], Path(folder) / mine[-1].name)
                return "sound" if _passes_probe(copy, record) else "damaged"
        except (OSError, StoreFailed):  # such as in a home that can only be read
            return "not readable"
        finally:
            self._release()

    def upsert(self, agent_id: int, tier: Tier, numbers: Sequence[int], matrix: Vectors) -> None:
        """Add at least one vector by its number, or replace it. Raise IndexBroken."""
        name = _collection_name(agent_id, tier)
        self._widen_bounds(name, fewer=0, more=len(numbers))
        with _explained():
            collection = self._collection(name)
            for start in range(0, len(numbers), BATCH):
                ids = [str(number) for number in numbers[start : start + BATCH]]
                collection.upsert(ids=ids, embeddings=matrix[start : start + BATCH])

    def remove(self, agent_id: int, tier: Tier, numbers: Sequence[int]) -> None:
        """Remove at least one vector. Raise IndexBroken."""
        name = _collection_name(agent_id, tier)
        self._widen_bounds(name, fewer=len(numbers), more=0)
        with _explained():
            collection = self._collection(name)
            for start in range(0, len(numbers), BATCH):
                collection.delete(ids=[str(number) for number in numbers[start : start + BATCH]])

    def nearest(self, agent_id: int, tier: Tier, query: Vectors, limit: int) -> list[tuple[int, float]]:
        """Return the number and the cosine of each of the vectors nearest to a query. Raise IndexBroken."""
        with _explained():
            collection = self._collection(_collection_name(agent_id, tier))
            found = collection.query(query_embeddings=[query], n_results=limit, include=["distances"])
        return [(int(n), 1.0 - float(d)) for n, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def count(self, agent_id: int, tier: Tier) -> int:
        """Return how many vectors an agent has in a tier. Raise IndexBroken."""
        name = _collection_name(agent_id, tier)
        with _explained():
            found = int(self._collection(name).count())
        self._count_bounds[name] = (found, found)
        return found

    def has_more_than(self, agent_id: int, tier: Tier, number: int) -> bool:
        """Return whether an agent has more than this number of vectors in a tier. Raise IndexBroken."""
        low, high = self._count_bounds.get(_collection_name(agent_id, tier), (0, number + 1))
        return low > number or (high > number and self.count(agent_id, tier) > number)

    def keep_only(self, agents: Collection[int]) -> None:
        """Remove the collections of all other agents. Raise IndexBroken."""
        client = self._opened()
        with _explained():
            for collection in client.list_collections():
                if _agent_tier(collection.name)[0] not in agents:
                    client.delete_collection(collection.name)
                    self._collections.pop(collection.name, None)
                    self._count_bounds.pop(collection.name, None)

    def discard(self) -> bool:
        """Delete all generations, so that the next `open` starts a new one; return False if another process owns it.

        Chroma keeps deleted vectors in its files, and a vector tells much about its text.
        """
        if not self._folder.is_dir():
            return True
        if not self._take_lock():
            return False
        if (client := self._client) is not None:
            self._forget_client()
            client.close()
        for path in self._generations():
            shutil.rmtree(path, ignore_errors=True)
        self._release()
        return True

    def abandon(self) -> None:
        """Delete the generation and give up ownership; the next `open` starts a new generation."""
        self._forget_client()
        if self.generation:
            shutil.rmtree(self._folder / self.generation, ignore_errors=True)
        self._release()

    def close(self) -> None:
        """Close cleanly and record the checksums of the files, so that the next start can trust this generation."""
        try:
            if (client := self._client) is not None:
                self._forget_client()
                client.close()
                with suppress(OSError, CarrelError):  # the marker remains, so the next start probes the index
                    self._seal(self._folder / self.generation)
        finally:
            self._release()

    def _seal(self, path: Path) -> None:
        flush_files(path)
        assert self._record is not None
        self._record.save_checksums(path.name, checksums(path))
        (path / MARKER).unlink(missing_ok=True)

    def _forget_client(self) -> None:
        self._client = None
        self._collections.clear()
        self._count_bounds.clear()

    def _take_lock(self) -> bool:
        """Become the owner; return False if another process is."""
        if self._lock is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = take_file(self._folder / "lock", wait=False)
        return self._lock is not None

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _widen_bounds(self, name: str, *, fewer: int, more: int) -> None:
        """Widen the bounds of a collection's size by what is removed or added."""
        if (known := self._count_bounds.get(name)) is not None:
            self._count_bounds[name] = (max(0, known[0] - fewer), known[1] + more)

    def _generations(self) -> list[Path]:
        """Return the folders of all generations, oldest first."""
        return sorted((path for path in self._folder.glob("g*-*") if path.is_dir()), key=_generation_number)

    def _choose_generation(self, record: IndexRecord) -> str:
        """Return the name of the generation to open; delete those of another model and those that are not sound.

        A name is never reused, even if the folder was deleted, because SQL refers to generations by name.
        """
        found = self._generations()
        last = _generation_number(found[-1]) if found else 0
        mine = [path for path in found if path.name.endswith(f"-{self._key}")]
        kept = mine[-1] if mine and _is_sound(mine[-1], record) else None
        for path in found:
            if path != kept:
                shutil.rmtree(path, ignore_errors=True)
        return kept.name if kept else f"g{last + 1}-{token_hex(4)}-{self._key}"

    def _prepare_generation(self) -> Path:
        """Create the folder and the file `open` in it, which remains if the process is killed."""
        path = self._folder / self.generation
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        marker = os.open(path / MARKER, os.O_CREAT | os.O_WRONLY, 0o600)
        os.fsync(marker)
        os.close(marker)
        return path

    def _opened(self) -> Any:
        """Return the client. Raise IndexBroken if another thread has closed the index."""
        if (client := self._client) is None:
            raise IndexBroken("The index is not open.", "Search goes on without it.")
        return client

    def _collection(self, name: str) -> Any:
        client = self._opened()
        if (known := self._collections.get(name)) is not None:
            return known
        shape = {
            "space": "cosine",
            "ef_search": SEARCH_WIDTH,
            "ef_construction": BUILD_WIDTH,
            "max_neighbors": LINKS,
        }
        made = client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": shape})
        self._collections[name] = made
        return made


@contextmanager
def _explained() -> Iterator[None]:
    """Turn an error of Chroma into IndexBroken. Its Rust bindings raise ChromaError for every failure.

    For wrong arguments they raise ValueError and TypeError; those are mistakes of the caller and are not caught.
    """
    with importing("chromadb"):
        from chromadb.errors import ChromaError

    try:
        yield
    except ChromaError as error:
        raise IndexBroken(f"The index failed: {error}.", "It is rebuilt from the database.") from error


def _open_client(path: Path) -> Any:
    with importing("chromadb"):
        import chromadb
        from chromadb.config import Settings

    return chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))


def _collection_name(agent_id: int, tier: Tier) -> str:
    return f"agent{agent_id}-{tier}"


def _agent_tier(name: str) -> AgentTier:
    """Return the agent and the tier in the name of a collection."""
    agent, tier = name.removeprefix("agent").split("-")
    return int(agent), "recall" if tier == "recall" else "archival"


def _is_sound(path: Path, record: IndexRecord) -> bool:
    """Return whether a generation may be opened: its files are as they were left, or a probe has read all of it."""
    unchanged = _is_unchanged(path, record)
    return _passes_probe(path, record) if unchanged is None else unchanged


def _is_unchanged(path: Path, record: IndexRecord) -> bool | None:
    """Return whether the files of a generation are as they were left; None if nobody knows.

    Earlier versions recorded no checksums, and after an unclean stop those of the last clean one say nothing.
    """
    known = record.checksums(path.name)
    if known is None or (path / MARKER).exists():
        return None
    return compare(known, checksums(path))


def _passes_probe(path: Path, record: IndexRecord) -> bool:
    """Return whether a generation can be read, contains what it was given and finds a sample of it."""
    samples = {_collection_name(*key): matrix.tolist() for key, matrix in record.sample(path.name).items()}
    counts = probe(path, samples)
    return counts is not None and record.is_complete(path.name, {_agent_tier(name): n for name, n in counts.items()})


def _generation_number(path: Path) -> int:
    digits = path.name[1:].split("-")[0]
    return int(digits) if digits.isdigit() else 0
