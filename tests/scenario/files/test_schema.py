"""The JSON Schema of scenario files agrees with the loader."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from carrel.scenario.files.schema import json_schema
from carrel.scenario.files.sources import find_files
from carrel.scenario.files.yaml_file import read_yaml
from tests.scenario.builders import scenario

ROOT = Path(__file__).parents[3]


def test_the_published_schema_is_the_loaders() -> None:
    """docs/scenario.schema.json is what `carrel run --schema` prints."""
    published = (ROOT / "docs" / "scenario.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == json_schema()


@pytest.mark.parametrize("path", find_files([ROOT / "examples" / "scenarios"]), ids=lambda path: path.name)
def test_the_examples_are_valid(path: Path) -> None:
    """An editor that checks with the published schema finds no mistake in the examples."""
    assert list(jsonschema.Draft202012Validator(json_schema()).iter_errors(read_yaml(path).data)) == []


@pytest.mark.parametrize(
    "wrong", [{"usr": "Hi."}, {"user": "Hi.", "expect": [{"replied": "x"}]}, {"user": 1, "repeat": 0}]
)
def test_mistakes_are_invalid(wrong: dict[str, Any]) -> None:
    """An unknown key and a number out of range are marked by an editor too."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(scenario(wrong), json_schema())
