"""Check an index in a separate process: a damaged one may crash, hang or raise, which must not affect a turn.

    python -m carrel.memory.indexing.chroma.probe FOLDER < SAMPLE

reads every id and vector, searches each vector of the sample for itself, tries an upsert and a delete, and prints the
number of vectors of each collection as a JSON object. The sample is a JSON object of lists of vectors by collection.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from carrel.imports import importing

BATCH = 500
TIMEOUT_S = 20.0
TIMEOUT_S_PER_BYTE = 1 / 20_000_000
"""Reading all vectors runs at about 40 MB a second; twice that time is allowed."""
MAX_LINKS = 4
"""A torn write can leave link_lists.bin with an apparent size of 169 GB. A sound file is smaller than the vectors."""


MIN_FOUND = 0.9
"""The share of a sample that must be found: the graph is searched approximately, and loses one in a thousand."""
SAME_DISTANCE = 1e-3
"""The cosine distance up to which a vector is the one that was searched for, or has the same text."""

Samples = Mapping[str, Sequence[Sequence[float]]]
"""Vectors by the name of the collection that must contain them."""


def probe(folder: Path, samples: Samples) -> dict[str, int] | None:
    """Return the number of vectors in each collection of an index; None if it is damaged or does not answer.

    The folder is written to.
    """
    if _links_are_torn(folder):
        return None
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    command = [sys.executable, "-m", "carrel.memory.indexing.chroma.probe", str(folder)]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(samples),
            capture_output=True,
            timeout=TIMEOUT_S + size * TIMEOUT_S_PER_BYTE,
            check=True,
            text=True,
        )
        counts: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, ValueError, IndexError):
        return None
    return counts


def _links_are_torn(folder: Path) -> bool:
    return any(
        links.stat().st_size > MAX_LINKS * max(1, (links.parent / "data_level0.bin").stat().st_size)
        for links in folder.glob("*/link_lists.bin")
        if (links.parent / "data_level0.bin").exists()
    )


def _counts(folder: str, samples: Samples) -> dict[str, int]:
    with importing("chromadb"):
        import chromadb
        from chromadb.config import Settings

    client = chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
    collections = {collection.name: collection for collection in client.list_collections()}
    for name, vectors in samples.items():
        _search(collections[name], vectors)
    counts = {name: _read(collection) for name, collection in collections.items()}
    client.close()
    return counts


def _search(collection: Any, vectors: Sequence[Sequence[float]]) -> None:
    """Search vectors for themselves. Raise ValueError if too few are found."""
    found = 0
    for vector in vectors:
        distances = collection.query(query_embeddings=[vector], n_results=1, include=["distances"])["distances"][0]
        found += bool(distances) and abs(distances[0]) < SAME_DISTANCE
    if found < MIN_FOUND * len(vectors):
        raise ValueError(f"{found} of {len(vectors)} vectors find themselves.")


def _read(collection: Any) -> int:
    """Read every vector of a collection, then query, add and remove one; return the number of vectors."""
    count = int(collection.count())
    seen: set[str] = set()
    vector = None
    for start in range(0, count, BATCH):
        part = collection.get(limit=BATCH, offset=start, include=["embeddings"])
        seen.update(part["ids"])
        vector = part["embeddings"][0]
    if len(seen) != count:
        raise ValueError(f"{count} vectors are counted, {len(seen)} are there.")
    if vector is not None:
        collection.query(query_embeddings=[vector], n_results=1, include=[])
        collection.upsert(ids=["probe"], embeddings=[vector])
        collection.delete(ids=["probe"])
    return count


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_counts(sys.argv[1], json.load(sys.stdin))) + "\n")
