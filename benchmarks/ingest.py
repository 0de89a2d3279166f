"""How fast an import is, rows embedded and indexed, against the bare embedder on the same texts.

python -m benchmarks.ingest
"""

import argparse
import tempfile
from typing import Any

from benchmarks.common import show, timed
from benchmarks.texts import messages
from carrel import Carrel
from carrel.memory.indexing.outbox import text_to_embed


def measure(rows: int, rounds: int) -> dict[str, Any]:
    """Alternate an import with embedding and the bare embedder, and keep the best round of each."""
    incoming = list(messages(rows))
    texts = [text_to_embed(message.text, message.speaker) for message in incoming]
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as home:
        carrel = Carrel.open(home, model="offline")
        embedder = carrel.store.engines.embedding.embedder
        assert embedder is not None
        embedder.embed(texts[:64])
        for number in range(rounds):
            agent = carrel.agent(f"a{number}")

            def work(agent: Any = agent) -> None:
                agent.recall.load(incoming)
                carrel.store.embed_now()

            ours.append(timed(work))
            bare.append(timed(lambda: embedder.embed(texts)))
        carrel.close()
    return {
        "rows": rows,
        "rows_per_s": round(rows / min(ours), 1),
        "bare_embedder_rows_per_s": round(rows / min(bare), 1),
        "ratio": round(min(bare) / min(ours), 3),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    show("ingest", measure(options.rows, options.rounds), options.json)


if __name__ == "__main__":
    main()
