"""The dispatch of calls: whatever the model calls, it gets a result that it can read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from carrel.errors import BadConfig, Busy, CarrelError, ModelMistake, UnknownTool, UserError
from carrel.memory.turns.calls import Effect
from carrel.memory.values import Hit
from carrel.messages import ToolCall, ToolResult, ToolSchema
from carrel.rendering import notices
from carrel.text import clean_text, clip
from carrel.tools.arguments import decode_texts, parse_arguments
from carrel.tools.running import TimedOut, run_within
from carrel.tools.schema import shorten_schema
from carrel.tools.tool import Approval, Tool, ToolContext, ToolFailed

AFTER_TIMEOUT: dict[Effect, str] = {
    "none": "Ask for less at once.",
    "memory": "Nothing was changed.",
    "outside": "Whether it took effect is unknown. Do not simply repeat it.",
}
"""What the model is told of a call that took too long, by its effect."""


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """The result of a call, and what the turn has to know besides; a failed call has nothing besides."""

    result: ToolResult
    found: tuple[Hit, ...] = ()
    core: Mapping[str, str] = field(default_factory=dict)


class Toolbox:
    """The tools of an agent. Raise BadConfig where two have the same name.

    `core` are the few that small models are offered; they may be others, but are no further tools for large ones.
    """

    def __init__(self, tools: Sequence[Tool], core: Sequence[Tool] = ()) -> None:
        others = [item for item in core if item not in tools]
        names = [item.schema.name for item in (*tools, *others)]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise BadConfig(f"Tool '{twice}' is there twice.", "Give one of them another name.")
        self._offered = {item.schema.name: item for item in tools if item.approval != "never"}
        self._core = {item.schema.name: item for item in core if item.approval != "never"}
        self._tools = {**self._offered, **self._core}

    @property
    def schemas(self) -> tuple[ToolSchema, ...]:
        """The tools as the model sees them, in fixed order."""
        return tuple(item.schema for item in self._offered.values())

    @property
    def core_schemas(self) -> tuple[ToolSchema, ...]:
        """The few tools that small models are offered, in fixed order."""
        return tuple(item.schema for item in self._core.values())

    def __contains__(self, name: str) -> bool:
        """Return whether there is a tool of this name."""
        return name in self._tools

    @property
    def lean_schemas(self) -> tuple[ToolSchema, ...]:
        """The same for small windows: the required parameters and few words; all parameters are still accepted."""
        offered = (item.schema for item in self._tools.values() if item.in_small_windows)
        return tuple(
            replace(schema, description=_first_clause(schema.description), parameters=shorten_schema(schema.parameters))
            for schema in offered
        )

    def effect(self, name: str) -> Effect:
        """Return what a tool does; an unknown one does nothing."""
        return self._tools[name].effect if name in self._tools else "none"

    def approval(self, name: str) -> Approval:
        """Return whether a tool may be called; an unknown one does no harm."""
        return self._tools[name].approval if name in self._tools else "always"

    def run(self, call: ToolCall, context: ToolContext) -> CallOutcome:
        """Execute a call within its time limit. Whatever goes wrong in it becomes a result that the model reads.

        Raises:
            OperatorError, Busy: the store failed; no further call would fare better.
        """
        found = self._tools.get(call.name)
        try:
            if found is None:
                known = ", ".join(self._offered)
                raise UnknownTool(f"Tool '{clip(call.name, 80)}' does not exist.", f"There is: {known}.")
            return self._execute(found, call, context)
        except ToolFailed as error:
            return _refuse(call, CarrelError(f"{call.name} failed: {error.message}"), context)
        except (ModelMistake, UserError) as error:
            if isinstance(error, Busy):
                raise
            return _refuse(call, error, context)

    def _execute(self, found: Tool, call: ToolCall, context: ToolContext) -> CallOutcome:
        given = parse_arguments(call.name, call.arguments, found.remedy)
        arguments = decode_texts(given, found.schema.parameters)
        try:
            output = run_within(found.timeout, call.name, lambda: found.run(arguments, context))
        except TimedOut as error:
            raise TimedOut(error.message, AFTER_TIMEOUT[found.effect]) from None
        result = ToolResult(call.id, call.name, clean_text(output.text, found.output))
        return CallOutcome(result, output.found, output.core)


def _refuse(call: ToolCall, error: CarrelError, context: ToolContext) -> CallOutcome:
    """Return an error as the model reads it; where it is long, its message is cut and its remedy stays."""
    text = notices.render_error(clean_text(error.message), clean_text(error.hint), context.room)
    return CallOutcome(ToolResult(call.id, call.name, text, ok=False))


def _first_clause(description: str) -> str:
    return re.split(r"[.;] ", description, maxsplit=1)[0].rstrip(".")
