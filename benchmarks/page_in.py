"""What page-in alone brings: is the evidence of a question in the context before the model has asked for anything?

    python -m benchmarks.page_in --format locomo --data DIR

Each conversation is in recall only; each question is the first message of a new session. `evidence@N` is the share of
a question's evidence that page-in puts into its N tokens, averaged over the questions; `all@N` is the share of
questions whose evidence is there as a whole, `any@N` of those with a part of it. Ids and dates count as tokens too.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.common import percentiles, show
from benchmarks.retrieval import BUDGETS, Question, beam_questions, locomo_questions
from carrel import Carrel
from carrel.agent.agent import Agent
from carrel.agent.context.page_in import VisibleContext, page_in
from carrel.agent.window.budget import Budget
from carrel.formats import beam, locomo
from carrel.memory.values import StoredMessage


def measure(agent: Agent, questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Page in for every question at every budget and return what came."""
    counter = agent.memory.scope.counter
    now = datetime(2026, 1, 1, tzinfo=UTC)
    rows: list[dict[str, Any]] = []
    for question in questions:
        asked = StoredMessage(0, "m-asked", "user", question.text, now, "s-asked", counter.count(question.text))
        row: dict[str, Any] = {"kind": question.kind}
        for tokens in BUDGETS:
            start = time.perf_counter()
            page = page_in(agent.memory, asked, VisibleContext(), Budget(tokens * 100, 0, page_in_share=0.01), counter)
            row["seconds"] = time.perf_counter() - start
            assert sum(counter.count(line) + 2 for line in page.lines) <= tokens
            held = {hit.source for hit in page.hits} & question.evidence
            row[f"evidence@{tokens}"] = len(held) / len(question.evidence)
            row[f"all@{tokens}"] = held == question.evidence
            row[f"any@{tokens}"] = bool(held)
            row[f"lines@{tokens}"] = len(page.lines) / 100
        rows.append(row)
    return rows


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the averages over all questions."""
    keys = [f"{what}@{tokens}" for what in ("evidence", "all", "any", "lines") for tokens in BUDGETS]
    figures = {key: round(100 * sum(float(row[key]) for row in rows) / len(rows), 1) for key in keys}
    return {"questions": len(rows), **figures, "page_in_ms": percentiles([row["seconds"] for row in rows])}


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--format", choices=("locomo", "beam"), required=True)
    parser.add_argument("--data", type=Path, required=True)
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
            rows += measure(agent, list(ask(path)))
    show(f"page-in {options.format}", summary(rows), options.json)


if __name__ == "__main__":
    main()
