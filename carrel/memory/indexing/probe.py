"""Check an index in a separate process: a damaged one may crash, hang or raise, which must not affect a turn.

    python -m carrel.memory.indexing.probe FOLDER

reads every id and vector, tries a query, an upsert and a delete, and prints the number of vectors of each collection as
a JSON object.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from carrel.imports import importing

BATCH = 500
TIMEOUT_S = 20.0
TIMEOUT_S_PER_BYTE = 1 / 20_000_000
"""Reading all vectors runs at about 40 MB a second; twice that time is allowed."""
MAX_LINKS = 4
"""A torn write can leave link_lists.bin with an apparent size of 169 GB. A sound file is smaller than the vectors."""


def probe(folder: Path) -> dict[str, int] | None:
    """Return the number of vectors in each collection of an index; None if it is damaged or does not answer."""
    if _links_are_torn(folder):
        return None
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    command = [sys.executable, "-m", "carrel.memory.indexing.probe", str(folder)]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=TIMEOUT_S + size * TIMEOUT_S_PER_BYTE, check=True, text=True
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


def _counts(folder: str) -> dict[str, int]:
    with importing("chromadb"):
        import chromadb
        from chromadb.config import Settings

    client = chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
    counts = {collection.name: _read(collection) for collection in client.list_collections()}
    client.close()
    return counts


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
    sys.stdout.write(json.dumps(_counts(sys.argv[1])) + "\n")
