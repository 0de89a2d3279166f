"""Read YAML with the line of every value, and resolve its includes.

Only JSON's types are recognised: true, false, null and numbers. So `user: yes` is a text, as in YAML 1.2, and a date
remains a text.
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
from carrel.text import replace_surrogates

KeyPath = tuple[str | int, ...]
"""The path to a value: keys, and indices of list items."""

LISTS_WITH_INCLUDES = {"sessions", "turns"}
"""Lists in which `- include: FILE` is replaced by the items of the same list of another file."""


IMPLICIT_TYPES = tuple(
    (f"tag:yaml.org,2002:{name}", re.compile(pattern), first)
    for name, pattern, first in (
        ("bool", r"^(?:true|false)$", list("tf")),
        ("null", r"^(?:null|~|)$", ["n", "~", ""]),
        ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", list("-+0123456789")),
        ("float", r"^[-+]?(?:[0-9]+\.[0-9]+|[0-9]+(?:\.[0-9]+)?[eE][-+]?[0-9]+)$", list("-+0123456789")),
    )
)
"""The tag, the pattern and the first letters of values that are no texts though they are not quoted."""


class _Loader(yaml.SafeLoader):
    """Recognises JSON's types and no others."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in IMPLICIT_TYPES:
    _Loader.add_implicit_resolver(_tag, _pattern, _first)


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"'{self.file}', line {self.line}"


@dataclass(slots=True)
class YamlDocument:
    """The content of a YAML file, and the location of each value."""

    data: Any
    locations: dict[KeyPath, Location] = field(default_factory=dict)

    def locate(self, path: KeyPath) -> Location:
        """Return the location of a value, or of the innermost value around it that has one."""
        for end in range(len(path), -1, -1):
            if (found := self.locations.get(path[:end])) is not None:
                return found
        return Location("?", 0)


def read_yaml(path: Path) -> YamlDocument:
    """Return a file's content with its includes resolved. Raise BadFile with file and line if it is invalid."""
    root = _load_with_includes(path, ())
    document = YamlDocument(None)
    document.data = _value(root, (), document.locations, ())
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
        hint = "Quote texts that contain ': ', '#', '{' or '['."
        raise BadFile(f"'{path}', line {line}: not valid YAML: {error.problem or error.context}.", hint) from None
    except yaml.YAMLError as error:
        raise BadFile(f"'{path}' is not valid YAML: {error}.", "Save it as plain UTF-8 text.") from None
    if node is None:
        raise BadFile(f"'{path}' is empty.", "A scenario begins with: schema: carrel/scenario@1")
    return node


def _load_with_includes(path: Path, including: tuple[Path, ...]) -> Node:
    """Return a file's root node with its includes resolved; `including` are the files that led to it."""
    resolved = path.resolve()
    if resolved in including:
        raise BadFile(f"'{path}' includes itself.", "Remove the include.")
    root = _compose(path)
    if not isinstance(root, MappingNode):
        raise BadFile(f"{_location(root)}: expected keys and values.", "Run: carrel help scenarios")
    stack = (*including, resolved)
    _resolve_lists(root, path, stack)
    include = next((value for key, value in root.value if key.value == "include"), None)
    root.value = [(key, value) for key, value in root.value if key.value != "include"]
    for name in _file_names(include):
        _merge(root, _load_with_includes(_find_sibling(path, name), stack))
    return root


def _resolve_lists(mapping: MappingNode, path: Path, stack: tuple[Path, ...]) -> None:
    """Resolve the includes in the lists `sessions` and `turns` of a mapping, and of the sessions in it."""
    for key, value in mapping.value:
        if key.value in LISTS_WITH_INCLUDES and isinstance(value, SequenceNode):
            _resolve_list(key.value, value, path, stack)
            for item in _mappings(value):
                _resolve_lists(item, path, stack)


