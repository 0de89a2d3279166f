"""What a server can do with a model: learned from its answers, kept in the home, overridable in the settings."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from carrel.errors import BadConfig
from carrel.models.chat.faults import Failure


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Facts about one server and model; None is not known yet, and asked for as if it were there."""

    tools: bool | None = None
    """Takes tools; without them Carrel chats, and memory comes by page-in alone."""
    tool_choice: str | None = None
    """The forms that it takes beside auto: none, required, named."""
    parallel_calls: bool | None = None
    """Makes several calls in one reply."""
    text_calls: bool | None = None
    """Writes calls as text, <tool_call>{…}</tool_call>, which is then read as calls. Never learned, only set."""
    streaming: bool | None = None
    argument_streaming: bool | None = None
    """Streams the arguments of calls in fragments, rather than each call whole."""
    usage: bool | None = None
    """Reports tokens at the end of a stream."""
    stream_options: bool | None = None
    """Takes the wish for usage in a stream."""
    long_limit: bool | None = None
    """Calls the limit of a reply max_completion_tokens, not max_tokens."""
    window: int | None = None
    """Tokens of context that it serves, as far as it has said."""
    token_count: str | None = None
    """Where it counts tokens, if anywhere."""

    def to_json(self) -> dict[str, Any]:
        """Return what is known, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}


LEAST_WINDOW = 1000
"""Tokens below which a figure in an error is no window."""

NAMES = tuple(item.name for item in fields(Capabilities))


def from_json(data: object) -> Capabilities:
    """Return the facts that `to_json` wrote; what has another name or type is left out."""
    known = data if isinstance(data, Mapping) else {}
    kinds = {"tool_choice": str, "token_count": str, "window": int}
    facts = {name: known[name] for name in NAMES if type(known.get(name)) is kinds.get(name, bool)}
    return Capabilities(**facts)


def settled(setting: str) -> dict[str, Any]:
    """Return the facts that the setting `capabilities` gives, such as "tools=no window=4096".

    Raises:
        BadConfig: it is not of that form.
    """
    return dict(_given(item) for item in setting.split())


def _given(item: str) -> tuple[str, Any]:
    name, _, said = item.partition("=")
    if name not in NAMES or not said:
        raise BadConfig(
            f"Setting 'capabilities' holds '{item}'.", f"Write NAME=yes or NAME=no; there is {', '.join(NAMES)}."
        )
    if name == "window":
        if not said.isdecimal():
            raise BadConfig(f"Capability 'window' is '{said}'.", "Write a number of tokens, such as window=4096.")
        return name, int(said)
    if name in {"tool_choice", "token_count"}:
        return name, said
    if said.lower() not in _BOOLEANS:
        raise BadConfig(f"Capability '{name}' is '{said}'.", "Write yes or no.")
    return name, _BOOLEANS[said.lower()]


_BOOLEANS = {"yes": True, "true": True, "no": False, "false": False}


class CapabilityFile:
    """Keeps what was learned of each server and model in one JSON file; one that cannot be read counts as empty."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, server: str, model: str) -> Capabilities:
        """Return what is known."""
        return from_json(self._all().get(_key(server, model)))

    def save(self, server: str, model: str, facts: Mapping[str, Any]) -> None:
        """Keep more facts; where the file cannot be written, they are learned again next time."""
        everything = self._all()
        everything[_key(server, model)] = self.load(server, model).to_json() | dict(facts)
        draft = self.path.with_suffix(f".{os.getpid()}")
        try:
            draft.write_text(json.dumps(everything, indent=1, sort_keys=True), encoding="utf-8")
            draft.replace(self.path)
        except OSError:
            return

    def _all(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _key(server: str, model: str) -> str:
    return f"{server.rstrip('/')} {model}"


_UNKNOWN = r"(?:unsupported|unknown|unrecogni[sz]ed|unexpected|extra|not (?:supported|permitted|allowed))"
_NO_TOOLS = re.compile(
    r"(?:not|n't|no endpoints found that) support\w* (?:the )?(?:use of )?(?:tool|function)"
    r"|(?:tools?|functions?|tool use|(?:tool|function) calling) (?:is|are) not (?:supported|enabled|available)"
    r"|--enable-auto-tool-choice|--jinja"
    rf"|{_UNKNOWN}[^.]{{0,40}}\btools\b|\btools\b[^.]{{0,12}}{_UNKNOWN}"
)
_NO_STREAM = re.compile(
    r"stream(?:ing)?\b['\"]?[\w\s]{0,16} (?:is |are )?(?:not|n't) (?:supported|available|allowed|enabled)"
    r"|(?:not|n't) support (?:\w+ ){0,3}stream|tools? (?:param )?with stream|stream['\"]?:? must be false"
)
_OTHER_LIMIT = re.compile(rf"{_UNKNOWN}[\s\S]*max_(?:completion_)?tokens|max_(?:completion_)?tokens[\s\S]*{_UNKNOWN}")


def lesson(failure: Failure, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a refused request teaches of the server; empty where asking less would not help."""
    told = failure.words.lower()
    if failure.kind not in {"refused", "server", "path", "model"}:
        return {}
    if "stream_options" in asked and re.search("stream_options|include_usage", told):
        return {"stream_options": False}
    if ("max_tokens" in asked or "max_completion_tokens" in asked) and _OTHER_LIMIT.search(told):
        return {"long_limit": "max_tokens" in asked}
    if asked.get("stream") and _NO_STREAM.search(told):
        return {"streaming": False}
    if "tools" in asked and _NO_TOOLS.search(told):
        return {"tools": False}
    return {}


def stated_window(words: str) -> int | None:
    """Return the tokens of context that a server names when a request is too long for it."""
    found = re.search(r"(?:context (?:length|size|window)|maximum|limit)\D{0,40}?(\d[\d,]{2,9})", words.lower())
    tokens = int(found[1].replace(",", "")) if found else 0
    return tokens if tokens >= LEAST_WINDOW else None
