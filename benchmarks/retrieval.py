"""Evidence recall of the search on public conversations with gold evidence.

    python -m benchmarks.retrieval --format locomo --data DIR

Each file becomes an agent with the conversation in recall; each question is searched as a user would, and the share
of its evidence among the first 5, 10 and 20 messages, and within 500, 1,000 and 2,000 tokens (four letters each), is
averaged over the questions that have evidence.
"""

import argparse
import json
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.common import percentiles, show
from carrel import Carrel
from carrel.agent.agent import Agent
from carrel.formats import beam, locomo
from carrel.memory.values import Hit

DEPTHS = (5, 10, 20)
BUDGETS = (500, 1000, 2000)
LETTERS_PER_TOKEN = 4
FAR = 100
"""Hits that are looked at: more than 2,000 tokens hold."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the ids of the messages that answer it, and what kind it is."""

    text: str
    evidence: frozenset[str]
    kind: str


def locomo_questions(path: Path) -> Iterator[Question]:
    """Yield the questions of a LoCoMo file that have evidence."""
    for entry in json.loads(path.read_text(encoding="utf-8")):
        for item in entry["qa"]:
            ids = frozenset(found for text in item.get("evidence") or [] for found in re.findall(r"D\d+:\d+", text))
            if ids:
                yield Question(item["question"], ids, str(item["category"]))


def beam_questions(path: Path) -> Iterator[Question]:
    """Yield the questions of a BEAM folder that have source messages."""
    for kind, items in json.loads((path.parent / "probing_questions.json").read_text(encoding="utf-8")).items():
        for item in items:
            if ids := frozenset(map(str, _ids(item.get("source_chat_ids")))):
                yield Question(item["question"], ids, kind)


def _ids(given: Any) -> list[int]:
    if isinstance(given, dict):
        return [number for value in given.values() for number in _ids(value)]
    if isinstance(given, list):
        return [number for value in given for number in _ids(value)]
    return [given] if isinstance(given, int) else []


def evidence_within(hits: Sequence[Hit], evidence: frozenset[str], tokens: int) -> float:
    """Return the share of the evidence among the hits that fit into so many tokens."""
    left = tokens * LETTERS_PER_TOKEN
    found: set[str] = set()
    for hit in hits:
        left -= len(f"{hit.speaker}: {hit.text}" if hit.speaker else hit.text)
        if left < 0:
            break
        found.add(hit.source or "")
    return len(found & evidence) / len(evidence)


def measure(agent: Agent, questions: Sequence[Question], mode: str) -> list[dict[str, Any]]:
    """Search every question and return its scores."""
    rows = []
    for question in questions:
        start = time.perf_counter()
        found = agent.memory.search.find(question.text, ("recall",), limit=FAR, mode=mode, timeout_s=60)  # type: ignore[arg-type]
        seconds = time.perf_counter() - start
        ids = [hit.source for hit in found.hits]
        row: dict[str, Any] = {"kind": question.kind, "seconds": seconds}
        for depth in DEPTHS:
            row[f"recall@{depth}"] = len(question.evidence.intersection(ids[:depth])) / len(question.evidence)
        for budget in BUDGETS:
            row[f"evidence@{budget}"] = evidence_within(found.hits, question.evidence, budget)
        rows.append(row)
    return rows


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the averages over all questions and by kind."""
    keys = [f"recall@{depth}" for depth in DEPTHS] + [f"evidence@{budget}" for budget in BUDGETS]
    by_kind: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_kind[row["kind"]].append(row)
    return {
        "questions": len(rows),
        **{key: _mean(rows, key) for key in keys},
        "by_category": {kind: _mean(items, "recall@10") for kind, items in sorted(by_kind.items())},
        "search_ms": percentiles([row["seconds"] for row in rows]),
    }


def _mean(rows: Sequence[dict[str, Any]], key: str) -> float:
    return round(100 * sum(float(row[key]) for row in rows) / len(rows), 1)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--format", choices=("locomo", "beam"), required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--mode", choices=("hybrid", "words", "meaning"), default="hybrid")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    pattern, read, ask = {
        "locomo": ("*.json", locomo.read, locomo_questions),
        "beam": ("*/chat.json", beam.read, beam_questions),
    }[options.format]
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as home, Carrel.open(home, model="offline") as carrel:
        for number, path in enumerate(sorted(options.data.glob(pattern))):
            agent = carrel.agent(f"talk{number}")
            agent.recall.load(read(path))
            carrel.store.embed_now()
            rows += measure(agent, list(ask(path)), options.mode)
    show(f"retrieval {options.format} {options.mode}", summary(rows), options.json)


if __name__ == "__main__":
    main()
