"""Tools and their dispatch: whatever the model calls, it gets a result that it can read."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_type_hints, overload

from pydantic import BaseModel, ValidationError

from carrel.errors import BadArguments, Busy, CarrelError, ModelMistake, UnknownTool, UserError
from carrel.memory.store import Memory
from carrel.memory.turns import Effect
from carrel.memory.values import Cause, Hit
from carrel.messages import ToolCall, ToolResult, ToolSchema
from carrel.text import clean_text, clip
from carrel.tools.schema import arguments_model, describe, example, json_schema, shortened

MAX_ARGUMENTS = 1_000_000
"""Characters of arguments that are read at all."""

MAX_RESULT = 200_000
"""Characters of a result that are kept; the desk shows its beginning, and the rest can be read page by page."""

LEAST_ERROR = 400
"""Characters that an error may always take: it tells how to do better."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a tool may use; a parameter of this type is hidden from the model."""

    memory: Memory
    turn: str
    """The turn's id; empty where the call belongs to none."""
    step: int
    position: int
    room: int
    """Characters that the result may take."""
    page: int = 400
    """Tokens that a page of a long text may take."""
    reason: str | None = None
    """Why the call is made, where it is not for the turn's sake."""
    found: list[Hit] = field(default_factory=list)
    """What searches of this call found, for the record of the turn."""

    @property
    def cause(self) -> Cause:
        """The call as the cause of a change."""
        return Cause("agent", self.turn or None, self.step, self.position, self.reason)


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
        given = {str(item.alias): getattr(checked, name) for name, item in type(checked).model_fields.items()}
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
    hints = get_type_hints(function)
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
        """The same for small windows: what must be given and no word too many; all else is accepted nevertheless."""
        return tuple(
            replace(schema, description=_brief(schema.description), parameters=shortened(schema.parameters))
            for schema in self.schemas
        )

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
            return ToolResult(call.id, call.name, _told(error, context.room), ok=False)
        except CarrelError:
            raise
        except Exception as error:  # noqa: BLE001 - the tool boundary: a failing tool is a result, not the end
            failed = CarrelError(f"{call.name} failed: {_reason(error)}")
            return ToolResult(call.id, call.name, _told(failed, context.room), ok=False)
        return ToolResult(call.id, call.name, clean_text(text, MAX_RESULT))

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


def _brief(description: str) -> str:
    """Return the first clause of a description."""
    return re.split(r"[.;] ", description, maxsplit=1)[0].rstrip(".")


def _complaint(name: str, error: ValidationError) -> str:
    problems = (f"{clip('.'.join(map(str, item['loc'])), 60)}: {item['msg']}" for item in error.errors()[:5])
    return f"The arguments of {name} do not fit: {'; '.join(problems)}."


def _told(error: CarrelError, room: int) -> str:
    """Return an error as the model reads it; where it is long, its message is cut and its remedy stays."""
    hint = clean_text(error.hint)
    message = clip(clean_text(error.message), max(80, room - len(hint) - len("Error:  ")))
    return clip(f"Error: {message} {hint}".strip(), max(room, LEAST_ERROR))


def _as_text(value: object) -> str:
    if value is None:
        return "Done."
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):  # the tool has done its work; what it returns is only shown
        return str(value)


def _reason(error: BaseException) -> str:
    return clip(f"{type(error).__name__}: {error}", 400)
