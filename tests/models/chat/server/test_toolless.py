"""Calls as text, for a server without tools."""

from carrel.messages import AssistantMessage, SystemMessage, ToolCall, ToolResult, UserMessage
from carrel.models.chat.server.toolless import without_calls


def test_calls_are_told_in_words() -> None:
    """Without tools, calls and results stand as text, and roles still alternate."""
    messages = (
        SystemMessage("Be kind."),
        UserMessage("Go."),
        AssistantMessage("Let me see.", (ToolCall("c", "f", "{}"), ToolCall("d", "g", "{}"))),
        ToolResult("c", "f", "One."),
        ToolResult("d", "", "Two."),
        AssistantMessage("Half a"),
        AssistantMessage("whole."),
        UserMessage("Thanks."),
    )
    assert without_calls(messages) == (
        SystemMessage("Be kind."),
        UserMessage("Go."),
        AssistantMessage("Let me see.\n(called f {})\n(called g {})"),
        UserMessage("(result of f) One.\n\n(result) Two."),
        AssistantMessage("Half a\n\nwhole."),
        UserMessage("Thanks."),
    )
