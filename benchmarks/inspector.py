"""How long the inspector's server takes for each page of a large memory.

    python -m benchmarks.inspector --rows 100000

Rows are made up as in `benchmarks.scale`, some more are in the bin, and there are turns of the offline model.
Each read of the JSON interface is made over ASGI, from the request to its last byte, the first one of each left out;
`cpu` is the process's CPU time, which says more than the clock on a machine that others use.
With `--home` the memory is kept, and used again if it is there.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from starlette.testclient import TestClient

from benchmarks.common import rss_mb, show, timed
from benchmarks.scale import Filling
from carrel import Carrel
from carrel.agent.agent import Agent
from carrel.inspector.app import create_app
from carrel.inspector.subject import Subject

TURNS = 12
ROUNDS = 12


def fill(carrel: Carrel, agent: Agent, rows: int) -> None:
    """Give an agent rows, turns and a bin, as far as it has none yet."""
    Filling(real=False).fill(carrel, agent, rows)
    chat = agent.session()
    for number in range(agent.counts.turns, TURNS):
        chat.send(f"My friend number {number} is called Ada{number}, and lives in house {number}.")
    if not agent.memory.forgetting.in_bin():
        made = [agent.archival.insert(f"The code of door {number} is {number * 7}.") for number in range(rows // 1000)]
        agent.forget(*(result.passage.id for result in made))
    carrel.store.embed_now()


def timed_twice(work: Callable[[], object]) -> tuple[float, float]:
    """Return the milliseconds that some work takes, by the clock and in CPU time of all threads."""
    begun = time.process_time()
    seconds = timed(work)
    return seconds * 1000, (time.process_time() - begun) * 1000


def pages(agent: Agent) -> dict[str, dict[str, str]]:
    """Return what is asked for, by the name of the page."""
    largest = max(agent.sessions.all(), key=lambda info: info.messages)
    middle = agent.recall.latest(1)[0].n // 2
    return {
        "overview": {},
        "turns": {},
        "context": {},
        "core": {},
        "history": {"id": "human"},
        "search": {"q": "who said that the boat was sold in Porto"},
        "search of words": {"q": "boat Porto", "mode": "words", "page": "3"},
        "newest": {"tier": "recall", "before": str(middle)},
        "memory": {"id": agent.recall.latest(1)[0].id},
        "sessions": {},
        "session": {"id": largest.id},
        "why": {},
        "map": {},
        "bin": {"page": "2"},
        "health": {},
    }


def measure(rows: int, home: Path) -> dict[str, Any]:
    """Fill a home, and time each page."""
    with Carrel.open(home, "offline") as carrel:
        agent = carrel.agent("big")
        fill(carrel, agent, rows)
        client = TestClient(create_app(Subject(carrel)))
        times: dict[str, dict[str, float]] = {}
        for name, asked in pages(agent).items():
            get = partial(client.get, f"/api/{name.partition(' ')[0]}", params={"agent": "big", **asked})
            length = len(get().raise_for_status().content)
            clock, cpu = np.array([timed_twice(get) for _ in range(ROUNDS)]).T
            figures = {"p50": np.median(clock), "max": clock.max(), "cpu": np.median(cpu), "kB": length / 1000}
            times[name] = {figure: round(float(value), 1) for figure, value in figures.items()}
        slowest = max(times, key=lambda name: times[name]["p50"])
        counts = {"recall": agent.counts.recall, "archival": agent.counts.archival}
        return {"rows": rows, **counts, "page_ms": times, "slowest": slowest, "rss_mb": rss_mb()}


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        result = measure(options.rows, options.home or Path(temporary))
    show("The inspector's pages", result, options.json)


if __name__ == "__main__":
    main()
