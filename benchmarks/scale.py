"""How search behaves as one agent's memory grows, against a bare index query plus one query embedding.

    python -m benchmarks.scale --rows 100000
    python -m benchmarks.scale --rows 10000 --agents 100

With `--agents` so many agents have that many rows each, and the search of one of them is set against the same search
where it is alone. With `--home` the store is kept, and used again if it is there.

Texts are made up. The first vectors are real embeddings of them; the others are mixtures of those with a little
noise, since embedding a million texts takes hours on a CPU and says nothing about search. `--real` embeds them all.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import percentiles, rss_mb, show
from benchmarks.texts import messages
from carrel import Carrel
from carrel.agent.agent import Agent
from carrel.memory.values import Filters
from carrel.protocols import Vectors

BASE = 3000
QUERIES = 60


class Filling:
    """Fills stores: made-up rows, and vectors for them."""

    def __init__(self, real: bool) -> None:
        self._real = real
        self._base: list[Vectors] = []
        self._source = np.random.default_rng(7)

    def fill(self, carrel: Carrel, agent: Agent, rows: int) -> None:
        """Load the rows and give each a vector; nothing where that was done before."""
        if agent.counts.recall >= rows:
            return
        agent.recall.load(messages(rows))
        vectors = carrel.store.engines.vectors
        assert vectors is not None
        while not self._real and (batch := vectors.outbox.read(2000)):
            made = self._vectors(carrel, [item.text for item in batch])
            vectors.outbox.finish(batch, [[vector] for vector in made])

    def _vectors(self, carrel: Carrel, texts: Sequence[str]) -> Vectors:
        if sum(map(len, self._base)) >= BASE:
            return mixed(np.concatenate(self._base), len(texts), self._source)
        made = carrel.store.engines.embedding.embed_documents(texts)
        self._base.append(made)
        return made


def mixed(base: Vectors, count: int, source: np.random.Generator) -> Vectors:
    """Return unit vectors between pairs of real ones, with noise."""
    left, right = (base[source.integers(0, len(base), count)] for _ in range(2))
    share = source.uniform(0.2, 0.8, (count, 1)).astype(np.float32)
    noise = source.normal(0, 0.02, left.shape).astype(np.float32)
    whole = share * left + (1 - share) * right + noise
    unit: Vectors = (whole / np.linalg.norm(whole, axis=1, keepdims=True)).astype(np.float32)
    return unit


def questions(rows: int) -> Iterator[str]:
    """Yield questions that share words with some rows."""
    for message in messages(QUERIES, seed=rows + 1):
        subject, verb, _, thing, _, place = message.text.split()[:6]
        yield f"When did {subject} first say that the {thing} was {verb} in {place}?"


def search_times(agent: Agent, asked: Sequence[str], filters: Filters | None = None) -> list[float]:
    """Return the seconds of each search, query embedding included."""
    times = []
    for text in asked:
        start = time.perf_counter()
        agent.memory.search.find(text, ("recall",), filters=filters, timeout_s=60)
        times.append(time.perf_counter() - start)
    return times


def bare(carrel: Carrel, agent: Agent, asked: Sequence[str]) -> tuple[list[float], list[float]]:
    """Return the seconds of bare index queries and of bare query embeddings."""
    embedder = carrel.store.engines.embedding.embedder
    assert embedder is not None
    queries, embeddings = [], []
    for text in asked:
        start = time.perf_counter()
        vector = embedder.embed([f"{text} "], "query")[0]
        embeddings.append(time.perf_counter() - start)
        start = time.perf_counter()
        carrel.store.engines.index.nearest(agent.memory.scope.agent_id, "recall", vector, 10)
        queries.append(time.perf_counter() - start)
    return queries, embeddings


def agreement(carrel: Carrel, agent: Agent, asked: Sequence[str]) -> float:
    """Return the share of the exact ten nearest that the index finds."""
    engines, agent_id = carrel.store.engines, agent.memory.scope.agent_id
    assert engines.vectors is not None
    shares = []
    for text in asked:
        vector = engines.embedding.embed_query(text, 60)
        assert vector is not None
        near = [n for n, _ in engines.index.nearest(agent_id, "recall", vector, 10)]
        with agent.memory.scope.read() as connection:
            exact = set(engines.vectors.scan.nearest(connection, agent_id, "recall", vector, 10))
            found = engines.vectors.store.read(connection, near).rows.tolist()
        shares.append(len(exact & set(found)) / len(exact))
    return round(float(np.mean(shares)), 4)


def measure(rows: int, real: bool, home: Path) -> dict[str, Any]:
    """Build a store of so many rows and measure it."""
    carrel = Carrel.open(home, model="offline")
    agent = carrel.agent("big")
    start = time.perf_counter()
    Filling(real).fill(carrel, agent, rows)
    carrel.store.embed_now()
    built = time.perf_counter() - start
    asked = list(questions(rows))
    search_times(agent, [f"{text} warm" for text in asked[:20]])
    found = search_times(agent, asked)
    query, embedding = bare(carrel, agent, asked)
    memory = rss_mb()
    middle = datetime(2024, 1, 1, 9, tzinfo=UTC) + timedelta(minutes=rows // 2)
    filtered = {
        "role": search_times(agent, [f"{text} again" for text in asked], Filters(roles=("user",))),
        "date": search_times(agent, [f"{text} later" for text in asked], Filters(since=middle)),
        "month": search_times(agent, [f"{text} then" for text in asked], Filters(middle, middle + timedelta(days=30))),
    }
    exact = agreement(carrel, agent, asked)
    turns = [_turn(agent, text) for text in asked[:20]]
    carrel.close()
    return {
        "rows": rows,
        "search_ms": percentiles(found),
        "bare_index_ms": percentiles(query),
        "embed_ms": percentiles(embedding),
        "times_bare": round(float(np.median(found) / (np.median(query) + np.median(embedding))), 2),
        "filtered_ms": {name: percentiles(times) for name, times in filtered.items()},
        "turn_ms": percentiles(turns),
        "recall_at_10_vs_exact": exact,
        "rss_mb": memory,
        "disk_bytes_per_row": round(_disk(home) / rows),
        "built_s": round(built, 1),
    }


def _disk(home: Path) -> int:
    """Return the bytes of the database and the index; the embedding model's file is the same for every store."""
    return sum(f.stat().st_size for f in home.rglob("*") if f.is_file() and "models" not in f.parts)


