"""Find scenario files and read them; what is wrong is said with file, line and what was expected."""

import difflib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from carrel import config
from carrel.errors import BadConfig, BadFile
from carrel.scenario.files.story import SCHEMA, Scenario
from carrel.scenario.files.yaml_file import Document, Path_, read

SUFFIXES = (".scenario.yaml", ".scenario.yml")
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
_REMEDY = "See docs/scenarios.md, or let your editor check it with docs/scenario.schema.json."


@dataclass(frozen=True, slots=True)
class Source:
    """A story and where it came from."""

    scenario: Scenario
    file: Path
    slug: str
    """What files that belong to it are called."""
    document: Document = field(default_factory=lambda: Document(None), compare=False)

    def line(self, *path: str | int) -> int:
        """Return the line at which a part of the story stands; 0 where it is not known."""
        return self.document.place(path).line

    @property
    def cassette(self) -> Path:
        """Where the model's recorded answers are kept: beside the file."""
        return self.file.parent / f"{self.slug}.cassette.jsonl"


def find(paths: Sequence[Path]) -> list[Path]:
    """Return the scenario files that are named, and those in the folders that are named. Raise BadFile."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(file for suffix in SUFFIXES for file in path.rglob(f"*{suffix}"))
        if not inside:
            raise BadFile(f"Folder '{path}' holds no scenario.", f"Name them …{SUFFIXES[0]}, or name a file.")
        found += inside
    return list(dict.fromkeys(found))


def load(path: Path, environment: Mapping[str, str] | None = None) -> Source:
    """Return the story of a file.

    Raises:
        BadFile: it cannot be read, is not YAML, or says something that a scenario cannot.
    """
    document = read(path)
    variables = os.environ if environment is None else environment
    data = document.data
    schema = data.get("schema")
    if schema != SCHEMA:
        said = f"schema is {schema!r}" if "schema" in data else "schema is missing"
        raise BadFile(f"{document.place(('schema',))}: {said}.", f"A scenario begins with: schema: {SCHEMA}")
    if isinstance(data.get("agent"), dict):
        data["agent"] = _filled(data["agent"], document, ("agent",), variables)
    _fill_judges(data, document, (), variables)
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        raise BadFile(_complaint(error, document), _REMEDY) from None
    _check_settings(scenario, path, document)
    _check_files(scenario, path, document)
    return Source(scenario, path, slug_of(path), document)


def slug_of(path: Path) -> str:
    """Return a file's name without what scenario files end with."""
    name = path.name
    for suffix in (*SUFFIXES, ".yaml", ".yml", ".json"):
        if name.endswith(suffix) and len(name) > len(suffix):
            return name.removesuffix(suffix)
    return name


def _filled(value: Any, document: Document, path: Path_, environment: Mapping[str, str]) -> Any:
    """Put variables of the environment into the strings of a value. Raise BadFile where one is not set."""
    if isinstance(value, dict):
        return {key: _filled(item, document, (*path, key), environment) for key, item in value.items()}
    if not isinstance(value, str):
        return value

    def replaced(match: re.Match[str]) -> str:
        known = environment.get(match[1]) or match[2]
        if known is None:
            hint = f"Set it, or write ${{{match[1]}:-offline}}."
            raise BadFile(f"{document.place(path)}: the variable {match[1]} is not set.", hint)
        return str(known)

    return _VARIABLE.sub(replaced, value)


def _fill_judges(value: Any, document: Document, path: Path_, environment: Mapping[str, str]) -> None:
    """Fill in the variables in the names of judging models."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        where = (*path, key)
        if key == "judge" and isinstance(item, dict) and "model" in item:
            item["model"] = _filled(item["model"], document, (*where, "model"), environment)
        _fill_judges(item, document, where, environment)


def _check_settings(scenario: Scenario, path: Path, document: Document) -> None:
    """Raise BadFile where a setting is unknown or makes no sense."""
    spec = scenario.agent
    for name, value in {**spec.settings, "window": spec.window}.items():
        try:
            config.load(path.parent / ".no-home", {name: value}, {})
        except BadConfig as error:
            place = ("agent", name) if name == "window" else ("agent", "settings", name)
            raise BadFile(f"{document.place(place)}: {error.message}", error.hint) from None


def _complaint(error: ValidationError, document: Document) -> str:
    """Say what is wrong first, and how much more there is."""
    found = error.errors()
    ways = [_path(item) for item in found]
    inner = [item for item in found if not any(len(way) > len(_path(item)) == _shared(way, item) for way in ways)]
    problems = sorted(inner, key=lambda item: document.place(_path(item)).line)
    first = problems[0]
    path = _path(first)
    more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
    said = f"{_dotted(path)}{_said(first, path)}".removeprefix(": ")
    return f"{document.place(path)}: {said}{more}."


def _path(item: ErrorDetails) -> Path_:
    return tuple(item["loc"])


def _shared(way: Path_, item: ErrorDetails) -> int:
    """Return how many steps the ways to two problems share: what is wrong inside makes the whole wrong too."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(way, _path(item), strict=False)))


def _dotted(path: Path_) -> str:
    steps = (f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).lstrip(".")


def _said(item: ErrorDetails, path: Path_) -> str:
    if item["type"] == "extra_forbidden":
        known = sorted(_known(path[:-1]))
        near = difflib.get_close_matches(str(path[-1]), known, 1)
        return f" is not known; did you mean '{near[0]}'?" if near else f" is not known; there is {', '.join(known)}"
    if item["type"] == "missing":
        return " is missing"
    if item["type"] == "too_short":
        return " is empty; give at least one"
    message = item["msg"].removeprefix("Value error, ")
    if message.startswith(("'", "say", "a ", "two", "without", "is ")):
        return f": {message}"
    shown = repr(item["input"])
    return f": {message}, not {shown if len(shown) <= 60 else shown[:59] + '…'}"


def _known(path: Path_) -> set[str]:
    """Return the names that may stand at a place, by the JSON Schema."""
    whole = Scenario.model_json_schema(by_alias=True)
    found = [whole]
    for step in path:
        found = [below for schema in found for below in _below(schema, step, whole)]
    return {name for schema in found for option in _options(schema, whole) for name in option.get("properties", {})}


def _below(schema: Mapping[str, Any], step: str | int, whole: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for option in _options(schema, whole):
        if isinstance(step, int):
            found = option.get("items")
        else:
            found = option.get("properties", {}).get(step) or option.get("additionalProperties")
        if isinstance(found, dict):
            yield found


def _options(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a schema without references, or each of those that it leaves the choice of."""
    reference = schema.get("$ref")
    resolved = whole["$defs"][reference.rsplit("/", 1)[-1]] if reference else schema
    yield resolved
    for option in resolved.get("anyOf", ()):
        yield from _options(option, whole)


def _check_files(scenario: Scenario, path: Path, document: Document) -> None:
    """Raise BadFile where a file that the story names does not exist."""
    for place, name in _files(scenario):
        if not (path.parent / name).is_file():
            raise BadFile(f"{document.place(place)}: file '{name}' does not exist beside this one.", "Check the name.")


def _files(scenario: Scenario) -> Iterator[tuple[Path_, str]]:
    for number, wanted in enumerate(scenario.setup.imports):
        yield ("setup", "import", number), wanted.file
    for at, session in enumerate(scenario.sessions):
        for number, wanted in enumerate(session.setup.imports):
            yield ("sessions", at, "setup", "import", number), wanted.file
        for number, turn in enumerate(session.turns):
            if turn.paste is not None:
                yield ("sessions", at, "turns", number, "paste"), turn.paste
