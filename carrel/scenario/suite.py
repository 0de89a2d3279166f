"""Run several scenarios, one after the other or in several processes."""

import logging
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from functools import partial
from multiprocessing import active_children, get_context

from carrel.scenario.files.load import ScenarioSource
from carrel.scenario.run import RunOptions, RunResult, run_scenario


def run_all(
    sources: Sequence[ScenarioSource],
    options: RunOptions,
    jobs: int = 1,
    on_progress: Callable[[ScenarioSource, str], None] = lambda source, place: None,
) -> Iterator[RunResult]:
    """Run each scenario `options.repeat` times and yield the results in the order in which the runs end.

    With one job, `on_progress` is called with the scenario and the place of each turn before it is played.
    """
    cases = [(source, repetition) for source in sources for repetition in range(1, options.repeat + 1)]
    if jobs <= 1 or len(cases) == 1:
        for source, repetition in cases:
            yield run_scenario(source, options, repetition, partial(on_progress, source))
        return
    with (
        ProcessPoolExecutor(min(jobs, len(cases)), get_context("spawn"), _handle_signals) as pool,
        ExitStack() as stack,
    ):
        stack.callback(_stop, pool)
        futures: list[Future[RunResult]] = [
            pool.submit(run_scenario, source, options, repetition) for source, repetition in cases
        ]
        for future in as_completed(futures):
            yield future.result()
        stack.pop_all()


def _handle_signals() -> None:
    """Ignore Ctrl-C, which the parent handles, and exit cleanly when the parent terminates this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _exit)


def _exit(number: int, frame: object) -> None:
    """Exit so that the home is deleted, without logging what fails on the way."""
    logging.disable()
    sys.exit(1)


def _stop(pool: ProcessPoolExecutor) -> None:
    """Terminate the running processes and start no more runs."""
    pool.shutdown(wait=False, cancel_futures=True)
    for child in active_children():
        child.terminate()
