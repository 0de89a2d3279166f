"""A schema in the words that every server knows."""

from typing import Any

import pytest
from pydantic import BaseModel

from carrel.models.chat.server.request.plain_schema import AS_TEXT, PLAIN, is_plain, plain_schema


class Leg(BaseModel):
    """A part of a journey."""

    to: str
    stops: list["Leg"] = []


class Journey(BaseModel):
    """What a tool may take."""

    legs: list[Leg]
    first: Leg | None = None
    counts: dict[str, int] = {}
    anything: list[Any] = []
    kind: int | str = 0


def keywords(schema: dict[str, Any]) -> set[str]:
    """Return all keywords of a schema."""
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return set(schema).union(*map(keywords, inner))


def test_a_rich_schema_becomes_a_plain_one() -> None:
    """References, alternatives and open objects are told in types, properties and descriptions alone."""
    plain = plain_schema(Journey.model_json_schema())
    assert keywords(plain) <= set(PLAIN)
    assert plain["required"] == ["legs"]
    leg = plain["properties"]["legs"]["items"]
    assert (leg["type"], leg["properties"]["to"]["type"]) == ("object", "string")
    assert plain["properties"]["first"]["properties"]["to"]["type"] == "string"
    assert plain["properties"]["counts"] == {"type": "string", "description": AS_TEXT}
    assert plain["properties"]["anything"] == {"type": "array", "items": {"type": "string"}}
    assert plain["properties"]["kind"]["type"] == "integer"
    assert is_plain(plain)
    assert not is_plain(Journey.model_json_schema())


@pytest.mark.parametrize(
    ("schema", "plain"),
    [
        ({"type": "object", "properties": {}}, {"type": "object", "properties": {}}),
        ({}, {"type": "object", "properties": {}}),
        (
            {"type": "object", "properties": {"x": {"type": ["null", "integer"], "const": 1, "format": "int32"}}},
            {"type": "object", "properties": {"x": {"type": "integer", "enum": [1]}}},
        ),
    ],
)
def test_small_schemas(schema: dict[str, Any], plain: dict[str, Any]) -> None:
    """A tool without parameters stays one; a type is one word, and a constant the only choice."""
    assert plain_schema(schema) == plain
