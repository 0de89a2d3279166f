"""Read YAML with the line of every value, and splice in what it includes.

Only what JSON knows has a type: true, false, null and numbers. So `user: yes` is a text, as in YAML 1.2, and a date
stays as it was written.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from carrel.errors import BadFile
from carrel.formats.files import read_text

Path_ = tuple[str | int, ...]
"""The way to a value: keys and positions."""

SPLICED = {"sessions", "turns"}
"""Lists into which `- include: FILE` puts the list of the same name of another file."""


class _Loader(yaml.SafeLoader):
    """Knows the types of JSON and no others."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", "n~\0"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]+|[0-9]+(?:\.[0-9]+)?[eE][-+]?[0-9]+)$", "-+0123456789"),
):
    _first_letters = [*_first, ""] if _tag == "null" else list(_first)
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first_letters)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"'{self.file}', line {self.line}"


@dataclass(slots=True)
class Document:
    """What a file holds, and where each value stands."""

    data: Any
    places: dict[Path_, Place] = field(default_factory=dict)

    def place(self, path: Path_) -> Place:
        """Return where a value stands, or the nearest that holds it."""
        for end in range(len(path), -1, -1):
            if (found := self.places.get(path[:end])) is not None:
                return found
        return Place("?", 0)


def read(path: Path) -> Document:
    """Return a file's content with what it includes. Raise BadFile, with file and line."""
    root = _included(path, ())
    document = Document(None)
    document.data = _value(root, (), document.places, ())
    return document


def _compose(path: Path) -> Node:
    text = read_text(path)
    try:
        loader = _Loader(text)
        loader.name = str(path)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        hint = "Put text that holds ': ', '#', '{' or '[' in quotes."
        raise BadFile(f"'{path}', line {line}: not valid YAML: {error.problem or error.context}.", hint) from None
    except yaml.YAMLError as error:
        raise BadFile(f"'{path}' is not valid YAML: {error}.", "Save it as plain UTF-8 text.") from None
    if node is None:
        raise BadFile(f"'{path}' is empty.", "A scenario begins with: schema: carrel/scenario@1")
    return node


def _included(path: Path, stack: tuple[Path, ...]) -> Node:
    """Return a file's root with everything that it includes put in its place."""
    resolved = path.resolve()
    if resolved in stack:
        raise BadFile(f"'{path}' includes itself.", "Take the include out.")
    root = _compose(path)
    if not isinstance(root, MappingNode):
        raise BadFile(f"{_place(root)}: a mapping of names to values is expected.", "See docs/scenarios.md.")
    above = (*stack, resolved)
    _splice_lists(root, path, above)
    wanted = next((value for key, value in root.value if key.value == "include"), None)
    root.value = [(key, value) for key, value in root.value if key.value != "include"]
    for name in _names(wanted):
        _merge(root, _included(_beside(path, name), above))
    return root


def _splice_lists(mapping: MappingNode, path: Path, stack: tuple[Path, ...]) -> None:
    """Splice into the lists `sessions` and `turns` of a mapping, and of the sessions in it."""
    for key, value in mapping.value:
        if key.value in SPLICED and isinstance(value, SequenceNode):
            _splice(key.value, value, path, stack)
            for item in _mappings(value):
                _splice_lists(item, path, stack)


def _splice(name: str, sequence: SequenceNode, path: Path, stack: tuple[Path, ...]) -> None:
    """Put the list of another file in the place of each `- include: FILE`."""
    items: list[Node] = []
    for item in sequence.value:
        if isinstance(item, MappingNode) and len(item.value) == 1 and item.value[0][0].value == "include":
            for wanted in _names(item.value[0][1]):
                root = _included(_beside(path, wanted), stack)
                found = next((value for key, value in root.value if key.value == name), None)
                if not isinstance(found, SequenceNode):
                    raise BadFile(f"{_place(wanted)}: '{wanted.value}' has no list '{name}'.", "Give it one.")
                items += found.value
        else:
            items.append(item)
    sequence.value = items


def _merge(under: MappingNode, other: Node) -> None:
    """Add what another mapping says and this one does not; lists of both are joined, the other's first."""
    assert isinstance(other, MappingNode)
    known = {key.value: value for key, value in under.value}
    for key, value in other.value:
        mine = known.get(key.value)
        if mine is None:
            under.value.append((key, value))
        elif isinstance(mine, MappingNode) and isinstance(value, MappingNode):
            _merge(mine, value)
        elif isinstance(mine, SequenceNode) and isinstance(value, SequenceNode):
            mine.value = [*value.value, *mine.value]


def _names(node: Node | None) -> Iterator[ScalarNode]:
    if node is None:
        return
    for item in node.value if isinstance(node, SequenceNode) else [node]:
        if not isinstance(item, ScalarNode) or not item.value:
            raise BadFile(f"{_place(item)}: include takes the name of a file.", "Write include: common.yaml")
        yield item


def _beside(path: Path, name: ScalarNode) -> Path:
    found: Path = path.parent / str(name.value)
    if not found.is_file():
        raise BadFile(f"{_place(name)}: '{name.value}' does not exist beside this file.", "Check the name.")
    return found


def _mappings(sequence: SequenceNode) -> Iterator[MappingNode]:
    return (item for item in sequence.value if isinstance(item, MappingNode))


def _value(node: Node, path: Path_, places: dict[Path_, Place], above: tuple[int, ...]) -> Any:
    """Return a node's value and note where it stands."""
    if id(node) in above:
        raise BadFile(f"{_place(node)}: an alias stands inside what it names.", "Write the value out.")
    places[path] = _place(node)
    deeper = (*above, id(node))
    if isinstance(node, MappingNode):
        return dict(_items(node, path, places, deeper))
    if isinstance(node, SequenceNode):
        return [_value(item, (*path, number), places, deeper) for number, item in enumerate(node.value)]
    return _scalar(node)


def _items(
    node: MappingNode, path: Path_, places: dict[Path_, Place], above: tuple[int, ...]
) -> Iterator[tuple[str, Any]]:
    seen: dict[str, Place] = {}
    for key, value in node.value:
        name = str(key.value)
        if not isinstance(key, ScalarNode):
            raise BadFile(f"{_place(key)}: a name is expected here.", "Put it in quotes.")
        if name in seen:
            raise BadFile(f"{_place(key)}: '{name}' stands here a second time.", f"First in line {seen[name].line}.")
        seen[name] = _place(key)
        item = _value(value, (*path, name), places, above)
        places[(*path, name)] = seen[name]
        yield name, item


def _scalar(node: Node) -> Any:
    kind = node.tag.rsplit(":", 1)[-1]
    text = str(node.value)
    types: Mapping[str, Any] = {"bool": lambda t: t == "true", "null": lambda t: None, "int": int, "float": float}
    if kind in types:
        return types[kind](text)
    if kind == "str":
        return text
    raise BadFile(f"{_place(node)}: the tag {node.tag} is not known.", "Leave it out.")


def _place(node: Node) -> Place:
    return Place(str(node.start_mark.name), node.start_mark.line + 1)
