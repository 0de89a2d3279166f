"""The vector index: Chroma, one collection per agent and tier, ids and vectors only. Derived, never the truth.

Chroma 1.5.9 is neither safe against kill -9 nor against a second process (both measured), so: one owner by a file
lock, a directory per generation, and after an unclean stop a fresh generation filled from the vectors in SQL.
"""

import fcntl
import os
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import IO, Any

from carrel.memory.values import Tier
from carrel.protocols import Vectors

BATCH = 500
"""Chroma takes 5,461 rows at once; small batches keep the pause of a chat short."""

SEARCH_WIDTH = 200
"""`ef_search`: how many candidates a query keeps; Chroma's default of 100 loses neighbours."""


class Index:
    """The index of one home, for the process that owns it."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder
        self._key = "".join(character for character in fingerprint if character.isalnum())[-16:].lower()
        self._lock: IO[str] | None = None
        self._client: Any = None
        self._collections: dict[str, Any] = {}
        self.generation = ""

    def open(self) -> bool:
        """Become the owner and open the newest generation; False where another process owns the index."""
        if self._client is not None:
            return True
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (self._folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        self._open_generation(self._usable_generation())
        return True

    @property
    def is_open(self) -> bool:
        """Whether this process owns the index and can query it."""
        return self._client is not None

    def upsert(self, agent_id: int, tier: Tier, numbers: Sequence[int], matrix: Vectors) -> None:
        """Add vectors by their numbers; those already there are replaced."""
        collection = self._collection(agent_id, tier)
        for start in range(0, len(numbers), BATCH):
            ids = [str(number) for number in numbers[start : start + BATCH]]
            collection.upsert(ids=ids, embeddings=matrix[start : start + BATCH])

    def remove(self, agent_id: int, tier: Tier, numbers: Sequence[int]) -> None:
        """Take vectors out."""
        collection = self._collection(agent_id, tier)
        for start in range(0, len(numbers), BATCH):
            collection.delete(ids=[str(number) for number in numbers[start : start + BATCH]])

    def nearest(self, agent_id: int, tier: Tier, query: Vectors, limit: int) -> list[tuple[int, float]]:
        """Return (number, cosine) of the vectors nearest to a query."""
        found = self._collection(agent_id, tier).query(query_embeddings=[query], n_results=limit, include=["distances"])
        return [(int(n), 1.0 - float(d)) for n, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def count(self, agent_id: int, tier: Tier) -> int:
        """Return the number of vectors in a collection."""
        return int(self._collection(agent_id, tier).count())

    def keep_only(self, agents: Collection[int]) -> None:
        """Remove the collections of all other agents."""
        for collection in self._client.list_collections():
            if int(collection.name.removeprefix("agent").split("-")[0]) not in agents:
                self._client.delete_collection(collection.name)
                self._collections.pop(collection.name, None)

    def close(self) -> None:
        """Close cleanly: the next start may trust this generation."""
        if self._client is None:
            return
        self._collections.clear()
        self._client.close()
        self._client = None
        (self._folder / self.generation / "open").unlink(missing_ok=True)
        assert self._lock is not None
        self._lock.close()
        self._lock = None

    def _usable_generation(self) -> str:
        """Return the generation to open, after throwing away those that an unclean stop left or another model made."""
        found = sorted((path for path in self._folder.glob("g*-*") if path.is_dir()), key=_number)
        last = _number(found[-1]) if found else 0
        usable = [path for path in found if path.name.endswith(f"-{self._key}") and not (path / "open").exists()]
        for path in found:
            if not usable or path != usable[-1]:
                shutil.rmtree(path, ignore_errors=True)
        return usable[-1].name if usable else f"g{last + 1}-{self._key}"

    def _open_generation(self, name: str) -> None:
        import chromadb
        from chromadb.config import Settings

        path = self._folder / name
        path.mkdir(mode=0o700, exist_ok=True)
        marker = os.open(path / "open", os.O_CREAT | os.O_WRONLY, 0o600)
        os.fsync(marker)
        os.close(marker)
        self.generation = name
        self._client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))

    def _collection(self, agent_id: int, tier: Tier) -> Any:
        name = _name(agent_id, tier)
        if name not in self._collections:
            self._collections[name] = self._client.get_or_create_collection(
                name,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "ef_search": SEARCH_WIDTH}},
            )
        return self._collections[name]


def _name(agent_id: int, tier: Tier) -> str:
    return f"agent{agent_id}-{tier}"


def _number(path: Path) -> int:
    digits = path.name[1:].split("-")[0]
    return int(digits) if digits.isdigit() else 0
