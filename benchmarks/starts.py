"""Start the program many times as people and scripts do, and see that each run ends well and in time.

    python -m benchmarks.starts --asks 200 --lists 100

First `carrel ask` again and again with a model server connected (the fake one) and the local embedder; then
`carrel agent ls` in a home where 5,000 rows of 10 KB wait to be embedded. Prints how many runs ended with 0 and how
long they took; exits with 1 where one did not, or took more than 3 seconds.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.common import percentiles, show
from carrel import Carrel
from carrel.models.chat.scripted import say
from carrel.testing.fake_server import FakeServer

LIMIT = 3.0
"""Seconds that a run may take."""
ROWS, CHARACTERS = 5000, 10_000


def run(arguments: Sequence[str], variables: Mapping[str, str]) -> tuple[int, float, str]:
    """Run the program; return its exit code, the seconds that it took, and the end of what it said of errors."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "carrel", *arguments],
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    return done.returncode, time.perf_counter() - start, done.stderr.decode("utf-8", "replace")[-300:]


def repeat(arguments: Sequence[str], variables: Mapping[str, str], times: int) -> dict[str, Any]:
    """Run the program so many times, and return what became of it."""
    runs = [run(arguments, variables) for _ in range(times)]
    seconds = [item[1] for item in runs]
    return {
        "runs": times,
        "ended with 0": sum(code == 0 for code, _, _ in runs),
        "in time": sum(taken <= LIMIT for taken in seconds),
        "ms": percentiles(seconds),
        "slowest_ms": round(max(seconds) * 1000),
        "first_error": next((f"{code}: {said}" for code, _, said in runs if code), ""),
    }


def wait_to_be_embedded(home: Path) -> None:
    """Fill a home with rows that no embedder has seen."""
    with Carrel.open(home, "offline", "none") as carrel:
        archival = carrel.agent("default").archival
        for number in range(ROWS):
            archival.insert(f"Row {number}. " + "The bees of Ada fly over the hills in June. " * (CHARACTERS // 44))


def measure(asks: int, lists: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each part's name and result."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if asks:
            server = stack.enter_context(FakeServer([say("Hello.")] * (asks + 1), model="any"))
            connected = {"CARREL_HOME": str(folder / "asks"), "CARREL_BASE_URL": server.url, "CARREL_MODEL": "any"}
            run(["ask", "Hello"], connected)  # the first one writes the embedding model
            yield "ask", repeat(["ask", "What do the bees of Ada do?"], connected, asks)
        if lists:
            wait_to_be_embedded(folder / "lists")
            yield "agent ls", repeat(["agent", "ls"], {"CARREL_HOME": str(folder / "lists")}, lists)


def main() -> None:
    """Parse, measure, print, and exit with 1 where a run did not end well and in time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--asks", type=int, default=200)
    parser.add_argument("--lists", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    result = dict(measure(given.asks, given.lists))
    show("Starts", result, given.json)
    sys.exit(any(part["ended with 0"] < part["runs"] or part["in time"] < part["runs"] for part in result.values()))


if __name__ == "__main__":
    main()
