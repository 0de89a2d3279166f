"""What the model sees of a typed function."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from carrel.messages import ToolSchema
from carrel.tools.defaults import MEMORY_TOOLS
from carrel.tools.schema import example, shorten_schema
from carrel.tools.tool import ToolContext, tool
from carrel.tools.toolbox import Toolbox


@tool(effect="none")
def book(
    context: ToolContext,
    title: str,
    copies: Annotated[int, Field(ge=1)] = 1,
    kind: Literal["loan", "sale"] = "loan",
    tags: tuple[str, ...] = (),
) -> str:
    """Book a copy
    of a title. Twice is fine.

    Args:
        title: as on the cover
        copies (int): how many
    """
    return f"{title} x{copies} ({kind}) {tags} {context.turn}"


def test_a_function_becomes_a_schema() -> None:
    """Name, docstring and signature give the schema; the context is hidden and the noise is gone."""
    properties = {
        "title": {"type": "string", "description": "as on the cover"},
        "copies": {"type": "integer", "minimum": 1, "description": "how many"},
        "kind": {"enum": ["loan", "sale"], "type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
    }
    parameters = {"type": "object", "properties": properties, "required": ["title"]}
    assert book.schema == ToolSchema("book", "Book a copy of a title. Twice is fine.", parameters)


def test_schemas_are_ordered_and_the_same_each_time() -> None:
    """The tools' JSON is byte-stable, in the order in which they were given."""
    first, second = Toolbox(MEMORY_TOOLS), Toolbox(MEMORY_TOOLS)
    assert [schema.to_json() for schema in first.schemas] == [schema.to_json() for schema in second.schemas]
    assert [schema.name for schema in first.schemas] == [item.schema.name for item in MEMORY_TOOLS]


def test_short_schemas_keep_what_must_be_given() -> None:
    """The schemas for small windows hold the first clause, the required parameters and the page, undescribed."""
    (lean,) = Toolbox([book]).lean_schemas
    parameters = {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]}
    assert lean == ToolSchema("book", "Book a copy of a title", parameters)
    search = next(item for item in MEMORY_TOOLS if item.schema.name == "recall_search")
    assert list(shorten_schema(search.schema.parameters)["properties"]) == ["query", "page"]


@pytest.mark.parametrize(
    ("schema", "sample"),
    [
        ({"type": "string"}, '"…"'),
        ({"type": "integer"}, "1"),
        ({"type": "number"}, "1.0"),
        ({"type": "boolean"}, "true"),
        ({"type": "array"}, "[]"),
        ({"type": "object"}, "{}"),
        ({"enum": ["loan", "sale"], "type": "string"}, '"loan"'),
    ],
)
def test_an_example_would_be_accepted(schema: dict[str, Any], sample: str) -> None:
    """The example names each required argument with a value of its type."""
    assert example("f", {"properties": {"x": schema}, "required": ["x"]}) == f"f(x={sample})"


def test_names_that_pydantic_uses_itself_are_fine() -> None:
    """A parameter may be called anything that Python allows."""

    @tool(effect="none")
    def odd(schema: str, model_dump: str, json: int = 2, _hidden: str = "h") -> str:
        """Take odd names."""
        return f"{schema}{model_dump}{json}{_hidden}"

    assert list(odd.schema.parameters["properties"]) == ["schema", "model_dump", "json", "_hidden"]
    context: Any = None
    assert odd.run({"schema": "a", "model_dump": "b", "_hidden": "c"}, context).text == "ab2c"
