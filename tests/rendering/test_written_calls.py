"""Tools, calls and results as text."""

import json

from carrel.messages import ToolCall, ToolSchema
from carrel.rendering.written_calls import (
    action_call,
    action_schema,
    render_actions,
    render_call_action,
    render_reply_action,
    render_result,
    render_tools,
    render_written_call,
    single_text,
)

TEXT = {"type": "string"}
SEARCH = ToolSchema("search", "Look it up. Twice.", {"properties": {"query": TEXT, "page": {}}, "required": ["query"]})
PLAN = ToolSchema(
    "plan", "", {"properties": {"days": {"type": "integer"}, "who": {"type": "array"}}, "required": ["days", "who"]}
)
PING = ToolSchema("ping", "Ping.", {})


def test_an_action_is_an_object_with_one_key() -> None:
    """A tool that requires one text is given just that, others an object; a reply alone needs no choice."""
    reply = {"type": "object", "properties": {"reply": TEXT}, "required": ["reply"], "additionalProperties": False}
    assert action_schema(()) == reply
    first, *others = action_schema((SEARCH, PLAN, PING))["anyOf"]
    assert first == reply
    values = [other["properties"][tool.name] for other, tool in zip(others, (SEARCH, PLAN, PING), strict=True)]
    assert values[0] == TEXT
    assert (values[1]["required"], values[2]["properties"]) == (["days", "who"], {})
    assert [single_text(tool) for tool in (SEARCH, PLAN, PING)] == ["query", "", ""]


def test_what_is_described_can_be_called() -> None:
    """Each tool has a line with a call that is read as one, and the first sentence about it."""
    assert render_actions((SEARCH, PLAN, PING)) == (
        '{"search": "..."} - Look it up\n{"plan": {"days": 1, "who": []}} - plan\n{"ping": {}} - Ping'
    )
    assert render_tools((SEARCH, PLAN, PING)) == "search(query) - Look it up\nplan(days, who) - plan\nping() - Ping"
    defs = ToolSchema("x", "", {**PLAN.parameters, "$defs": {"A": {}}})
    assert action_schema((defs,))["anyOf"][1]["properties"]["x"]["$defs"] == {"A": {}}


def test_calls_become_actions_and_actions_calls() -> None:
    """There and back; arguments that are no JSON are passed on for the tool to refuse."""
    call = ToolCall("", "search", '{"query": "茶"}')
    assert render_call_action(call) == '{"search": "茶"}'
    assert action_call(SEARCH, "茶") == action_call(SEARCH, {"query": "茶"}) == call
    assert render_call_action(action_call(PLAN, {"days": 2, "who": []})) == '{"plan": {"days": 2, "who": []}}'
    assert render_call_action(ToolCall("", "plan", "oops")) == '{"plan": "oops"}'
    assert action_call(PLAN, "oops").arguments == "oops"
    assert render_reply_action('Say "hi".') == json.dumps({"reply": 'Say "hi".'})
    assert render_written_call(ToolCall("", "ping", "")) == '<tool_call>{"name": "ping", "arguments": {}}</tool_call>'
    assert (render_result("Green."), render_result("Green.", "Or not.")) == (
        "Result: Green.",
        "Result: Green.\n(Or not.)",
    )
