"""Parse the arguments of a call as the model wrote them: strict JSON, of bounded size and depth. Pure."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from carrel.errors import BadArguments
from carrel.messages import canonical
from carrel.text import clip

MAX_ARGUMENTS = 1_000_000
"""Characters of the longest arguments that are parsed."""

MAX_DEPTH = 64
"""How deeply objects and lists may be nested."""


def parse_arguments(name: str, text: str, remedy: str) -> dict[str, Any]:
    """Return a call's arguments; an empty text is an empty object, half a surrogate pair is replaced.

    Raises:
        BadArguments: too long, too deep, not an object, or not JSON; NaN and a repeated key are not JSON here.
    """
    if len(text) > MAX_ARGUMENTS:
        raise BadArguments(f"The arguments of {name} are {len(text)} characters long.", remedy)
    try:
        value = json.loads(text or "{}", object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)
        cleaned = _clean(value)
    except (ValueError, RecursionError) as error:
        reason = clip(f"{type(error).__name__}: {error}", 400)
        raise BadArguments(f"The arguments of {name} are not valid JSON: {reason}.", remedy) from None
    if not isinstance(cleaned, dict):
        raise BadArguments(f"The arguments of {name} are not a JSON object.", remedy)
    return cleaned


def decode_texts(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments with each object or list that was written as a text decoded, where its parameter takes no text.

    Models write them so, and servers that know no object of any keys are told of a text.
    """
    properties = schema.get("properties", {})
    return {name: _decoded(value, properties.get(name)) for name, value in arguments.items()}


def normalise_arguments(text: str) -> str:
    """Return arguments in canonical form, so that equal ones compare equal; what is not JSON is returned as it is."""
    try:
        return canonical(json.loads(text or "{}"))
    except (ValueError, RecursionError):
        return text


def _decoded(value: Any, schema: object) -> Any:
    if not isinstance(value, str) or not isinstance(schema, Mapping):
        return value
    forms = {form.get("type") for form in (schema, *schema.get("anyOf", ())) if isinstance(form, Mapping)}
    if "string" in forms or not forms & {"object", "array"}:
        return value
    try:
        found = json.loads(value)
        return _clean(found) if isinstance(found, dict | list) else value
    except (ValueError, RecursionError):
        return value


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for number, (name, _) in enumerate(pairs) if name in dict(pairs[:number]))
        raise ValueError(f"the key {clip(twice, 60)!r} is repeated")
    return found


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _clean(value: Any, depth: int = 0) -> Any:
    """Return a value whose strings can be encoded as UTF-8. Raise ValueError where it is nested too deeply."""
    if depth > MAX_DEPTH:
        raise ValueError(f"it is nested more than {MAX_DEPTH} deep")
    match value:
        case str():
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        case list():
            return [_clean(item, depth + 1) for item in value]
        case dict():
            return {_clean(name): _clean(item, depth + 1) for name, item in value.items()}
        case _:
            return value
