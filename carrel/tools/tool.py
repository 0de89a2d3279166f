"""Tools and their dispatch: whatever the model calls, it gets a result that it can read."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, overload

from pydantic import BaseModel, ValidationError

from carrel.errors import BadArguments, Busy, CarrelError, ModelMistake, UnknownTool, UserError
from carrel.memory.store import Memory
from carrel.memory.turns import Effect
from carrel.memory.values import Cause, Hit
from carrel.messages import ToolCall, ToolResult, ToolSchema
from carrel.text import clean_text, clip
from carrel.tools.schema import arguments_model, describe, example, json_schema, undescribed

MAX_ARGUMENTS = 1_000_000
"""Characters of arguments that are read at all."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a tool may use; a parameter of this type is hidden from the model."""

    memory: Memory
    turn: str
    step: int
    position: int
    room: int
    """Characters that the result may take."""
    found: list[Hit] = field(default_factory=list)
    """What searches of this call found, for the record of the turn."""

    @property
    def cause(self) -> Cause:
        """The call as the cause of a change."""
        return Cause("agent", self.turn, self.step, self.position)


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call."""

    schema: ToolSchema
    effect: Effect
    function: Callable[..., Any]
    arguments: type[BaseModel]
    context_parameter: str | None

    def run(self, arguments: dict[str, Any], context: ToolContext) -> str:
        """Check the arguments, call the function and return its result as text. Raise BadArguments."""
        try:
            checked = self.arguments.model_validate(arguments)
        except ValidationError as error:
            raise BadArguments(_complaint(self.schema.name, error), self.remedy) from None
        given = {name: getattr(checked, name) for name in self.arguments.model_fields}
        if self.context_parameter:
            given[self.context_parameter] = context
        return _as_text(self.function(**given))

    @property
    def remedy(self) -> str:
        """A call that would be accepted."""
        return f"Call it like this: {example(self.schema.name, self.schema.parameters)}"


@overload
def tool(function: Callable[..., Any]) -> Tool: ...


@overload
def tool(*, effect: Effect) -> Callable[[Callable[..., Any]], Tool]: ...


def tool(
    function: Callable[..., Any] | None = None, *, effect: Effect = "outside"
) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """Make a tool of a typed function: its name, docstring and signature are what the model sees.

    `effect` says what it does: "none" reads only, "memory" changes memory and nothing else, "outside" acts on the
    world and is never repeated after a crash. Use as `@tool` or `@tool(effect="none")`.
    """
    if function is None:
        return lambda given: _made(given, effect)
    return _made(function, effect)


def _made(function: Callable[..., Any], effect: Effect) -> Tool:
    arguments = arguments_model(function, ToolContext)
    hints = getattr(function, "__annotations__", {})
    context = next((name for name, hint in hints.items() if hint is ToolContext and name != "return"), None)
    schema = ToolSchema(function.__name__, describe(function), json_schema(arguments))
    return Tool(schema, effect, function, arguments, context)


class Toolbox:
    """The tools of an agent."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self._tools = {item.schema.name: item for item in tools}

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        """The tools as the model sees them, in fixed order."""
        return tuple(item.schema for item in self._tools.values())

    @property
    def lean_schemas(self) -> tuple[ToolSchema, ...]:
        """The same without what is said of single parameters, for small windows."""
        return tuple(replace(schema, parameters=undescribed(schema.parameters)) for schema in self.schemas)

    def effect(self, name: str) -> Effect:
        """Return what a tool does; an unknown one does nothing."""
        return self._tools[name].effect if name in self._tools else "none"

    def run(self, call: ToolCall, context: ToolContext) -> ToolResult:
        """Execute a call. Whatever goes wrong in it becomes a result that the model reads.

        Raises:
            OperatorError, Busy: the store failed; no further call would fare better.
        """
        try:
            text = self._find(call.name).run(self._arguments(call), context)
        except (ModelMistake, UserError) as error:
            if isinstance(error, Busy):
                raise
            return ToolResult(call.id, call.name, f"Error: {error}", ok=False)
        except CarrelError:
            raise
        except Exception as error:  # noqa: BLE001 - the tool boundary: a failing tool is a result, not the end
            return ToolResult(call.id, call.name, f"Error: {call.name} failed: {_reason(error)}", ok=False)
        return ToolResult(call.id, call.name, clip(clean_text(text), context.room))

    def _find(self, name: str) -> Tool:
        if name in self._tools:
            return self._tools[name]
        raise UnknownTool(f"Tool '{clip(name, 80)}' does not exist.", f"There is: {', '.join(self._tools)}.")

    def _arguments(self, call: ToolCall) -> dict[str, Any]:
        remedy = self._find(call.name).remedy
        if len(call.arguments) > MAX_ARGUMENTS:
            raise BadArguments(f"The arguments of {call.name} are {len(call.arguments)} characters long.", remedy)
        try:
            arguments = json.loads(call.arguments or "{}")
        except (ValueError, RecursionError) as error:
            raise BadArguments(f"The arguments of {call.name} are not valid JSON: {_reason(error)}.", remedy) from None
        if not isinstance(arguments, dict):
            raise BadArguments(f"The arguments of {call.name} are not a JSON object.", remedy)
        return arguments


def _complaint(name: str, error: ValidationError) -> str:
    problems = (f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:5])
    return f"The arguments of {name} do not fit: {'; '.join(problems)}."


def _as_text(value: object) -> str:
    if value is None:
        return "Done."
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _reason(error: BaseException) -> str:
    return clip(f"{type(error).__name__}: {error}", 400)
