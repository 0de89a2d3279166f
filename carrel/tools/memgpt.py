"""The tools of the MemGPT paper's contract: send_message, and request_heartbeat on all others."""

import json
from dataclasses import replace
from typing import Any

from carrel.errors import BadArguments
from carrel.messages import AssistantMessage, ToolCall, ToolSchema
from carrel.text import clean_text
from carrel.tools.arguments import parse_arguments
from carrel.tools.tool import ToolContext, tool
from carrel.tools.toolbox import CallOutcome, Toolbox

SEND = "send_message"
HEARTBEAT = "request_heartbeat"
_THOUGHTS = frozenset({"inner_thoughts", "thinking"})
"""Arguments that models which know the contract add by themselves; a tool may declare parameters of these names."""


@tool(effect="memory")
def send_message(context: ToolContext, message: str) -> str:
    """Say something to the user; nothing else that you write reaches them."""
    said = clean_text(message).strip()
    if not said:
        raise BadArguments("The message is empty.", 'Call it like this: send_message(message="…")')
    recall = context.memory.recall
    # Stored in recall as a message of its own: no search would find it in the call's arguments.
    recall.add(recall.of_turn(context.turn)[0].session, AssistantMessage(said), turn=context.turn, step=context.step)
    return "Sent."


class HeartbeatToolbox(Toolbox):
    """Tools that each take request_heartbeat too."""

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        """The tools as the model sees them, in fixed order."""
        return tuple(map(_with_heartbeat, super().schemas))

    @property
    def lean_schemas(self) -> tuple[ToolSchema, ...]:
        """The same for small windows, where the instructions explain heartbeats and send_message replaces one tool."""
        return tuple(schema for schema in super().lean_schemas if schema.name != "core_memory_rethink")

    def run(self, call: ToolCall, context: ToolContext) -> CallOutcome:
        """Execute a call without the arguments that are meant for the loop. Raises as the toolbox does."""
        arguments = _without(self._contract_arguments(call.name), call.arguments)
        return super().run(replace(call, arguments=arguments), context)

    def _contract_arguments(self, name: str) -> frozenset[str]:
        """Return the names of a call's arguments that belong to the contract and not to its tool."""
        found = self._tools.get(name)
        own = found.schema.parameters["properties"] if found else {}
        return (_THOUGHTS - own.keys()) | {HEARTBEAT}


def wants_heartbeat(arguments: str) -> bool:
    """Return whether a call asks for control after it; some models write true as text or as a number."""
    return str(_read(arguments).get(HEARTBEAT)).strip().lower() in {"true", "1"}


def parse_sent_message(arguments: str) -> str:
    """Return what a call of send_message says; empty where its arguments cannot be parsed."""
    said = _read(arguments).get("message")
    return clean_text(said).strip() if isinstance(said, str) else ""


def _with_heartbeat(schema: ToolSchema) -> ToolSchema:
    if schema.name == SEND:
        return schema
    parameters = dict(schema.parameters)
    about = {"type": "boolean", "description": "go on after this call"}
    parameters["properties"] = {**parameters["properties"], HEARTBEAT: about}
    return replace(schema, parameters=parameters)


def _without(names: frozenset[str], arguments: str) -> str:
    """Return arguments without some names; what cannot be parsed stays as it is, and the toolbox refuses it."""
    given = _read(arguments)
    if names.isdisjoint(given):
        return arguments
    left = {name: item for name, item in given.items() if name not in names}
    return json.dumps(left, ensure_ascii=False, separators=(",", ":"))


def _read(arguments: str) -> dict[str, Any]:
    """Return arguments as an object; empty where they cannot be parsed, which the toolbox explains."""
    try:
        return parse_arguments("", arguments, "")
    except BadArguments:
        return {}
