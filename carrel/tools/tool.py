"""Tools: typed functions that the model may call, and the boundary behind which other people's code runs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Literal, TypeVar, get_type_hints, overload

from pydantic import BaseModel, ValidationError

from carrel.errors import BadArguments, CarrelError, ModelMistake
from carrel.memory.store import Memory
from carrel.memory.turns.calls import Effect
from carrel.memory.values import Cause, Hit
from carrel.messages import ToolSchema
from carrel.text import clip
from carrel.tools.running import await_value
from carrel.tools.schema import arguments_model, describe, example, json_schema

TIMEOUT = 60.0
"""Seconds that a call may take, unless its tool says otherwise."""

MEMORY_TIMEOUT = 5.0
"""The same for a call that changes memory: nobody else can write meanwhile, and others wait ten seconds to write."""

MAX_RESULT = 200_000
"""Characters of a result that are kept, unless its tool says otherwise; main context shows its beginning, and the rest
can be read page by page."""

MAX_REASON = 400
"""Characters of an exception that the model reads."""

Approval = Literal["always", "ask", "never"]
Approve = Callable[[str, str], bool]
"""Asks the user whether a tool may be called with these arguments."""

Value = TypeVar("Value")


class ToolFailed(ModelMistake):
    """Code that is not Carrel's own raised an exception; the model is told which."""

    code = "tool_failed"


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
    _: KW_ONLY
    page: int = 400
    """Tokens that a page of a long text may take."""
    reason: str | None = None
    """Why the call is made, where it is not for the turn's sake."""
    core: Mapping[str, str] = field(default_factory=dict)
    """The blocks of core memory as the model has read them, by label."""

    @property
    def cause(self) -> Cause:
        """The call as the cause of a change."""
        return Cause("agent", self.turn or None, self.step, self.position, self.reason)


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """What a tool may return in place of a plain value: its text, and what the turn has to know besides."""

    text: str
    found: tuple[Hit, ...] = ()
    """What a search found, for the record of the turn."""
    core: Mapping[str, str] = field(default_factory=dict)
    """Blocks of core memory that the model knows from this result, by label."""


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
    in_small_windows: bool = True
    """Whether it is offered where the window has little room for schemas."""

    def run(self, arguments: dict[str, Any], context: ToolContext) -> ToolOutput:
        """Call the function and return what it returns.

        Raises:
            BadArguments: the arguments do not fit.
            ToolFailed: the function raised an exception that is not Carrel's.
            CarrelError: whatever the function raises of Carrel's own.
        """
        return run_foreign_code(lambda: _as_output(await_value(self.invoke(arguments, context))))

    @property
    def remedy(self) -> str:
        """A call that would be accepted."""
        return f"Call it like this: {example(self.schema.name, self.schema.parameters)}"


def run_foreign_code(run: Callable[[], Value]) -> Value:
    """Call code that is not Carrel's own, such as a tool of the user's, and return what it returns.

    Raises:
        ToolFailed: it raised anything but a CarrelError, which is passed on as it is.
    """
    try:
        return run()
    except CarrelError:
        raise
    except Exception as error:
        raise ToolFailed(clip(f"{type(error).__name__}: {error}", MAX_REASON)) from error


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

    def make(given: Callable[..., Any]) -> Tool:
        arguments = arguments_model(given, ToolContext)
        schema = ToolSchema(given.__name__, describe(given), json_schema(arguments))
        return Tool(schema, effect, _checking(given, arguments, schema), seconds, output, approval)

    return make if function is None else make(function)


def _checking(
    function: Callable[..., Any], arguments: type[BaseModel], schema: ToolSchema
) -> Callable[[dict[str, Any], ToolContext], Any]:
    """Return a function that checks arguments, adds the context where it is wanted, and calls."""
    hints = get_type_hints(function)
    parameter = next((name for name, hint in hints.items() if hint is ToolContext and name != "return"), None)

    def invoke(given: dict[str, Any], context: ToolContext) -> Any:
        try:
            checked = arguments.model_validate(given)
        except ValidationError as error:
            remedy = f"Call it like this: {example(schema.name, schema.parameters)}"
            raise BadArguments(_describe_problems(schema.name, error), remedy) from None
        named = {str(item.alias): getattr(checked, name) for name, item in type(checked).model_fields.items()}
        return function(**named, **({parameter: context} if parameter else {}))

    return invoke


def _describe_problems(name: str, error: ValidationError) -> str:
    problems = (f"{clip('.'.join(map(str, item['loc'])), 60)}: {item['msg']}" for item in error.errors()[:5])
    return f"The arguments of {name} do not fit: {'; '.join(problems)}."


def _as_output(value: object) -> ToolOutput:
    return value if isinstance(value, ToolOutput) else ToolOutput(_as_text(value))


def _as_text(value: object) -> str:
    if value is None:
        return "Done."
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):  # the tool has done its work; what it returns is only shown
        return str(value)
