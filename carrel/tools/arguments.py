"""Read the arguments of a call as the model wrote them: strict JSON, of bounded size and depth. Pure."""

import json
from typing import Any, NoReturn

from carrel.errors import BadArguments
from carrel.messages import canonical
from carrel.text import clip

MAX_ARGUMENTS = 1_000_000
"""Characters of arguments that are read at all."""

MAX_DEPTH = 64
"""How deep objects and lists may stand in each other."""


def parse_arguments(name: str, text: str, remedy: str) -> dict[str, Any]:
    """Return a call's arguments; none at all are an empty object, half a surrogate pair is replaced.

    Raises:
        BadArguments: too long, not JSON (NaN and a key that stands twice are none), too deep, or not an object.
    """
    if len(text) > MAX_ARGUMENTS:
        raise BadArguments(f"The arguments of {name} are {len(text)} characters long.", remedy)
    try:
        value = json.loads(text or "{}", object_pairs_hook=_unique, parse_constant=_refused)
        sound = _sound(value)
    except (ValueError, RecursionError) as error:
        reason = clip(f"{type(error).__name__}: {error}", 400)
        raise BadArguments(f"The arguments of {name} are not valid JSON: {reason}.", remedy) from None
    if not isinstance(sound, dict):
        raise BadArguments(f"The arguments of {name} are not a JSON object.", remedy)
    return sound


def normalise_arguments(text: str) -> str:
    """Return arguments in the one form that all ways to write them have in common; what is not JSON as it is."""
    try:
        return canonical(json.loads(text or "{}"))
    except (ValueError, RecursionError):
        return text


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for number, (name, _) in enumerate(pairs) if name in dict(pairs[:number]))
        raise ValueError(f"the key {clip(twice, 60)!r} stands twice")
    return found


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number of JSON")


def _sound(value: Any, depth: int = 0) -> Any:
    """Return a value whose texts can be written as UTF-8."""
    if depth > MAX_DEPTH:
        raise ValueError(f"it is nested more than {MAX_DEPTH} deep")
    match value:
        case str():
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        case list():
            return [_sound(item, depth + 1) for item in value]
        case dict():
            return {_sound(name): _sound(item, depth + 1) for name, item in value.items()}
        case _:
            return value
