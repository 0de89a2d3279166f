"""A typed function becomes a tool, and what other people's code does stays behind one boundary."""

from typing import Any

import pytest

from carrel.errors import BadArguments, CarrelError, NotFound
from carrel.tools.tool import MEMORY_TIMEOUT, TIMEOUT, ToolContext, ToolFailed, ToolOutput, run_foreign_code, tool

NOWHERE: Any = None
CONTEXT = ToolContext(NOWHERE, "t-1", 2, 0, 100, reason="consolidation")


class Odd(Exception):
    """An exception that nobody knows."""


@pytest.mark.parametrize("error", [Odd("odd"), ValueError("odd"), RecursionError("odd"), AssertionError("odd")])
def test_any_exception_of_foreign_code_is_told(error: Exception) -> None:
    """Whatever other people's code raises becomes one error with its kind and text, and keeps it as its cause."""

    def fail() -> None:
        raise error

    with pytest.raises(ToolFailed, match=rf"{type(error).__name__}: odd") as caught:
        run_foreign_code(fail)
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", [NotFound("Gone."), CarrelError("Odd."), KeyboardInterrupt(), SystemExit(3)])
def test_errors_of_our_own_and_interrupts_pass(error: BaseException) -> None:
    """An error that Carrel knows, and the wish to stop, are not taken for a failure of the tool."""

    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        run_foreign_code(fail)
    assert caught.value is error


def test_what_a_tool_returns_is_its_output() -> None:
    """A plain value becomes text; an output is passed on with all that it tells the turn."""

    @tool(effect="none")
    def plain(name: str) -> dict[str, str]:
        """Greet."""
        return {"hello": name}

    output = ToolOutput("Done.", core={"human": "核桃"})

    @tool(effect="none")
    def full() -> ToolOutput:
        """Give."""
        return output

    assert plain.run({"name": "小明"}, CONTEXT) == ToolOutput('{"hello": "小明"}')
    assert full.run({}, CONTEXT) is output
    with pytest.raises(BadArguments, match=r'plain\(name="…"\)'):
        plain.run({}, CONTEXT)


def test_a_tool_has_the_time_that_its_effect_allows() -> None:
    """A tool that changes memory has less time than others, unless it says how long it takes."""

    def nothing() -> None:
        """Do nothing."""

    assert tool(nothing).timeout == TIMEOUT
    assert tool(effect="memory")(nothing).timeout == MEMORY_TIMEOUT
    assert tool(effect="memory", timeout=9)(nothing).timeout == 9


def test_a_call_is_the_cause_of_what_it_changes() -> None:
    """A change names turn, step, position and reason; a call outside of a turn names no turn."""
    cause = CONTEXT.cause
    assert (cause.actor, cause.turn, cause.step, cause.position, cause.reason) == (
        "agent",
        "t-1",
        2,
        0,
        "consolidation",
    )
    assert ToolContext(NOWHERE, "", 1, 0, 100).cause.turn is None
