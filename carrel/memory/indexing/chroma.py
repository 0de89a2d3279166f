"""The vector index: Chroma, one collection per agent and tier, ids and vectors only. Derived, never the truth.

Chroma 1.5.9 is neither safe against kill -9 nor against a second process (both measured), so: one owner by a file
lock, a directory per generation, after an unclean stop a probe in a child process, and a fresh generation filled
from the vectors in SQL wherever anything is wrong.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

from carrel.errors import OperatorError
from carrel.memory.indexing.probe import probe
from carrel.memory.values import Tier
from carrel.protocols import Vectors

BATCH = 500
"""Chroma takes 5,461 rows at once; small batches keep the pause of a chat short."""

SEARCH_WIDTH = 200
BUILD_WIDTH = 200
LINKS = 32
"""`ef_search`, `ef_construction` and `max_neighbors`: Chroma's 100, 100 and 16 lose neighbours of real embeddings."""


class IndexBroken(OperatorError):
    """The index failed; search goes on by exact scan, and the next generation is built from SQL."""

    code = "index_broken"


class Index:
    """The index of one home, for the process that owns it."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder
        self._key = "".join(character for character in fingerprint if character.isalnum())[-24:].lower()
        self._lock: IO[str] | None = None
        self._client: Any = None
        self._collections: dict[str, Any] = {}
        self._between: dict[str, tuple[int, int]] = {}
        """How many vectors each collection holds at least and at most: to ask Chroma takes 7 ms at 100,000."""
        self.generation = ""

    @property
    def is_open(self) -> bool:
        """Whether this process owns the index and can query it."""
        return self._client is not None

    def open(self, sound: Callable[[str, Mapping[str, int]], bool]) -> bool:
        """Become the owner and open the newest generation; False where another process owns the index.

        After an unclean stop `sound` is asked whether the counts that a probe read are those that SQL expects.
        """
        if self._client is not None:
            return True
        with self._guarded():
            if self._lock is None and not self._take_lock():
                return False
            self._open_generation(self._usable_generation(sound))
        return True

    def upsert(self, agent_id: int, tier: Tier, numbers: Sequence[int], matrix: Vectors) -> None:
        """Add vectors by their numbers; those already there are replaced. Raise IndexBroken."""
        with self._guarded():
            collection = self._collection(agent_id, tier)
            self._widen(collection.name, 0, len(numbers))
            for start in range(0, len(numbers), BATCH):
                ids = [str(number) for number in numbers[start : start + BATCH]]
                collection.upsert(ids=ids, embeddings=matrix[start : start + BATCH])

    def remove(self, agent_id: int, tier: Tier, numbers: Sequence[int]) -> None:
        """Take vectors out. Raise IndexBroken."""
        with self._guarded():
            collection = self._collection(agent_id, tier)
            self._widen(collection.name, len(numbers), 0)
            for start in range(0, len(numbers), BATCH):
                collection.delete(ids=[str(number) for number in numbers[start : start + BATCH]])

    def nearest(self, agent_id: int, tier: Tier, query: Vectors, limit: int) -> list[tuple[int, float]]:
        """Return (number, cosine) of the vectors nearest to a query. Raise IndexBroken."""
        with self._guarded():
            collection = self._collection(agent_id, tier)
            found = collection.query(query_embeddings=[query], n_results=limit, include=["distances"])
            return [(int(n), 1.0 - float(d)) for n, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def count(self, agent_id: int, tier: Tier) -> int:
        """Return the number of vectors in a collection. Raise IndexBroken."""
        with self._guarded():
            collection = self._collection(agent_id, tier)
            found = int(collection.count())
            self._between[collection.name] = (found, found)
            return found

    def holds_over(self, agent_id: int, tier: Tier, number: int) -> bool:
        """Return whether a collection holds more than so many vectors. Raise IndexBroken."""
        least, most = self._between.get(_name(agent_id, tier), (0, number + 1))
        return least > number or (most > number and self.count(agent_id, tier) > number)

    def keep_only(self, agents: Collection[int]) -> None:
        """Remove the collections of all other agents. Raise IndexBroken."""
        with self._guarded():
            for collection in self._client.list_collections():
                if int(collection.name.removeprefix("agent").split("-")[0]) not in agents:
                    self._client.delete_collection(collection.name)
                    self._collections.pop(collection.name, None)
                    self._between.pop(collection.name, None)

    def abandon(self) -> None:
        """Give the generation up; the next `open` starts a new one. The lock is kept, unless its file is gone."""
        self._collections.clear()
        self._between.clear()
        self._client = None
        if self.generation:
            shutil.rmtree(self._folder / self.generation, ignore_errors=True)
        if self._lock is not None and not _is_same_file(self._lock, self._folder / "lock"):
            self._lock.close()
            self._lock = None

    def close(self) -> None:
        """Close cleanly: the next start may trust this generation."""
        if self._client is not None:
            self._collections.clear()
            self._client.close()
            self._client = None
            (self._folder / self.generation / "open").unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _widen(self, name: str, fewer: int, more: int) -> None:
        """Note that a collection may now hold so many fewer, or more."""
        if (known := self._between.get(name)) is not None:
            self._between[name] = (max(0, known[0] - fewer), known[1] + more)

    def _take_lock(self) -> bool:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (self._folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    def _usable_generation(self, sound: Callable[[str, Mapping[str, int]], bool]) -> str:
        """Return the generation to open; those of another model, and those that are not sound, are thrown away.

        A name is never used twice, even where the folder was deleted: marks in SQL speak of generations by name.
        """
        found = sorted((path for path in self._folder.glob("g*-*") if path.is_dir()), key=_number)
        last = _number(found[-1]) if found else 0
        mine = [path for path in found if path.name.endswith(f"-{self._key}")]
        kept = mine[-1] if mine and _is_sound(mine[-1], sound) else None
        for path in found:
            if path != kept:
                shutil.rmtree(path, ignore_errors=True)
        return kept.name if kept else f"g{last + 1}-{token_hex(4)}-{self._key}"

    def _open_generation(self, name: str) -> None:
        import chromadb
        from chromadb.config import Settings

        path = self._folder / name
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        marker = os.open(path / "open", os.O_CREAT | os.O_WRONLY, 0o600)
        os.fsync(marker)
        os.close(marker)
        self.generation = name
        with self._guarded():
            self._client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))

    def _collection(self, agent_id: int, tier: Tier) -> Any:
        if self._client is None:
            raise IndexBroken("The index is not open.", "Search goes on without it.")
        name = _name(agent_id, tier)
        if name not in self._collections:
            shape = {
                "space": "cosine",
                "ef_search": SEARCH_WIDTH,
                "ef_construction": BUILD_WIDTH,
                "max_neighbors": LINKS,
            }
            self._collections[name] = self._client.get_or_create_collection(
                name, embedding_function=None, configuration={"hnsw": shape}
            )
        return self._collections[name]

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Turn whatever Chroma raises into IndexBroken."""
        from chromadb.errors import ChromaError

        try:
            yield
        except (ChromaError, ValueError, RuntimeError, OSError, AttributeError) as error:
            raise IndexBroken(f"The index failed: {error}.", "It is rebuilt from the database.") from error


def _name(agent_id: int, tier: Tier) -> str:
    return f"agent{agent_id}-{tier}"


def _is_sound(path: Path, sound: Callable[[str, Mapping[str, int]], bool]) -> bool:
    """Return whether a generation may be opened: closed cleanly, or read through by a probe."""
    if not (path / "open").exists():
        return True
    counts = probe(path)
    return counts is not None and sound(path.name, counts)


def _is_same_file(held: IO[str], path: Path) -> bool:
    """Return whether an open file is still the one that stands there."""
    try:
        return os.fstat(held.fileno()).st_ino == path.stat().st_ino
    except OSError:
        return False


def _number(path: Path) -> int:
    digits = path.name[1:].split("-")[0]
    return int(digits) if digits.isdigit() else 0
