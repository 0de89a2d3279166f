"""Read calls that are written as YAML between marks: `<tool_call>`, `name: search`, `arguments:`. Pure.

Readers raise NoMatch or NeedMore.
"""

import json
import re
from typing import Any

from carrel.markup.dialects import END_OF_CALL
from carrel.markup.offered import Offered
from carrel.markup.shapes import ARGUMENTS, KEYS, TextCall, call_with, calls_in
from carrel.markup.source import NeedMore, NoMatch, Source

_KEY = re.compile(r"[\w.-]+")
_LIST_ITEM = re.compile(r"-[ ]+")
_END = re.compile(END_OF_CALL.pattern + r"|\n(?:action|thought|observation|final answer)\b")
_ALIAS = re.compile(r"(?:^|[\s\[{,:-])[*&]\w")
_MAX_CHARACTERS = 20_000


def read_yaml(source: Source, at: int, offered: Offered, code: bool = False) -> tuple[list[TextCall], int]:
    """Return the calls of a YAML mapping or list of them, and the position where the marks round it end it.

    In code, a mapping must have both a name and arguments.
    """
    begin = at + len(source.run(_LIST_ITEM, at))
    key = source.run(_KEY, begin)
    if (key.lower() not in KEYS and key not in offered) or source.char(begin + len(key)) not in ":\n":
        raise NoMatch
    end = _end(source, at)
    calls = _calls(source.text[at:end], offered, trusted=not code)
    if not calls:
        raise NoMatch
    return calls, end


def _end(source: Source, at: int) -> int:
    if found := _END.search(source.folded, at):
        return found.start()
    if not source.final:
        raise NeedMore
    return len(source.text)


def _calls(text: str, offered: Offered, trusted: bool) -> list[TextCall]:
    name, _, rest = text.strip().partition("\n")
    if name in offered:  # the name on a line of its own, its parameters below
        value = _load(rest)
        if isinstance(value, dict) and len(value) == 1 and set(value) <= set(ARGUMENTS):
            (value,) = value.values()
        known = isinstance(value, dict) and set(value) <= set(offered.parameters(name))
        return [call_with(name, offered.fitted(name, value))] if known and value else []
    calls = calls_in(_load(text), offered, trusted)
    return [_fitted(call, offered) for call in calls if call.name in offered]


def _fitted(call: TextCall, offered: Offered) -> TextCall:
    """Return a call whose values, all of them texts in YAML as it is read here, have the types that the tool takes."""
    arguments = json.loads(call.arguments)
    return call_with(call.name, offered.fitted(call.name, arguments)) if isinstance(arguments, dict) else call


def _load(text: str) -> Any:
    import yaml

    if len(text) > _MAX_CHARACTERS or _ALIAS.search(text):  # aliases can stand for more than memory holds
        return None
    try:
        return yaml.load(text, Loader=yaml.BaseLoader)  # makes texts, lists and mappings, and nothing else
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
