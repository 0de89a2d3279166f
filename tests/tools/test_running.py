"""A function runs within its time, or is given up."""

import threading
from contextvars import ContextVar

import pytest

from carrel.errors import NotFound
from carrel.tools.running import TimedOut, await_value, run_within

WHO: ContextVar[str] = ContextVar("WHO")


def test_the_value_or_the_error_comes_back() -> None:
    """What the function returns or raises is what the caller gets."""

    def fail() -> None:
        raise NotFound("Gone.")

    assert run_within(5, "ok", lambda: "核桃") == "核桃"
    with pytest.raises(NotFound, match="Gone"):
        run_within(5, "fail", fail)


def test_a_function_that_takes_too_long_is_given_up() -> None:
    """The caller goes on at the limit, and the thread is left to end by itself."""
    release = threading.Event()
    with pytest.raises(TimedOut, match=r"slow did not end within 0\.05 seconds"):
        run_within(0.05, "slow", lambda: release.wait(10))
    release.set()


def test_it_runs_in_the_context_of_the_caller() -> None:
    """Context variables have the caller's values."""
    token = WHO.set("ada")
    try:
        assert run_within(5, "who", WHO.get) == "ada"
    finally:
        WHO.reset(token)


def test_a_coroutine_is_awaited() -> None:
    """An async function gives its result, any other value is itself."""

    async def later() -> str:
        return "later"

    assert (await_value(later()), await_value("now")) == ("later", "now")
