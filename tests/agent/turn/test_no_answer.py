"""Why a turn ended without an answer is said with a remedy."""

import pytest

from carrel.agent.limits import StopReason
from carrel.agent.turn.no_answer import is_call_as_text, no_answer
from carrel.protocols import Finish


@pytest.mark.parametrize(
    ("text", "finish", "stopped", "message"),
    [
        ("<tool_call>{}", "stop", None, "calls tools that do not exist"),
        ("", "content_filter", None, "filtered the reply"),
        ("", "length", None, "used up its reply before it said anything"),
        ("", "stop", "steps", "was stopped at the limit of its steps"),
        ("", "stop", None, "gave an empty reply"),
    ],
)
def test_the_reason_is_named(text: str, finish: Finish, stopped: StopReason | None, message: str) -> None:
    """The model is named, the reason is that of the last reply, and something can be done."""
    error = no_answer("tiny", text, finish, stopped)
    assert "'tiny'" in error.message
    assert message in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("text", "expected"), [(' <tool_call>{"name"', True), ("[TOOL_CALLS][", True), ("Use <tool_call> here.", False)]
)
def test_calls_written_as_text_are_known(text: str, expected: bool) -> None:
    """Only a reply that begins with a call's markup is one."""
    assert is_call_as_text(text) is expected
