"""The JSON Schema of scenario files, for editors and other programs."""

from typing import Any

from carrel.scenario.files.scenario import Scenario


def json_schema() -> dict[str, Any]:
    """Return the schema; it allows `include` wherever the loader does."""
    schema = Scenario.model_json_schema(by_alias=True)
    names = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    include = {"type": "object", "properties": {"include": names}, "required": ["include"]}
    schema["properties"]["include"] = {"description": "Files that supply what this one leaves out.", **names}
    for owner, name in ((schema, "sessions"), (schema["$defs"]["SessionSpec"], "turns")):
        items = owner["properties"][name]["items"]
        owner["properties"][name]["items"] = {"anyOf": [items, include]}
    session = schema["$defs"]["SessionSpec"]
    session["required"] = [name for name in session.get("required", []) if name != "id"]
    for definition in schema["$defs"].values():
        for item in definition.get("properties", {}).values():
            item.pop("title", None)
    title = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "carrel/scenario@1"}
    return {**title, **schema, "title": "A Carrel scenario"}
