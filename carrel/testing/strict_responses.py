"""The rules by which the Responses API refuses a request, with what it gave out before. Pure.

They are what its own validation says of stateless requests: a reasoning item comes back with its encrypted content and
before the item that it led to, and each call has a result.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Body = Mapping[str, Any]
Item = Mapping[str, Any]
Rule = Callable[[list[Item]], Iterator[str]]

PARAMETERS = frozenset(
    {"model", "input", "store", "stream", "include", "tools", "tool_choice", "text", "reasoning"}
) | {
    "instructions",
    "max_output_tokens",
    "temperature",
}
FIELDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "message": (frozenset({"role", "content"}), frozenset({"type", "id", "status", "phase"})),
    "function_call": (frozenset({"call_id", "name", "arguments"}), frozenset({"type", "id", "status"})),
    "function_call_output": (frozenset({"call_id", "output"}), frozenset({"type", "id", "status"})),
    "reasoning": (frozenset({"id", "summary"}), frozenset({"type", "encrypted_content", "status"})),
}
"""By the type of an item: the fields that it must have, and those that it may have."""

MIN_OUTPUT_TOKENS = 16


class Issued:
    """The reasoning items that a server gave out, each with the item that it led to."""

    def __init__(self) -> None:
        self._contents: dict[str, str] = {}
        self._followers: dict[str, str] = {}

    def add(self, reasoning: Item, follower: str) -> None:
        """Note a reasoning item, and the id of the item after it."""
        self._contents[reasoning["id"]] = reasoning["encrypted_content"]
        self._followers[reasoning["id"]] = follower

    def violations(self, items: list[Item]) -> Iterator[str]:
        """Yield why reasoning is refused that does not stand where it stood."""
        reasons = {follower: reasoning for reasoning, follower in self._followers.items()}
        for place, item in enumerate(items):
            name = str(item.get("id"))
            if item.get("type") == "reasoning":
                yield from self._of_reasoning(item, name, items[place + 1].get("id") if items[place + 1 :] else None)
            elif name in reasons and (place == 0 or items[place - 1].get("id") != reasons[name]):
                lacking = f"provided without its required 'reasoning' item: '{reasons[name]}'"
                yield f"Item '{name}' of type '{item['type']}' was {lacking}."

    def _of_reasoning(self, item: Item, name: str, follower: object) -> Iterator[str]:
        if "encrypted_content" not in item:
            yield f"Item with id '{name}' not found. Items are not persisted when `store` is set to false."
        elif item["encrypted_content"] != self._contents.get(name):
            yield f"The encrypted content for item {name} could not be verified."
        elif follower != self._followers[name]:
            yield f"Item '{name}' of type 'reasoning' was provided without its required following item."


def violations(body: Body) -> Iterator[str]:
    """Yield why a request is refused, whatever was given out before."""
    yield from (f"Unknown parameter: '{name}'." for name in body.keys() - PARAMETERS)
    if not isinstance(body.get("input"), list) or not body["input"]:
        yield "Missing required parameter: 'input'."
        return
    if body.get("max_output_tokens", MIN_OUTPUT_TOKENS) < MIN_OUTPUT_TOKENS:
        yield "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16."
    for place, item in enumerate(body["input"]):
        yield from _of_item(item, f"input[{place}]")
    yield from _of_calls(body["input"])
    yield from (f"Missing required parameter: 'tools[{n}].name'." for n, _ in _nameless(body))


def _nameless(body: Body) -> Iterator[tuple[int, Item]]:
    return ((n, tool) for n, tool in enumerate(body.get("tools") or ()) if "name" not in tool or "strict" not in tool)


def _of_item(item: Item, place: str) -> Iterator[str]:
    kind = item.get("type", "message")
    if kind not in FIELDS:
        yield f"Invalid value: '{kind}'. Supported values are: {', '.join(FIELDS)}."
        return
    required, optional = FIELDS[kind]
    yield from (f"Missing required parameter: '{place}.{name}'." for name in required - item.keys())
    yield from (f"Unknown parameter: '{place}.{name}'." for name in item.keys() - required - optional)
    if kind == "message" and item.get("role") not in {"user", "assistant", "system", "developer"}:
        yield f"Invalid value: '{item.get('role')}' for '{place}.role'."


def _of_calls(items: list[Item]) -> Iterator[str]:
    """Yield why calls without results, and results without calls, are refused."""
    called: set[str] = set()
    answered: set[str] = set()
    for item in items:
        if item.get("type") == "function_call":
            called.add(item["call_id"])
        elif item.get("type") == "function_call_output":
            answered.add(item["call_id"])
            if item["call_id"] not in called:
                yield f"No tool call found for function call output with call_id {item['call_id']}."
    yield from (f"No tool output found for function call {call_id}." for call_id in sorted(called - answered))