def _resolve_list(name: str, sequence: SequenceNode, path: Path, stack: tuple[Path, ...]) -> None:
    """Replace each `- include: FILE` of a list by the items of that file's list of the same name."""
    items: list[Node] = []
    for item in sequence.value:
        if isinstance(item, MappingNode) and len(item.value) == 1 and item.value[0][0].value == "include":
            for file_name in _file_names(item.value[0][1]):
                root = _load_with_includes(_find_sibling(path, file_name), stack)
                found = next((value for key, value in root.value if key.value == name), None)
                if not isinstance(found, SequenceNode):
                    problem = f"{_location(file_name)}: '{file_name.value}' has no list '{name}'."
                    raise BadFile(problem, f"Add the list '{name}' to it.")
                items += found.value
        else:
            items.append(item)
    sequence.value = items


def _merge(target: MappingNode, other: Node) -> None:
    """Add the keys of another mapping that the target lacks; join lists that both have, the other's items first."""
    assert isinstance(other, MappingNode)
    known = {key.value: value for key, value in target.value}
    for key, value in other.value:
        own = known.get(key.value)
        if own is None:
            target.value.append((key, value))
        elif isinstance(own, MappingNode) and isinstance(value, MappingNode):
            _merge(own, value)
        elif isinstance(own, SequenceNode) and isinstance(value, SequenceNode):
            own.value = [*value.value, *own.value]


def _file_names(node: Node | None) -> Iterator[ScalarNode]:
    if node is None:
        return
    for item in node.value if isinstance(node, SequenceNode) else [node]:
        if not isinstance(item, ScalarNode) or not item.value:
            raise BadFile(f"{_location(item)}: include needs the name of a file.", "Example: include: common.yaml")
        yield item


def _find_sibling(path: Path, name: ScalarNode) -> Path:
    sibling: Path = path.parent / str(name.value)
    if not sibling.is_file():
        problem = f"{_location(name)}: file '{name.value}' does not exist in the same folder."
        raise BadFile(problem, "Check the name.")
    return sibling


def _mappings(sequence: SequenceNode) -> Iterator[MappingNode]:
    return (item for item in sequence.value if isinstance(item, MappingNode))


def _value(node: Node, path: KeyPath, locations: dict[KeyPath, Location], above: tuple[int, ...]) -> Any:
    """Return a node's value and record the location of each part; `above` are the ids of the nodes around it."""
    if id(node) in above:
        raise BadFile(f"{_location(node)}: an alias refers to a value that contains it.", "Write the value out.")
    locations[path] = _location(node)
    deeper = (*above, id(node))
    if isinstance(node, MappingNode):
        return dict(_items(node, path, locations, deeper))
    if isinstance(node, SequenceNode):
        return [_value(item, (*path, number), locations, deeper) for number, item in enumerate(node.value)]
    return _scalar(node)


def _items(
    node: MappingNode, path: KeyPath, locations: dict[KeyPath, Location], above: tuple[int, ...]
) -> Iterator[tuple[str, Any]]:
    seen: dict[str, Location] = {}
    for key, value in node.value:
        name = replace_surrogates(str(key.value))
        if not isinstance(key, ScalarNode):
            raise BadFile(f"{_location(key)}: a key must be a text.", "Put it in quotes.")
        if name in seen:
            raise BadFile(f"{_location(key)}: '{name}' is given twice, first in line {seen[name].line}.", "Remove one.")
        seen[name] = _location(key)
        if _is_empty(value) and "call" not in path:
            raise BadFile(f"{_location(key)}: {name} is empty.", "Give it a value, or remove the key.")
        item = _value(value, (*path, name), locations, above)
        locations[(*path, name)] = seen[name]
        yield name, item


def _is_empty(node: Node) -> bool:
    """Return whether a key has no value, not even an explicit null; only a tool may be called with nothing."""
    return isinstance(node, ScalarNode) and node.tag.endswith(":null") and not node.value


def _scalar(node: Node) -> Any:
    kind = node.tag.rsplit(":", 1)[-1]
    text = replace_surrogates(str(node.value))
    types: Mapping[str, Any] = {"bool": lambda t: t == "true", "null": lambda t: None, "int": int, "float": float}
    if kind in types:
        return types[kind](text)
    if kind == "str":
        return text
    raise BadFile(f"{_location(node)}: tag {node.tag} is not supported.", "Remove it.")


def _location(node: Node) -> Location:
    return Location(str(node.start_mark.name), node.start_mark.line + 1)