def crowd(rows: int, agents: int, home: Path) -> dict[str, Any]:
    """Measure one agent's search where it is alone, and where many others have as many rows."""
    asked = list(questions(rows))
    times = {}
    filling = Filling(False)
    for name, count in (("alone", 1), ("among_others", agents)):
        carrel = Carrel.open(home / name, model="offline")
        for number in range(count):
            filling.fill(carrel, carrel.agent(f"a{number}"), rows)
        carrel.store.embed_now()
        one = carrel.agent(f"a{count // 2}")
        search_times(one, [f"{text} warm" for text in asked[:20]])
        times[name] = search_times(one, asked)
        carrel.close()
    ratio = round(float(np.median(times["among_others"]) / np.median(times["alone"])), 2)
    return {
        "rows": rows,
        "agents": agents,
        **{name: percentiles(found) for name, found in times.items()},
        "ratio": ratio,
    }


def _turn(agent: Agent, text: str) -> float:
    session = agent.session()
    start = time.perf_counter()
    session.send(text)
    return time.perf_counter() - start


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--agents", type=int, default=1)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = options.home or Path(temporary)
        if options.agents > 1:
            show("scale", crowd(options.rows, options.agents, home), options.json)
        else:
            show("scale", measure(options.rows, options.real, home), options.json)


if __name__ == "__main__":
    main()
