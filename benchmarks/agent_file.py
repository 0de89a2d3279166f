"""How long an agent takes to its file, and from there into another home; nothing is embedded.

    python -m benchmarks.agent_file --rows 100000

`identical` says whether the agent that was imported is exported as the same bytes. On a machine that others use too the
seconds of CPU say more than those of the clock.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.common import rss_mb, show
from benchmarks.texts import messages
from carrel import Carrel
from carrel.memory.agent_file.export import export_agent
from carrel.memory.agent_file.load import import_agent, plan_import
from carrel.memory.agent_file.read import AgentFile


def seconds(work: Callable[[], object]) -> dict[str, float]:
    """Return how long some work takes, by the clock and in CPU time."""
    start, begun = time.perf_counter(), time.process_time()
    work()
    return {"s": round(time.perf_counter() - start, 1), "cpu_s": round(time.process_time() - begun, 1)}


def measure(rows: int, folder: Path) -> dict[str, Any]:
    """Export an agent with so many messages, import it into another home, and export it there."""
    first, second = folder / "first.jsonl", folder / "second.jsonl"
    with Carrel.open(folder / "here", "offline", "none") as carrel:
        agent = carrel.agent("ada")
        agent.recall.load(messages(rows))
        agent.session().send("I am allergic to peanuts.")
        before = rss_mb()
        there = seconds(lambda: export_agent(carrel.store, "ada", first))
    with Carrel.open(folder / "there", "offline", "none") as carrel:
        file = AgentFile(first)
        back = seconds(lambda: import_agent(carrel.store, file, plan_import(carrel.store, file)))
        export_agent(carrel.store, "ada", second)
    return {
        "rows": rows,
        "file_mb": round(first.stat().st_size / 1e6, 1),
        "export": there,
        "check_and_import": back,
        "rss_mb": rss_mb(),
        "rss_mb_before": before,
        "identical": first.read_bytes() == second.read_bytes(),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        show("agent file", measure(options.rows, Path(folder)), options.json)


if __name__ == "__main__":
    main()
