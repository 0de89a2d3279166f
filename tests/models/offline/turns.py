"""Requests as the loop makes them, for tests of the offline model's parts."""

from datetime import UTC, datetime

from carrel.messages import AssistantMessage, Message, SystemMessage, ToolCall, ToolResult, ToolSchema, UserMessage
from carrel.models.offline.situation import Situation, situation_of
from carrel.protocols import Request
from carrel.rendering.core_memory import render_block
from carrel.rendering.prompt import Head, Tail, add_tail, render_head, render_tail

NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)
TOOLS = (
    "core_memory_append",
    "core_memory_replace",
    "core_memory_rethink",
    "archival_insert",
    "archival_update",
    "archival_delete",
    "recall_search",
    "archival_search",
)


def request(
    text: str,
    human: str = "",
    earlier: tuple[str, ...] = (),
    recalled: tuple[str, ...] = (),
    done: tuple[tuple[ToolCall, ToolResult], ...] = (),
    tools: tuple[str, ...] = TOOLS,
) -> Request:
    """Return the request of a turn in which calls were executed, each with its result."""
    persona = render_block("persona", "I am Carrel.", 2000)
    head = Head("Be kind.", f"{persona}\n{render_block('human', human, 2000)}", "")
    messages: list[Message] = [SystemMessage(render_head(head))]
    for said in earlier:
        messages += [UserMessage(said), AssistantMessage("Noted.")]
    tail = render_tail(Tail("ab12", NOW, 1, 1, recalled=recalled))
    messages.append(UserMessage(text if done else add_tail(text, tail)))
    if done:
        messages.append(AssistantMessage("", tuple(call for call, _ in done)))
        results = [result for _, result in done]
        last = results[-1]
        messages += [*results[:-1], ToolResult(last.call_id, last.name, add_tail(last.text, tail), last.ok)]
    return Request(tuple(messages), tuple(ToolSchema(name, "") for name in tools))


def situation(text: str, human: str = "", **given: object) -> Situation:
    """Return what such a request tells."""
    return situation_of(request(text, human, **given))  # type: ignore[arg-type]


def done(name: str, text: str = "", ok: bool = True) -> tuple[ToolCall, ToolResult]:
    """Return a call that was executed, and its result."""
    return ToolCall(f"c-{name}", name, "{}"), ToolResult(f"c-{name}", name, text, ok)
