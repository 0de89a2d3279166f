"""Tools, calls and results as they stand in the text of a prompt, for models that take no tools otherwise. Pure.

An action is one JSON object with one key: `reply`, or the name of a tool. Where a tool takes a single text, that text
is the value, else an object with the arguments.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from carrel.messages import ToolCall, ToolSchema

REPLY = "reply"
"""The action that answers the user."""

RESULT = "Result: "
NOT_FOUND = "If this does not tell the answer, say that you do not know it."
"""What a model that is prone to guess is told with each result."""

_TEXT = {"type": "string"}


def render_tools(tools: Sequence[ToolSchema]) -> str:
    """Return a line for each tool: its name with what it requires, and what it does."""
    return "\n".join(f"{tool.name}({', '.join(_samples(tool))}) - {_purpose(tool)}" for tool in tools)


def render_written_call(call: ToolCall) -> str:
    """Return a call in tags, as the Hermes models write it."""
    return f'<tool_call>{{"name": {json.dumps(call.name)}, "arguments": {call.arguments.strip() or "{}"}}}</tool_call>'


def render_result(text: str, note: str = "") -> str:
    """Return the result of a call as a message of the user."""
    return f"{RESULT}{text}" + (f"\n({note})" if note else "")


def render_actions(tools: Sequence[ToolSchema]) -> str:
    """Return a line for each tool: the action that calls it, and what it does."""
    return "\n".join(f"{_json({tool.name: _sample(tool)})} - {_purpose(tool)}" for tool in tools)


def render_reply_action(text: str) -> str:
    """Return the action that answers the user."""
    return _json({REPLY: text})


def render_call_action(call: ToolCall) -> str:
    """Return the action that makes a call."""
    try:
        arguments = json.loads(call.arguments)
    except ValueError:
        arguments = call.arguments
    if isinstance(arguments, dict) and len(arguments) == 1 and isinstance(text := next(iter(arguments.values())), str):
        return _json({call.name: text})
    return _json({call.name: arguments})


def action_schema(tools: Sequence[ToolSchema]) -> dict[str, Any]:
    """Return the JSON schema of an action: a reply, or a call of one of the tools."""
    actions = [_object({REPLY: _TEXT}), *(_object({tool.name: _value_schema(tool)}) for tool in tools)]
    return actions[0] if len(actions) == 1 else {"anyOf": actions}


def action_call(tool: ToolSchema, value: Any) -> ToolCall:
    """Return the call that an action makes with its value."""
    if isinstance(value, str) and (parameter := single_text(tool)):
        value = {parameter: value}
    return ToolCall("", tool.name, value if isinstance(value, str) else _json(value))


def single_text(tool: ToolSchema) -> str:
    """Return the parameter of a tool that requires a single one, a text; "" for others."""
    required = list(tool.parameters.get("required", ()))
    properties = _properties(tool)
    if len(required) != 1 or properties.get(required[0], {}).get("type") != "string":
        return ""
    return str(required[0])


def _value_schema(tool: ToolSchema) -> dict[str, Any]:
    if single_text(tool):
        return _TEXT
    properties = _properties(tool)
    required = [name for name in properties if name in tool.parameters.get("required", ())]
    schema = _object({name: properties[name] for name in required})
    return {**schema, "$defs": tool.parameters["$defs"]} if "$defs" in tool.parameters else schema


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _properties(tool: ToolSchema) -> dict[str, Any]:
    return dict(tool.parameters.get("properties", {}))


def _sample(tool: ToolSchema) -> Any:
    return "..." if single_text(tool) else _samples(tool)


def _samples(tool: ToolSchema) -> dict[str, Any]:
    samples: dict[str, Any] = {"integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}
    properties = _properties(tool)
    kinds = {name: str(properties.get(name, {}).get("type")) for name in tool.parameters.get("required", ())}
    return {name: samples.get(kind, "...") for name, kind in kinds.items()}


def _purpose(tool: ToolSchema) -> str:
    """Return the first sentence about a tool."""
    return tool.description.split(". ")[0].rstrip(".") or tool.name


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
