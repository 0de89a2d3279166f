"""Put the calls of a streamed reply together from their fragments. Pure.

Servers differ: a fragment has an index, an id, both or neither; a name comes once, in pieces, or with every fragment;
ids may change with every fragment; and all calls of a reply may have the index 0.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from carrel.models.chat.server.opaque import Fields, merge_fields
from carrel.text import clean_text


@dataclass(slots=True)
class CallDraft:
    """A call that is not complete yet."""

    id: str = ""
    name: str = ""
    parts: list[str] = field(default_factory=list)
    """The fragments of its arguments."""
    fields: Fields = field(default_factory=dict)
    """What its server wants back with it."""

    @property
    def is_whole(self) -> bool:
        """Whether its arguments are a JSON object."""
        return is_object("".join(self.parts))

    def arguments(self) -> str:
        """Return the fragments joined, or the last one if the server repeats all the arguments in it."""
        joined = "".join(self.parts).strip()
        if not joined:
            return "{}"
        if len(self.parts) > 1 and not is_object(joined) and is_object(self.parts[-1]):
            return self.parts[-1]
        return joined

    def add(self, call_id: str, name: str, arguments: str) -> None:
        """Add a fragment; a name that repeats or continues the one before is not another name."""
        self.id = self.id or call_id
        if name and name != self.name:
            self.name = name if name.startswith(self.name) else self.name + name
        if arguments:
            self.parts.append(arguments)

    def is_continued_by(self, name: str) -> bool:
        """Return whether a fragment with a new id may belong to this call all the same."""
        return not self.is_whole and name in {"", self.name}

    def is_followed_by(self, call_id: str, name: str) -> bool:
        """Return whether a fragment with the same key begins another call: some servers give all calls the index 0."""
        if not name:
            return False
        if call_id and self.id:
            return call_id != self.id and (self.is_whole or name != self.name)
        return bool(self.name) and self.is_whole


class CallDrafts:
    """Collects the calls of one reply."""

    def __init__(self) -> None:
        self.drafts: list[CallDraft] = []
        self._by_key: dict[int | str, CallDraft] = {}

    @property
    def are_whole(self) -> bool:
        """Whether the arguments of every call are a JSON object."""
        return all(draft.is_whole for draft in self.drafts)

    def add_all(self, delta: Mapping[str, Any]) -> None:
        """Add the fragments in a part of a message: in `tool_calls`, or in `function_call` as the API once had it."""
        fragments = delta.get("tool_calls")
        for fragment in fragments if isinstance(fragments, list) else ():
            if isinstance(fragment, Mapping):
                self.add(fragment)
        if isinstance(delta.get("function_call"), Mapping):
            self.add({"index": 0, "function": delta["function_call"]})

    def add(self, fragment: Mapping[str, Any]) -> None:
        """Add a fragment, an item of `tool_calls`."""
        function = fragment.get("function")
        function = function if isinstance(function, Mapping) else {}
        call_id, name = _text(fragment.get("id")), _text(function.get("name"))
        index = fragment.get("index")
        draft = self._draft(index if isinstance(index, int) else call_id, call_id, name)
        draft.add(call_id, name, _arguments(function.get("arguments")))
        merge_fields(draft.fields, fragment)
        merge_fields(draft.fields, function)

    def _draft(self, key: int | str, call_id: str, name: str) -> CallDraft:
        """Return the call that a fragment continues, by its index, else by its id, else the last one; or a new call."""
        last = self.drafts[-1] if self.drafts else None
        known = self._by_key.get(key) if key != "" else last
        if known is None and isinstance(key, str) and last is not None and last.is_continued_by(name):
            known = last  # an id that changes with each fragment
        if known is None or known.is_followed_by(call_id, name):
            known = CallDraft()
            self.drafts.append(known)
        self._by_key[key] = known
        return known


def is_object(text: str) -> bool:
    """Return whether a text is a JSON object."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _arguments(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _text(value: object) -> str:
    return clean_text(value) if isinstance(value, str) else ""
