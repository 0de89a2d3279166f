"""What a turn costs beside the model and the query's embedding: the context, the search, every commit.

    python -m benchmarks.turn --rows 100000

The model answers at once, and every text that is said was embedded before by the real embedder, so that what remains
is Carrel's own work. The same turns are measured with a history of 1,000 messages; `ratio` compares the medians. The
vectors of the history are those of benchmarks.scale. With `--home` the stores are kept, and used again if they are
there; the turns of earlier runs stay in them.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import percentiles, show
from benchmarks.scale import Filling, questions
from benchmarks.texts import SUBJECTS
from carrel import Carrel
from carrel.clock import SystemClock
from carrel.memory.search.question import read_question
from carrel.models.chat.scripted import ScriptedModel, say
from carrel.protocols import Embedder, Purpose, Vectors

FEW = 1_000
TURNS = 60
WARM = 5
"""Turns that are not counted: the first ones open files and fill caches."""
REPLY = "Noted, and thank you for telling me."


class KnownTexts:
    """An embedder that knows some texts beforehand, so that embedding them takes no time."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}
        self.fingerprint = embedder.fingerprint
        self.dimension = embedder.dimension

    def learn(self, texts: Sequence[str]) -> None:
        """Embed texts now."""
        self._known.update(zip(texts, self._embedder.embed(texts, "query"), strict=True))

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return one vector a text."""
        if all(text in self._known for text in texts):
            return np.stack([self._known[text] for text in texts])
        return self._embedder.embed(texts, purpose)


def turn_seconds(rows: int, home: Path) -> tuple[list[float], list[float]]:
    """Return the seconds, and the seconds of CPU, of each turn of one session with so many messages before it.

    On a machine that others use too the second say more; they hold what the background does meanwhile.
    """
    model = ScriptedModel(lambda request: say(REPLY))
    with Carrel.open(home, model="offline") as carrel:
        Filling(real=False).fill(carrel, carrel.agent("big"), rows)
        carrel.store.embed_now()
        embedder = carrel.store.engines.embedding.embedder
    assert embedder is not None
    known = KnownTexts(embedder)
    seconds, cpu = [], []
    with Carrel.open(home, model, known) as carrel:
        carrel.store.embed_now()
        chat = carrel.agent("big").session()
        asked = list(questions(rows))[:TURNS]
        now = SystemClock().now()
        known.learn([REPLY, *asked, *(read_question(text, [*SUBJECTS, "Mira"], now).text_to_embed for text in asked)])
        for text in asked:
            start, begun = time.perf_counter(), time.process_time()
            chat.send(text)
            seconds.append(time.perf_counter() - start)
            cpu.append(time.process_time() - begun)
            carrel.store.embed_now()
            model.requests.clear()
    return seconds[WARM:], cpu[WARM:]


def measure(rows: int, home: Path) -> dict[str, Any]:
    """Measure turns with few rows and with many."""
    few, few_cpu = turn_seconds(FEW, home / "few")
    many, many_cpu = turn_seconds(rows, home / "many")
    return {
        "rows": rows,
        "turn_ms": percentiles(many),
        "cpu_ms": percentiles(many_cpu),
        f"at_{FEW}": {"turn_ms": percentiles(few), "cpu_ms": percentiles(few_cpu)},
        "ratio": round(float(np.median(many) / np.median(few)), 2),
        "cpu_ratio": round(float(np.median(many_cpu) / np.median(few_cpu)), 2),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        show("turn", measure(options.rows, options.home or Path(temporary)), options.json)


if __name__ == "__main__":
    main()
