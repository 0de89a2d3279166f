"""The tools that a call in text may name, and how their parameters are typed. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from carrel.markup.literals import value_of
from carrel.markup.source import NoMatch, Source, by_length, fold
from carrel.messages import ToolSchema

_NAMESPACES = ("functions.", "default_api.", "tools.", "tool.", "functions:", "function:", "call:")
_NUMBER = re.compile(r"(?::\d+)?$")


class Offered:
    """The tools of one request, by name."""

    def __init__(self, tools: Sequence[ToolSchema]) -> None:
        self._parameters = {tool.name: _properties(tool) for tool in tools}
        self._names = by_length(self._parameters)
        self._folded = {name: fold(name) for name in self._names}

    def __bool__(self) -> bool:
        return bool(self._parameters)

    def __contains__(self, name: str) -> bool:
        return name in self._parameters

    def parameters(self, name: str) -> tuple[str, ...]:
        """Return the names of a tool's parameters in order; an unknown tool has none."""
        return tuple(self._parameters.get(name, ()))

    def plain(self, name: str) -> str:
        """Return a name without the namespace before it and the number behind it, as in `functions.search:0`."""
        if name in self._parameters:
            return name
        for namespace in _NAMESPACES:
            name = name.removeprefix(namespace)
        return _NUMBER.sub("", name.strip())

    def read_name(self, source: Source, at: int) -> tuple[str, int]:
        """Return the tool that is named at a position, and the position behind its name. Raise NoMatch or NeedMore."""
        at += len(source.longest(_NAMESPACES, at))
        for name in self._names:
            if source.has(self._folded[name], at) and source.text.startswith(name, at):
                end = at + len(name)
                following = source.char(end)
                if following == "_" or following.isalnum():
                    break
                return name, end
        raise NoMatch

    def typed(self, name: str, texts: Mapping[str, str]) -> dict[str, Any]:
        """Return arguments that were written as bare texts, each as the value that its parameter takes."""
        properties = self._parameters.get(name, {})
        return {key: _typed(properties.get(key, {}), text) for key, text in texts.items()}

    def fitted(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return arguments of which only the texts are given the types that their parameters take."""
        texts = {key: value for key, value in arguments.items() if isinstance(value, str)}
        return {**arguments, **self.typed(name, texts)}


def _properties(tool: ToolSchema) -> Mapping[str, Any]:
    properties = tool.parameters.get("properties", {})
    return properties if isinstance(properties, Mapping) else {}


def _typed(schema: Any, text: str) -> Any:
    if "string" in _types(schema):
        return text
    try:
        return value_of(text)
    except NoMatch:
        return text


def _types(schema: Any) -> set[str]:
    """Return the types that a parameter may have; one that says nothing takes text."""
    if not isinstance(schema, Mapping):
        return {"string"}
    kinds = schema.get("type", [])
    found = {kinds} if isinstance(kinds, str) else {kind for kind in kinds if isinstance(kind, str)}
    for choices in (schema.get("anyOf"), schema.get("oneOf")):
        if isinstance(choices, Sequence):
            found = found.union(*map(_types, choices))
    return found or {"string"}
