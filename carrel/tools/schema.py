"""Describe a typed function with a docstring as the model sees it. Pure."""

import inspect
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

_ARGUMENT = re.compile(r"^\s+(\w+)(?: \([^)]*\))?:\s*(.+)$")


def describe(function: Callable[..., Any]) -> str:
    """Return the docstring's text up to its Args section."""
    text = inspect.getdoc(function) or ""
    return " ".join(text.split("\nArgs:")[0].split())


def arguments_model(function: Callable[..., Any], hidden: type) -> type[BaseModel]:
    """Return a pydantic model of the parameters, without the one of type `hidden`."""
    hints = get_type_hints(function, include_extras=True)
    about = _about(function)
    fields: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if hints.get(name) is hidden:
            continue
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        field = Field(default, alias=name, description=about.get(name))
        fields[f"argument_{name}"] = (hints.get(name, str), field)  # a bare name might be one of pydantic's own
    return create_model(function.__name__, __config__=ConfigDict(extra="forbid"), **fields)


def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of arguments, without titles and defaults, which cost tokens and say nothing."""
    schema = model.model_json_schema()
    properties = {name: _lean(value) for name, value in schema.get("properties", {}).items()}
    lean: dict[str, Any] = {"type": "object", "properties": properties}
    if required := schema.get("required"):
        lean["required"] = required
    if definitions := schema.get("$defs"):
        lean["$defs"] = definitions
    return lean


def shorten_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema of the required parameters and `page` alone, without descriptions."""
    required = {*schema.get("required", ()), "page"}
    properties = {
        name: {key: item for key, item in value.items() if key != "description"}
        for name, value in schema["properties"].items()
        if name in required
    }
    return {**schema, "properties": properties}


def example(name: str, schema: Mapping[str, Any]) -> str:
    """Return a call that would be accepted, such as `archival_insert(text="…")`."""
    required = schema.get("required", [])
    arguments = (f"{key}={_sample(schema['properties'][key])}" for key in required)
    return f"{name}({', '.join(arguments)})"


def _sample(schema: Mapping[str, Any]) -> str:
    if choices := schema.get("enum"):
        return json.dumps(choices[0], ensure_ascii=False)
    samples = {"integer": "1", "number": "1.0", "boolean": "true", "array": "[]", "object": "{}"}
    return samples.get(str(schema.get("type")), '"…"')


def _lean(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in {"title", "default"}}


def _about(function: Callable[..., Any]) -> dict[str, str]:
    """Return what the docstring's Args section says about each parameter."""
    section = (inspect.getdoc(function) or "").partition("\nArgs:")[2]
    found = (_ARGUMENT.match(line) for line in section.splitlines())
    return {match[1]: match[2] for match in found if match}
