"""Calls as text, for a server without tools."""

from carrel.messages import AssistantMessage, OpaqueFields, SystemMessage, ToolCall, ToolResult, UserMessage
from carrel.models.chat.server.request.toolless import without_calls


def test_only_chosen_calls_are_told() -> None:
    """Where some calls stay, they keep their results, and the roles around the others alternate."""
    kept = AssistantMessage("", (ToolCall("d", "g", "{}"),), opaque=OpaqueFields("s", "{}"))
    messages = (
        UserMessage("Go."),
        AssistantMessage("", (ToolCall("c", "f", "{}"),)),
        ToolResult("c", "f", "One."),
        kept,
        ToolResult("d", "g", "Two."),
        UserMessage("And?"),
    )
    assert without_calls(messages, tells=lambda message: message.opaque is None) == (
        UserMessage("Go."),
        AssistantMessage("(called f {})"),
        UserMessage("(result of f) One."),
        *messages[3:],
    )


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
