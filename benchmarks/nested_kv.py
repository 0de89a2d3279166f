"""Nested key-value retrieval of the MemGPT paper: a value is the key of another pair, up to six deep.

    python -m benchmarks.nested_kv --data DIR

The 140 pairs of a sample are passages in archival memory; a scripted policy looks a key up with archival_search, takes
its value from what the search returns, looks that up in turn, and answers with the value that is no key. Nothing but
the results of its calls is read: neither recalled memories nor the file.
"""

import argparse
import gzip
import itertools
import json
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.common import show
from carrel import Carrel
from carrel.messages import AssistantMessage, ToolResult
from carrel.models.chat.scripted import ScriptedAnswer, ScriptedModel, call, say
from carrel.protocols import Request
from carrel.rendering.prompt import split_tail

WINDOW = 4000
DEPTHS = range(1, 7)
PAGES = 3
"""Pages of results that the policy reads before it takes a value for the last one."""

_KEY = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True, slots=True)
class Sample:
    """Pairs, the key that is asked for, and the value at the end of the chain that begins there."""

    pairs: tuple[tuple[str, str], ...]
    key: str
    value: str


def samples(folder: Path, depth: int, count: int) -> Iterator[Sample]:
    """Yield the paper's samples of one depth: along an ordering each value becomes the key of the next pair."""
    orderings = (folder / f"random_orderings_100_samples_140_indices_{depth}_levels.jsonl").read_text("utf-8")
    with gzip.open(folder / "kv-retrieval-140_keys.jsonl.gz", "rt", encoding="utf-8") as lines:
        for ordering, record, _ in zip(map(json.loads, orderings.splitlines()), lines, range(count), strict=False):
            pairs = [tuple(pair) for pair in json.loads(record)["ordered_kv_records"]]
            for place, following in itertools.pairwise(ordering):
                pairs[place] = (pairs[place][0], pairs[following][0])
            yield Sample(tuple(pairs), pairs[ordering[0]][0], pairs[ordering[-1]][1])


def policy(request: Request) -> ScriptedAnswer:
    """Follow a chain: search for the key at hand; what stands beside it is the next, until nothing does."""
    start = max(n for n, message in enumerate(request.messages) if message.role == "user")
    asked, page = _last_search(request, start)
    if not asked:
        return call("archival_search", query=re.findall(_KEY, request.messages[start].text)[0])
    results = [message.text for message in request.messages[start:] if isinstance(message, ToolResult)]
    latest = split_tail(results[-1])[0]
    if found := re.search(rf"key {asked} has the value ({_KEY})", latest):
        return call("archival_search", query=found[1])
    if page < PAGES and f"archival_search with page={page + 1}" in latest:
        return call("archival_search", query=asked, page=page + 1)
    return say(asked)


def _last_search(request: Request, start: int) -> tuple[str, int]:
    """Return what was searched for last since the question, and which page."""
    calls = [made for m in request.messages[start:] if isinstance(m, AssistantMessage) for made in m.calls]
    if not calls:
        return "", 0
    arguments = json.loads(calls[-1].arguments)
    return str(arguments["query"]), int(arguments.get("page", 1))


def solved(carrel: Carrel, name: str, sample: Sample) -> bool:
    """Ask an agent that has the pairs in archival memory, and return whether its answer is right."""
    agent = carrel.agent(name)
    with agent.memory.transaction() as memory:
        for key, value in sample.pairs:
            memory.archival.insert(f"key {key} has the value {value}")
    answer = agent.session().send(f"What is the last value in the chain that begins with key {sample.key}?")
    carrel.agents.remove(name)
    return answer.text == sample.value


def measure(folder: Path, count: int, embedder: str) -> dict[str, Any]:
    """Solve the samples of each depth."""
    accuracy, seconds = {}, {}
    with tempfile.TemporaryDirectory() as home:
        model = ScriptedModel(policy)
        flags = {"window": WINDOW, "max_steps": 40}
        with Carrel.open(home, model, embedder, flags=flags) as carrel:
            for depth in DEPTHS:
                start = time.perf_counter()
                right = [solved(carrel, f"d{depth}n{n}", item) for n, item in enumerate(samples(folder, depth, count))]
                accuracy[str(depth)] = round(100 * sum(right) / len(right), 1)
                seconds[str(depth)] = round((time.perf_counter() - start) / len(right), 2)
                model.requests.clear()
    return {"window_tokens": WINDOW, "samples": count, "accuracy": accuracy, "seconds_each": seconds}


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--embedder", default="none")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    show("nested key-value", measure(options.data, options.samples, options.embedder), options.json)


if __name__ == "__main__":
    main()
