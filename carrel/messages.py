"""Messages as frozen values, and their JSON in the format of Chat Completions. Pure.

These values have no id and no time: both belong to the store.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Role = Literal["system", "user", "assistant", "tool"]
ROLES: tuple[Role, ...] = ("system", "user", "assistant", "tool")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model asks for."""

    id: str
    """The model's own id of the call, unique in a turn."""
    name: str
    arguments: str
    """The arguments as the model wrote them, which should be a JSON object."""


@dataclass(frozen=True, slots=True)
class SystemMessage:
    """Instructions to the model."""

    text: str
    role: Literal["system"] = "system"


@dataclass(frozen=True, slots=True)
class UserMessage:
    """What the user said."""

    text: str
    role: Literal["user"] = "user"


@dataclass(frozen=True, slots=True)
class OpaqueFields:
    """Fields of a reply that its server wants back unchanged, such as signatures of thoughts; to others they are noise.

    Each is a JSON object, or empty for none.
    """

    origin: str
    """The server and the model that wrote them. No other is sent them."""
    message: str = ""
    calls: tuple[str, ...] = ()
    """Those of each call, in order."""

    def texts(self) -> tuple[str, ...]:
        """Return all of them, to be counted."""
        return tuple(filter(None, (self.message, *self.calls)))

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name, for the database."""
        return {"origin": self.origin, "message": self.message, "calls": list(self.calls)}


def opaque_from_json(data: Mapping[str, Any] | None) -> OpaqueFields | None:
    """Return the fields that `OpaqueFields.to_json` returned; None for none."""
    return OpaqueFields(data["origin"], data["message"], tuple(data["calls"])) if data else None


@dataclass(frozen=True, slots=True)
class AssistantMessage:
    """What the model said, and the calls that it asks for."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    role: Literal["assistant"] = "assistant"
    opaque: OpaqueFields | None = None


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The result of a call; `ok` is false if the text is an error for the model to read."""

    call_id: str
    name: str
    text: str
    ok: bool = True
    role: Literal["tool"] = "tool"


Message = SystemMessage | UserMessage | AssistantMessage | ToolResult


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as a server reports them, and the number of model calls that they are the sum of."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0
    calls: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt + other.prompt,
            self.completion + other.completion,
            self.cached + other.cached,
            self.calls + other.calls,
        )

    def to_json(self) -> dict[str, int]:
        """Return the figures by name."""
        return {"prompt": self.prompt, "completion": self.completion, "cached": self.cached, "calls": self.calls}


@dataclass(frozen=True, slots=True)
class ToolSchema:
    """A tool as it is described to the model; `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the tool in the format of Chat Completions."""
        function = {"name": self.name, "description": self.description, "parameters": dict(self.parameters)}
        return {"type": "function", "function": function}


def to_json(message: Message) -> dict[str, Any]:
    """Return a message in the format of Chat Completions."""
    match message:
        case ToolResult(call_id=call_id, text=text):
            return {"role": "tool", "tool_call_id": call_id, "content": text}
        case AssistantMessage(text=text, calls=calls) if calls:
            return {"role": "assistant", "content": text, "tool_calls": [call_to_json(call) for call in calls]}
        case _:
            return {"role": message.role, "content": message.text}


def call_to_json(call: ToolCall) -> dict[str, Any]:
    """Return a call in the format of Chat Completions."""
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def from_json(data: Mapping[str, Any]) -> Message:
    """Return the message that `to_json` was given. Raise ValueError for an unknown role."""
    text = data.get("content") or ""
    match data["role"]:
        case "system":
            return SystemMessage(text)
        case "user":
            return UserMessage(text)
        case "assistant":
            return AssistantMessage(text, tuple(call_from_json(call) for call in data.get("tool_calls") or ()))
        case "tool":
            return ToolResult(data["tool_call_id"], data.get("name", ""), text)
        case role:
            raise ValueError(f"Role {role!r} is unknown; it is one of {', '.join(ROLES)}.")


def call_from_json(data: Mapping[str, Any]) -> ToolCall:
    """Return the call that `call_to_json` was given."""
    function = data["function"]
    return ToolCall(data["id"], function["name"], function["arguments"])


def canonical(value: Any) -> str:
    """Return JSON with sorted keys and no white space, for hashes and for prompts that stay the same byte by byte."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def join_neighbours(messages: Iterable[Message]) -> list[Message]:
    """Return the messages with neighbours of one side as one: strict chat templates want the sides to alternate."""
    joined: list[Message] = []
    for message in messages:
        last = joined[-1] if joined else None
        match last, message:
            case UserMessage(text=before), UserMessage(text=text):
                joined[-1] = UserMessage(f"{before}\n\n{text}")
            case AssistantMessage(text=before, calls=()), AssistantMessage(text=text):
                joined[-1] = replace(message, text=f"{before}\n\n{text}".strip())
            case _:
                joined.append(message)
    return joined
