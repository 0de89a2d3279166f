"""Write the schema of a tool in the words that every server knows; many know only a part of JSON Schema. Pure."""

from collections.abc import Mapping
from typing import Any

PLAIN = ("type", "description", "enum", "items", "properties", "required")
"""What every server knows of JSON Schema."""

MAX_DEPTH = 12
"""Levels of a schema; a schema that refers to itself would have no end."""

AS_TEXT = "A JSON object, written as text."


def is_plain(schema: object) -> bool:
    """Return whether a schema is one that `plain_schema` leaves as it is."""
    return not isinstance(schema, Mapping) or schema == plain_schema(schema)


def plain_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema in the words that every server knows.

    References are resolved, the first of several alternatives is taken, and an object of any keys becomes a text.
    """
    lean = _plain(schema, schema.get("$defs") or {}, MAX_DEPTH)
    return {"type": "object", "properties": {}} if lean.get("type") != "object" else lean


def _plain(schema: Mapping[str, Any], definitions: Mapping[str, Any], depth: int) -> dict[str, Any]:
    whole = _resolved(schema, definitions, depth)
    lean = {name: whole[name] for name in PLAIN if name in whole}
    lean["type"] = _type(whole)
    if "const" in whole:
        lean["enum"] = [whole["const"]]
    if lean["type"] == "array":
        items = whole.get("items")
        lean["items"] = _plain(items if isinstance(items, Mapping) else {}, definitions, depth - 1)
    if lean["type"] != "object":
        return {name: value for name, value in lean.items() if name not in {"properties", "required"}}
    if not whole.get("properties"):
        said = f"{whole['description']} " if whole.get("description") else ""
        return lean if depth == MAX_DEPTH else {"type": "string", "description": f"{said}{AS_TEXT}"}
    lean["properties"] = {name: _plain(item, definitions, depth - 1) for name, item in whole["properties"].items()}
    return lean


def _resolved(schema: Mapping[str, Any], definitions: Mapping[str, Any], depth: int) -> Mapping[str, Any]:
    """Return a schema without references and alternatives."""
    if depth <= 0:
        return {"type": "string"}
    found: Mapping[str, Any] = {}
    if isinstance(schema.get("$ref"), str):
        found = definitions.get(schema["$ref"].rpartition("/")[2], {})
    for name in ("anyOf", "oneOf", "allOf"):
        options = [item for item in schema.get(name) or () if isinstance(item, Mapping) and item.get("type") != "null"]
        found = found or (options[0] if options else {})
    own = {name: value for name, value in schema.items() if name not in {"$ref", "anyOf", "oneOf", "allOf"}}
    return {**_resolved(found, definitions, depth - 1), **own} if found else own


def _type(schema: Mapping[str, Any]) -> str:
    found = schema.get("type")
    if isinstance(found, list):
        found = next((item for item in found if item != "null"), "string")
    return str(found) if found else "object" if schema.get("properties") else "string"
