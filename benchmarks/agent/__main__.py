"""Play the tasks against a server, or with a model of `models`, and print how many it passes.

    python -m benchmarks.agent --url http://localhost:8080/v1 --model NAME [--tasks N] [--kind K] [--json]

`--tasks N` plays N tasks, as many of each kind as can be. Each failure is told on standard error as it happens.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.agent.models import control_model, ideal_model
from benchmarks.agent.play import Opened, Opener, Result, play
from benchmarks.agent.tasks import TASKS, Task, choose, load_tasks
from benchmarks.common import show
from carrel import Carrel
from carrel.messages import Usage
from carrel.protocols import Embedder

OWN_MODELS = {"ideal": ideal_model, "control": control_model}


def summary(results: Sequence[Result]) -> dict[str, Any]:
    """Return the figures of a run."""
    kinds = Counter(result.task.kind for result in results)
    passed = Counter(result.task.kind for result in results if result.passed)
    turns = max(1, sum(result.turns for result in results))
    usage = sum((result.usage for result in results), Usage())
    return {
        "tasks": len(results),
        "passed": passed.total(),
        "by_kind": {kind: {"tasks": kinds[kind], "passed": passed[kind]} for kind in sorted(kinds)},
        "contract": "+".join(sorted({result.contract for result in results if result.contract})),
        "requests_per_turn": round(usage.calls / turns, 2),
        "tokens_per_turn": round((usage.prompt + usage.completion) / turns),
    }


def _brief(figures: dict[str, Any]) -> dict[str, Any]:
    """Return the figures as a table shows them."""
    by_kind = {kind: f"{of['passed']} of {of['tasks']}" for kind, of in figures["by_kind"].items()}
    return {**figures, "by_kind": by_kind}


def opener_for(options: argparse.Namespace, embedder: Embedder | str) -> Opener:
    """Return how a home is opened for the model that is measured."""
    fixed = {"window": options.window, "base_url": options.url, "timeout": options.timeout}
    fixed |= dict(setting.split("=", 1) for setting in options.set)

    def opened(home: Path, task: Task, session: int, settings: dict[str, object]) -> Opened:
        own = OWN_MODELS.get(options.model) if not options.url else None
        model = own(task, session) if own else options.model
        return Carrel.open(home, model, embedder, flags={**fixed, **settings})

    return opened


def run(tasks: Sequence[Task], opener: Opener) -> list[Result]:
    """Play the tasks, and tell of each as it is done."""
    results: list[Result] = []
    for number, task in enumerate(tasks, start=1):
        start = time.perf_counter()
        results.append(play(task, opener))
        told = "pass" if results[-1].passed else f"FAIL {'; '.join(results[-1].problems)} {results[-1].answers[-1:]}"
        seconds = time.perf_counter() - start
        print(f"{number}/{len(tasks)} {task.kind}/{task.name} {seconds:.1f} s {told}", file=sys.stderr, flush=True)
    return results


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="", help="an OpenAI-compatible server, such as http://localhost:8080/v1")
    parser.add_argument("--model", required=True, help="the model's name; without --url also: ideal, control")
    parser.add_argument("--tasks", type=int, metavar="N", help="play only so many")
    parser.add_argument("--kind", action="append", default=[], help="play only tasks of this kind; may be repeated")
    parser.add_argument("--tasks-from", type=Path, action="append", default=[], metavar="PATH", help="more tasks")
    parser.add_argument("--window", type=int, default=4000, help="tokens that the main context may take")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds without a byte from the server")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="any setting of Carrel")
    parser.add_argument("--no-embedder", action="store_true", help="search by words only")
    parser.add_argument("--json", action="store_true")
    return parser


def main() -> None:
    """Run the benchmark."""
    options = _parser().parse_args()
    tasks = choose(load_tasks([TASKS, *options.tasks_from]), options.kind, options.tasks)
    results = run(tasks, opener_for(options, "none" if options.no_embedder else "local"))
    figures = {"model": options.model, **summary(results)}
    show(f"agent {options.model}", figures if options.json else _brief(figures), options.json)


if __name__ == "__main__":
    main()
