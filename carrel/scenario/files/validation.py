"""Turn pydantic's validation errors into one sentence with file, line and what was expected."""

import difflib
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from carrel.scenario.files.scenario import Scenario
from carrel.scenario.files.yaml_file import KeyPath, YamlDocument

SHOWN_CHARACTERS = 60
"""How much of a wrong value a message shows."""


def describe_error(error: ValidationError, document: YamlDocument) -> str:
    """Return what is wrong with the earliest wrong line of a document, and how many more mistakes there are."""
    details = error.errors()
    paths = [_path(item) for item in details]
    innermost = [item for item in details if not any(_is_inside(path, _path(item)) for path in paths)]
    ordered = sorted(innermost, key=lambda item: document.locate(_path(item)).line)
    first = ordered[0]
    path = _path(first)
    more = f" ({len(ordered) - 1} more)" if len(ordered) > 1 else ""
    description = f"{_dotted(path)}{_complaint(first, path)}".removeprefix(": ")
    return f"{document.locate(path)}: {description}{more}."


def _path(item: ErrorDetails) -> KeyPath:
    return tuple(item["loc"])


def _is_inside(path: KeyPath, outer: KeyPath) -> bool:
    """Return whether a path leads below another: a mistake inside a value makes the value itself invalid too."""
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(path, outer, strict=False)))
    return len(path) > len(outer) == shared


def _dotted(path: KeyPath) -> str:
    steps = (f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).lstrip(".")


def _complaint(item: ErrorDetails, path: KeyPath) -> str:
    match item["type"]:
        case "extra_forbidden":
            return _unknown_key(path)
        case "missing":
            return " is missing"
        case "too_short":
            return " is empty; give at least one"
        case "value_error":
            return f": {item['msg'].removeprefix('Value error, ')}"
    value = repr(item["input"])
    shown = value if len(value) <= SHOWN_CHARACTERS else value[: SHOWN_CHARACTERS - 1] + "…"
    return f": {item['msg']}, not {shown}"


def _unknown_key(path: KeyPath) -> str:
    known = sorted(_allowed_keys(path[:-1]))
    similar = difflib.get_close_matches(str(path[-1]), known, 1)
    return f" is unknown; did you mean '{similar[0]}'?" if similar else f" is unknown; known are {', '.join(known)}"


def _allowed_keys(path: KeyPath) -> set[str]:
    """Return the keys that the JSON Schema allows at a path."""
    root = Scenario.model_json_schema(by_alias=True)
    schemas = [root]
    for step in path:
        schemas = [child for schema in schemas for child in _children(schema, step, root)]
    return {name for schema in schemas for option in _options(schema, root) for name in option.get("properties", {})}


def _children(schema: Mapping[str, Any], step: str | int, root: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for option in _options(schema, root):
        if isinstance(step, int):
            child = option.get("items")
        else:
            child = option.get("properties", {}).get(step) or option.get("additionalProperties")
        if isinstance(child, dict):
            yield child


def _options(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a schema with its reference resolved, and each alternative that it allows."""
    reference = schema.get("$ref")
    resolved = root["$defs"][reference.rsplit("/", 1)[-1]] if reference else schema
    yield resolved
    for option in resolved.get("anyOf", ()):
        yield from _options(option, root)
