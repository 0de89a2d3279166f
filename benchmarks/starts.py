"""Start the program many times as people and scripts do, and see that each run ends well and in time.

    python -m benchmarks.starts --asks 200 --lists 100

First `carrel ask` again and again with a model server connected (the fake one) and the local embedder; then
`carrel agent ls` in a home where 5,000 rows of 10 KB wait to be embedded. Prints how many runs ended with 0 and how
long they took; exits with 1 where one did not, or took more than 3 seconds. On a busy machine `cpu_ms` says more.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.common import percentiles, show
from carrel import Carrel
from carrel.memory.values import NewMessage
from carrel.models.chat.scripted import say
from carrel.testing.fake_server import FakeServer

LIMIT = 3.0
"""Seconds that a run may take."""
ROWS, CHARACTERS = 5000, 10_000


class Run(NamedTuple):
    """One run of the program."""

    code: int
    seconds: float
    """By the clock on the wall."""
    cpu_seconds: float
    error: str
    """The end of what it said of errors."""


def run(arguments: Sequence[str], variables: Mapping[str, str]) -> Run:
    """Run the program once."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "carrel", *arguments],
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    after, seconds = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - start
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(done.returncode, seconds, cpu, done.stderr.decode("utf-8", "replace")[-300:])


def repeat(arguments: Sequence[str], variables: Mapping[str, str], times: int, seconds: float) -> dict[str, Any]:
    """Run the program so many times, or as often as these seconds allow, and return what became of it."""
    deadline = time.perf_counter() + seconds
    runs: list[Run] = []
    while len(runs) < times and time.perf_counter() < deadline:
        runs.append(run(arguments, variables))
    return {
        "wanted": times,
        "runs": len(runs),
        "ended with 0": sum(item.code == 0 for item in runs),
        "in time": sum(item.seconds <= LIMIT for item in runs),
        "ms": percentiles([item.seconds for item in runs]),
        "cpu_ms": percentiles([item.cpu_seconds for item in runs]),
        "slowest_ms": round(max(item.seconds for item in runs) * 1000),
        "first_error": next((f"{item.code}: {item.error}" for item in runs if item.code), ""),
    }


def wait_to_be_embedded(home: Path) -> None:
    """Fill a home with rows that no embedder has seen."""
    text = "The bees of Ada fly over the hills in June. " * (CHARACTERS // 44)
    with Carrel.open(home, "offline", "none") as carrel:
        rows = [NewMessage("user", f"Row {number}. {text}") for number in range(ROWS)]
        carrel.agent("default").recall.load(rows)


def measure(asks: int, lists: int, seconds: float) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each part's name and result."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if asks:
            server = stack.enter_context(FakeServer([say("Hello.")] * (asks + 1), model="any"))
            connected = {"CARREL_HOME": str(folder / "asks"), "CARREL_BASE_URL": server.url, "CARREL_MODEL": "any"}
            run(["ask", "Hello"], connected)  # the first one writes the embedding model
            yield "ask", repeat(["ask", "What do the bees of Ada do?"], connected, asks, seconds)
        if lists:
            wait_to_be_embedded(folder / "lists")
            yield "agent ls", repeat(["agent", "ls"], {"CARREL_HOME": str(folder / "lists")}, lists, seconds)


def main() -> None:
    """Parse, measure, print, and exit with 1 where a run did not end well and in time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--asks", type=int, default=200)
    parser.add_argument("--lists", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=3600.0, help="for each part, at most")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    result = dict(measure(given.asks, given.lists, given.seconds))
    show("Starts", result, given.json)
    sys.exit(any(min(part["ended with 0"], part["in time"]) < part["wanted"] for part in result.values()))


if __name__ == "__main__":
    main()
