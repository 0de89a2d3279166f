"""What a turn costs beside the model and the query's embedding: the context, the search, every commit.

    python -m benchmarks.turn --rows 100000

The model answers at once and the embedder gives each text a vector by its hash, so that what remains is Carrel's own
work. The same turns are measured with a history of 1,000 messages; `ratio` compares the medians.
"""

import argparse
import hashlib
import tempfile
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.common import percentiles, show
from benchmarks.scale import questions
from benchmarks.texts import messages
from carrel import Carrel
from carrel.models.scripted import ScriptedModel, say
from carrel.protocols import Purpose, Vectors

FEW = 1_000
TURNS = 60


class HashEmbedder:
    """Gives each text a unit vector that depends on nothing but its hash, in no time."""

    fingerprint = "hash/1/384"
    dimension = 384

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one vector a text."""
        seeds = (int.from_bytes(hashlib.md5(text.encode()).digest()[:4]) for text in texts)
        found = np.stack([np.random.default_rng(seed).standard_normal(384, np.float32) for seed in seeds])
        unit: Vectors = found / np.linalg.norm(found, axis=1, keepdims=True)
        return unit


def turn_seconds(rows: int) -> list[float]:
    """Return the seconds of each turn of one session, with so many messages in recall before it."""
    model = ScriptedModel(lambda request: say("Noted, and thank you for telling me."))
    with tempfile.TemporaryDirectory() as home, Carrel.open(home, model, HashEmbedder()) as desk:
        agent = desk.agent("big")
        agent.recall.load(messages(rows))
        desk.store.embed_now()
        chat = agent.session()
        seconds = []
        for text in list(questions(rows))[:TURNS]:
            start = time.perf_counter()
            chat.send(text)
            seconds.append(time.perf_counter() - start)
            desk.store.embed_now()
            model.requests.clear()
    return seconds[3:]


def measure(rows: int) -> dict[str, Any]:
    """Measure turns with few rows and with many."""
    few, many = turn_seconds(FEW), turn_seconds(rows)
    ratio = round(float(np.median(many) / np.median(few)), 2)
    return {"rows": rows, "turn_ms": percentiles(many), f"turn_ms_at_{FEW}": percentiles(few), "ratio": ratio}


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    show("turn", measure(options.rows), options.json)


if __name__ == "__main__":
    main()
