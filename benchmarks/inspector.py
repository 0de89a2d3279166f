"""How long the inspector's server takes for each page of a large memory.

    python -m benchmarks.inspector --rows 100000

Rows are made up as in `benchmarks.scale`, a hundredth of them are in the bin, and there are turns of the offline model.
Each read of the JSON interface is made over ASGI, from the request to its last byte, the first one of each left out.
With `--home` the memory is kept, and used again if it is there.
"""

import argparse
import tempfile
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
    """Give an agent rows, turns, passages and a bin; nothing where that was done before."""
    if agent.counts.turns >= TURNS:
        return
    Filling(real=False).fill(carrel, agent, rows)
    chat = agent.session()
    for number in range(TURNS):
        chat.send(f"My friend number {number} is called Ada{number}, and lives in house {number}.")
    forgotten = [agent.archival.insert(f"The code of door {number} is {number * 7}.") for number in range(rows // 100)]
    agent.forget(*(made.passage.id for made in forgotten))
    carrel.store.embed_now()


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
        "bin": {"page": "5"},
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
            found = [timed(get) for _ in range(ROUNDS)]
            times[name] = {
                "p50": round(float(np.median(found)) * 1000, 1),
                "max": round(max(found) * 1000, 1),
                "kB": round(length / 1000, 1),
            }
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
