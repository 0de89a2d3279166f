"""Collect the fields of a reply that its server wants back unchanged, from its chunks. Pure.

Signatures of thoughts (Gemini's `extra_content`, Copilot's `reasoning_opaque`), thoughts (DeepSeek's and Kimi's
`reasoning_content`) and both (OpenRouter's `reasoning_details`, LiteLLM's `thinking_blocks`) stand in the message or in
its calls. Some servers refuse the results of calls whose fields do not come back.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

_WANTED = re.compile("signature|extra_content|reasoning|thinking|thought|provider_specific|encrypted|opaque")
_THOUGHTS = re.compile("reasoning|thinking")

Fields = dict[str, Any]


def merge_fields(known: Fields, part: Mapping[str, Any]) -> None:
    """Add the wanted fields of a part of a message, or of a call, to those of the parts before it."""
    for name, value in part.items():
        if _WANTED.search(name) and value not in (None, "", [], {}):
            known[name] = _merge(known.get(name), value)


def without_thoughts(fields: Fields) -> Fields:
    """Return the fields of a message that makes no calls: servers want no thoughts back from it."""
    return {name: value for name, value in fields.items() if not _THOUGHTS.match(name)}


def fields_json(fields: Fields) -> str:
    """Return fields as JSON that can be stored; empty where there are none."""
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":")) if fields else ""
    return text.encode("utf-8", "replace").decode() if text else ""


def _merge(known: object, value: object) -> object:
    match known, value:
        case str(), str():
            return known if known == value else known + value
        case list(), list():
            return _merge_lists(known, value)
        case dict(), dict():
            return {**known, **value}
        case _:
            return value


def _merge_lists(known: list[Any], parts: list[Any]) -> list[Any]:
    """Return a list with further entries; one that continues the last entry is joined to it."""
    joined = list(known)
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(last, dict) and isinstance(part, dict) and _continues(last, part):
            joined[-1] = {**last, **{name: _joined(last.get(name), value) for name, value in part.items() if value}}
        else:
            joined.append(part)
    return joined


def _continues(last: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    return "index" in part and all(last.get(name) == part.get(name) for name in ("index", "type"))


def _joined(known: object, value: object) -> object:
    same = not isinstance(known, str) or not isinstance(value, str) or known == value
    return value if same else f"{known}{value}"
