"""Load a scenario file; a mistake in it is reported with file, line and what was expected."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from carrel import config
from carrel.errors import BadConfig, BadFile
from carrel.scenario.files.scenario import SCHEMA, Scenario
from carrel.scenario.files.validation import describe_error
from carrel.scenario.files.yaml_file import KeyPath, YamlDocument, read_yaml

SUFFIXES = (".scenario.yaml", ".scenario.yml")
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
_HINT = "Run: carrel help scenarios"


@dataclass(frozen=True, slots=True)
class ScenarioSource:
    """A scenario and the file that it comes from."""

    scenario: Scenario
    file: Path
    slug: str
    """The name of the files and folders that belong to it."""
    document: YamlDocument = field(default_factory=lambda: YamlDocument(None), compare=False)

    def line(self, *path: str | int) -> int:
        """Return the line of a part of the scenario; 0 if it is unknown."""
        return self.document.locate(path).line

    @property
    def cassette(self) -> Path:
        """The path of the model's recorded replies, beside the file."""
        return self.file.parent / f"{self.slug}.cassette.jsonl"


def load(path: Path, environment: Mapping[str, str] | None = None) -> ScenarioSource:
    """Return the scenario of a file.

    Raises:
        BadFile: the file cannot be read, is not YAML, or does not follow the schema.
    """
    document = read_yaml(path)
    variables = os.environ if environment is None else environment
    data = document.data
    _check_schema(data, document)
    if isinstance(data.get("agent"), dict):
        data["agent"] = _expand(data["agent"], document, ("agent",), variables)
    _expand_judges(data, document, (), variables)
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        raise BadFile(describe_error(error, document), _HINT) from None
    _check_settings(scenario, path, document)
    _check_files(scenario, path, document)
    return ScenarioSource(scenario, path, slug_of(path), document)


def slug_of(path: Path) -> str:
    """Return a file's name without the suffix of a scenario file."""
    name = path.name
    for suffix in (*SUFFIXES, ".yaml", ".yml", ".json"):
        if name.endswith(suffix) and len(name) > len(suffix):
            return name.removesuffix(suffix)
    return name


def _check_schema(data: Mapping[str, Any], document: YamlDocument) -> None:
    schema = data.get("schema")
    if schema != SCHEMA:
        problem = f"schema is {schema!r}" if "schema" in data else "schema is missing"
        raise BadFile(f"{document.locate(('schema',))}: {problem}.", f"A scenario begins with: schema: {SCHEMA}")


def _expand(value: Any, document: YamlDocument, path: KeyPath, environment: Mapping[str, str]) -> Any:
    """Expand environment variables in the strings of a value. Raise BadFile if one is not set."""
    if isinstance(value, dict):
        return {key: _expand(item, document, (*path, key), environment) for key, item in value.items()}
    if not isinstance(value, str):
        return value

    def replace(match: re.Match[str]) -> str:
        known = environment.get(match[1]) or match[2]
        if known is None:
            hint = f"Set it, or write ${{{match[1]}:-offline}}."
            raise BadFile(f"{document.locate(path)}: environment variable {match[1]} is not set.", hint)
        return str(known)

    return _VARIABLE.sub(replace, value)


def _expand_judges(value: Any, document: YamlDocument, path: KeyPath, environment: Mapping[str, str]) -> None:
    """Expand environment variables in the names of judging models, in place."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        below = (*path, key)
        if key == "judge" and isinstance(item, dict) and "model" in item:
            item["model"] = _expand(item["model"], document, (*below, "model"), environment)
        _expand_judges(item, document, below, environment)


def _check_settings(scenario: Scenario, path: Path, document: YamlDocument) -> None:
    """Raise BadFile if a setting is unknown or its value invalid."""
    spec = scenario.agent
    for name, value in {**spec.settings, "window": spec.window}.items():
        try:
            config.load(path.parent / ".no-home", {name: value}, {})
        except BadConfig as error:
            place = ("agent", name) if name == "window" else ("agent", "settings", name)
            raise BadFile(f"{document.locate(place)}: {error.message}", error.hint) from None


def _check_files(scenario: Scenario, path: Path, document: YamlDocument) -> None:
    """Raise BadFile if a file that the scenario refers to does not exist."""
    for place, name in _referenced_files(scenario):
        if not (path.parent / name).is_file():
            problem = f"{document.locate(place)}: file '{name}' does not exist in the scenario's folder."
            raise BadFile(problem, "Check the name.")


def _referenced_files(scenario: Scenario) -> Iterator[tuple[KeyPath, str]]:
    for number, wanted in enumerate(scenario.setup.imports):
        yield ("setup", "import", number), wanted.file
    for at, session in enumerate(scenario.sessions):
        for number, wanted in enumerate(session.setup.imports):
            yield ("sessions", at, "setup", "import", number), wanted.file
        for number, turn in enumerate(session.turns):
            if turn.paste is not None:
                yield ("sessions", at, "turns", number, "paste"), turn.paste
