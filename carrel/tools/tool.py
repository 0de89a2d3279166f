"""Tools and their dispatch: whatever the model calls, it gets a result that it can read."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_type_hints, overload

from pydantic import BaseModel, ValidationError

from carrel.errors import BadArguments, BadConfig, Busy, CarrelError, ModelMistake, UnknownTool, UserError
from carrel.memory.store import Memory
from carrel.memory.turns.calls import Effect
from carrel.memory.values import Cause, Hit
from carrel.messages import ToolCall, ToolResult, ToolSchema
from carrel.rendering import notices
from carrel.text import clean_text, clip
from carrel.tools.arguments import parse_arguments
from carrel.tools.running import TimedOut, awaited, within
from carrel.tools.schema import arguments_model, describe, example, json_schema, shortened

TIMEOUT = 60.0
"""Seconds that a call may take, unless its tool says otherwise."""

MEMORY_TIMEOUT = 5.0
"""The same for a call that changes memory: nobody else can write meanwhile, and others wait ten seconds to write."""

AFTER_TIMEOUT: dict[Effect, str] = {
    "none": "Ask for less at once.",
    "memory": "Nothing was changed.",
    "outside": "Whether it took effect is unknown. Do not simply repeat it.",
}
"""What the model is told of a call that took too long, by its effect."""

MAX_RESULT = 200_000
"""Characters of a result that are kept, unless its tool says otherwise; the desk shows its beginning, and the rest can
be read page by page."""

Approval = Literal["always", "ask", "never"]
Approve = Callable[[str, str], bool]
"""Asks the user whether a tool may be called with these arguments."""


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
    core: dict[str, str] = field(default_factory=dict)
    """The blocks of core memory as the model has read them, by label; what it writes itself it has read."""
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
    invoke: Callable[[dict[str, Any], ToolContext], Any]
    """Takes arguments, not yet checked. Raises BadArguments."""
    timeout: float = TIMEOUT
    """Seconds that a call may take."""
    output: int = MAX_RESULT
    """Characters of a result, where the context has room for so many."""
    approval: Approval = "always"
    """Whether a call may be made: always, after asking the user, or never; then the tool is not offered."""

    def run(self, arguments: dict[str, Any], context: ToolContext) -> str:
        """Call the function and return its result as text. Raise BadArguments or what the function raises."""
        return _as_text(awaited(self.invoke(arguments, context)))

    @property
    def remedy(self) -> str:
        """A call that would be accepted."""
        return f"Call it like this: {example(self.schema.name, self.schema.parameters)}"


@overload
def tool(function: Callable[..., Any]) -> Tool: ...


@overload
def tool(
    *, effect: Effect = "outside", timeout: float | None = None, output: int = MAX_RESULT, approval: Approval = "always"
) -> Callable[[Callable[..., Any]], Tool]: ...


def tool(
    function: Callable[..., Any] | None = None,
    *,
    effect: Effect = "outside",
    timeout: float | None = None,
    output: int = MAX_RESULT,
    approval: Approval = "always",
) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """Make a tool of a typed function, sync or async: its name, docstring and signature are what the model sees.

    `effect` says what it does: "none" reads only, "memory" changes memory and nothing else, "outside" acts on the
    world and is never repeated after a crash. A call may take `timeout` seconds (60, one that changes memory 5) and its
    result `output` characters; `approval` is "always", "ask" or "never". Use as `@tool` or `@tool(effect="none")`.
    """
    seconds = timeout or (MEMORY_TIMEOUT if effect == "memory" else TIMEOUT)

    def made(given: Callable[..., Any]) -> Tool:
        arguments = arguments_model(given, ToolContext)
        schema = ToolSchema(given.__name__, describe(given), json_schema(arguments))
        return Tool(schema, effect, _invoking(given, arguments, schema), seconds, output, approval)

    return made if function is None else made(function)


def _invoking(
    function: Callable[..., Any], arguments: type[BaseModel], schema: ToolSchema
) -> Callable[[dict[str, Any], ToolContext], Any]:
    """Return a function that checks arguments, hides the context parameter from the model, and calls."""
    hints = get_type_hints(function)
    parameter = next((name for name, hint in hints.items() if hint is ToolContext and name != "return"), None)

    def invoke(given: dict[str, Any], context: ToolContext) -> Any:
        try:
            checked = arguments.model_validate(given)
        except ValidationError as error:
            remedy = f"Call it like this: {example(schema.name, schema.parameters)}"
            raise BadArguments(_complaint(schema.name, error), remedy) from None
        named = {str(item.alias): getattr(checked, name) for name, item in type(checked).model_fields.items()}
        return function(**named, **({parameter: context} if parameter else {}))

    return invoke


class Toolbox:
    """The tools of an agent. Raise BadConfig where two go by one name."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        names = [item.schema.name for item in tools]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise BadConfig(f"Tool '{twice}' is there twice.", "Give one of them another name.")
        self._tools = {item.schema.name: item for item in tools if item.approval != "never"}

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

    def approval(self, name: str) -> Approval:
        """Return whether a tool may be called; an unknown one does no harm."""
        return self._tools[name].approval if name in self._tools else "always"

    def run(self, call: ToolCall, context: ToolContext) -> ToolResult:
        """Execute a call within its time limit. Whatever goes wrong in it becomes a result that the model reads.

        Raises:
            OperatorError, Busy: the store failed; no further call would fare better.
        """
        found = self._tools.get(call.name)
        if found is None:
            return self._executed(call, context)
        try:
            result: ToolResult = within(found.timeout, call.name, lambda: self._executed(call, context))
        except TimedOut as error:
            late = TimedOut(error.message, AFTER_TIMEOUT[found.effect])
            return ToolResult(call.id, call.name, _told(late, context.room), ok=False)
        return result

    def _executed(self, call: ToolCall, context: ToolContext) -> ToolResult:
        try:
            found = self._find(call.name)
            text = found.run(parse_arguments(call.name, call.arguments, found.remedy), context)
        except (ModelMistake, UserError) as error:
            if isinstance(error, Busy):
                raise
            return ToolResult(call.id, call.name, _told(error, context.room), ok=False)
        except CarrelError:
            raise
        except Exception as error:  # noqa: BLE001 - the tool boundary: a failing tool is a result, not the end
            failed = CarrelError(f"{call.name} failed: {_reason(error)}")
            return ToolResult(call.id, call.name, _told(failed, context.room), ok=False)
        return ToolResult(call.id, call.name, clean_text(text, found.output))

    def _find(self, name: str) -> Tool:
        if name in self._tools:
            return self._tools[name]
        raise UnknownTool(f"Tool '{clip(name, 80)}' does not exist.", f"There is: {', '.join(self._tools)}.")


def _brief(description: str) -> str:
    """Return the first clause of a description."""
    return re.split(r"[.;] ", description, maxsplit=1)[0].rstrip(".")


def _complaint(name: str, error: ValidationError) -> str:
    problems = (f"{clip('.'.join(map(str, item['loc'])), 60)}: {item['msg']}" for item in error.errors()[:5])
    return f"The arguments of {name} do not fit: {'; '.join(problems)}."


def _told(error: CarrelError, room: int) -> str:
    """Return an error as the model reads it; where it is long, its message is cut and its remedy stays."""
    return notices.error(clean_text(error.message), clean_text(error.hint), room)


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
