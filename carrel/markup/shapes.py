"""From a value that a model wrote to the calls that it stands for. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from carrel.markup.literals import value_of
from carrel.markup.offered import Offered
from carrel.markup.source import NoMatch
from carrel.text import clean_text

NAMES = ("name", "function", "tool", "tool_name", "function_name", "action", "recipient_name")
ARGUMENTS = ("arguments", "parameters", "args", "input", "params", "kwargs", "tool_input", "action_input", "tool_args")
_INPUTS = frozenset(("input", "tool_input", "action_input"))
"""Where a bare text is the value of the tool's first parameter."""
ENVELOPES = ("function", "function_call", "tool_call", "tool_calls", "tool_uses", "calls", "call", "actions", "command")
ASIDES = ("type", "id", "index", "call_id", "tool_call_id", "thought", "thoughts", "reasoning", "explanation")
"""Keys that may stand before a name and arguments."""

KEYS = frozenset((*NAMES, *ARGUMENTS, *ENVELOPES, *ASIDES))
"""What the first key of a call may be."""


@dataclass(frozen=True, slots=True)
class TextCall:
    """A call that a model wrote as text."""

    name: str
    arguments: str
    """JSON, or where they could not be read, what stands in their place."""


def call_with(name: str, arguments: Mapping[str, Any]) -> TextCall:
    """Return a call with these arguments; where they repeat the name beside the arguments, with those."""
    inner = next((arguments[key] for key in ARGUMENTS if isinstance(arguments.get(key), dict)), None)
    if inner is not None and arguments.get("name") == name and set(arguments) <= KEYS:
        arguments = inner
    return TextCall(name, clean_text(json.dumps(arguments, ensure_ascii=False)))


def calls_in(value: Any, offered: Offered, trusted: bool) -> list[TextCall]:
    """Return the calls that a value stands for: all of them where one names an offered tool, else none.

    A bare name makes a call only where markup is `trusted` to mean one, or where the tool takes no arguments.
    """
    calls = _calls(value, offered, trusted, 0)
    return calls if any(call.name in offered for call in calls) else []


def _calls(value: Any, offered: Offered, trusted: bool, depth: int) -> list[TextCall]:
    if isinstance(value, list) and depth < 3:
        found = [_calls(item, offered, trusted, depth + 1) for item in value]
        return [call for calls in found for call in calls] if all(found) else []
    if not isinstance(value, dict):
        return []
    for key in ENVELOPES:
        if isinstance(value.get(key), list | dict) and depth < 3:
            return _calls(value[key], offered, trusted, depth + 1)
    call = _keyed_by_name(value, offered) or _named(value, offered, trusted)
    return [call] if call else []


def _keyed_by_name(value: dict[str, Any], offered: Offered) -> TextCall | None:
    """Return the call of `{"search": {"query": "x"}}`."""
    if len(value) != 1:
        return None
    (name, arguments), *_ = value.items()
    return call_with(name, arguments) if name in offered and isinstance(arguments, dict) else None


def _named(value: dict[str, Any], offered: Offered, trusted: bool) -> TextCall | None:
    key = next((key for key in NAMES if isinstance(value.get(key), str)), None)
    if key is None or "description" in value:  # it shows a tool and calls none
        return None
    name = offered.plain(value[key])
    given = next((key for key in ARGUMENTS if key in value), None)
    if given is None:
        return _flat(name, {other: item for other, item in value.items() if other != key}, offered, trusted)
    if given in _INPUTS and isinstance(text := value[given], str) and not text.lstrip().startswith("{"):
        return call_with(name, offered.typed(name, {key: text for key in offered.parameters(name)[:1]}))
    return _with_arguments(name, value[given], offered)


def _flat(name: str, rest: dict[str, Any], offered: Offered, trusted: bool) -> TextCall | None:
    """Return the call of `{"name": "search", "query": "x"}`."""
    parameters = offered.parameters(name)
    arguments = {key: item for key, item in rest.items() if key not in ASIDES or key in parameters}
    if not set(arguments) <= set(parameters) or (parameters and not arguments and not trusted):
        return None
    return call_with(name, arguments)


def _with_arguments(name: str, arguments: Any, offered: Offered) -> TextCall | None:
    if arguments is None:
        return call_with(name, {})
    if isinstance(arguments, str):
        return TextCall(name, clean_text(arguments_text(arguments)))
    if not isinstance(arguments, dict) or ("properties" in arguments and "type" in arguments):  # a tool's own schema
        return None
    return call_with(name, arguments)


def arguments_text(text: str) -> str:
    """Return arguments that were written as text in strict JSON, or as they stand where they cannot be read."""
    try:
        found = value_of(text.strip() or "{}")
    except NoMatch:
        return text.strip()
    return json.dumps(found, ensure_ascii=False) if isinstance(found, dict) else text.strip()
