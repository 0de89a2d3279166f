"""Run a tool's function within a time limit, sync or async."""

import asyncio
import inspect
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, TypeVar

from carrel.errors import CarrelError, ModelMistake

Value = TypeVar("Value")


class TimedOut(ModelMistake):
    """A tool took too long; the model is told so."""

    code = "timed_out"


def run_within(seconds: float, name: str, run: Callable[[], Value]) -> Value:
    """Return what a function returns, or raise the CarrelError that it raises; it may raise no other.

    It runs in the caller's context in a thread of its own; one that takes too long cannot be stopped and goes on.

    Raises:
        TimedOut: it takes longer than `seconds`.
    """
    results: list[Value] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(run())
        except (CarrelError, KeyboardInterrupt, SystemExit) as error:  # carried over to the thread that waits
            errors.append(error)

    context = copy_context()
    thread = threading.Thread(target=context.run, args=(work,), name=f"carrel-tool-{name}", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimedOut(f"{name} did not end within {seconds:g} seconds.")
    if errors:
        raise errors[0]
    return results[0]


def await_value(value: Any) -> Any:
    """Return a value, or the result of it where it is a coroutine."""
    return asyncio.run(_await(value)) if inspect.isawaitable(value) else value


async def _await(value: Any) -> Any:
    return await value
