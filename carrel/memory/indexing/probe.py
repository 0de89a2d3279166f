"""Look at an index in a process of its own: a damaged one may crash, hang or raise, and none of that may reach a turn.

    python -m carrel.memory.indexing.probe FOLDER

prints the number of vectors of each collection as one JSON object once every id and every vector has been read and a
query, an upsert and a delete have worked.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from carrel.imports import importing

CHUNK = 500
SECONDS = 20.0
SECONDS_PER_BYTE = 1 / 20_000_000
"""Reading every vector back goes at about 40 MB a second; half of that is given."""
MAX_LINKS = 4
"""A torn write can leave link_lists.bin with an apparent size of 169 GB; a sound one is smaller than the vectors."""


def probe(folder: Path) -> dict[str, int] | None:
    """Return the number of vectors of each collection in an index; None where it is damaged or does not answer."""
    if _links_are_torn(folder):
        return None
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    command = [sys.executable, "-m", "carrel.memory.indexing.probe", str(folder)]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=SECONDS + size * SECONDS_PER_BYTE, check=True, text=True
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
    """Read every vector of a collection, and query, add and remove one; return how many there are."""
    count = int(collection.count())
    seen: set[str] = set()
    vector = None
    for start in range(0, count, CHUNK):
        part = collection.get(limit=CHUNK, offset=start, include=["embeddings"])
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
