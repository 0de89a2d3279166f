"""Read a fake server's script from a file in JSON, or in YAML if its name ends in .yaml or .yml.

A script is a list of replies, or an object with `replies` and optionally `model`, `window`, `lacks` and `repeat`.
A reply is one of:

    "Here I am."                                                    a text
    {"say": "Let me see.", "calls": [{"name": "post", "arguments": {"text": "Hi"}}], "finish": "length"}
    {"call": "post", "arguments": {"text": "Hi"}}                   one call
    {"fault": "rate-limit-wait", "seconds": 1}                      a fault of carrel.testing.catalog
    {"status": 503, "body": "Busy", "headers": {"Retry-After": "1"}}
"""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from carrel.errors import BadFile, UsageError
from carrel.messages import AssistantMessage, ToolCall
from carrel.models.chat.scripted import Item, Script
from carrel.protocols import Finish, Reply, Request
from carrel.testing.catalog import fault
from carrel.testing.fake_server import FakeServer
from carrel.testing.fault import Fault
from carrel.testing.refusals import LACKS, Lack

REPLY_FORMS = "Write a text, or an object with 'say', 'call', 'fault' or 'status'."


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """The contents of a script file."""

    replies: list[Item]
    model: str = "scripted"
    window: int | None = None
    lacks: tuple[Lack, ...] = ()
    repeat: bool = False

    def server(self, port: int = 0) -> FakeServer:
        """Return a server that plays the script at a port, or at a free one for 0."""
        return FakeServer(self._script(), self.model, port, self.lacks, self.window)

    def _script(self) -> Script:
        if not self.repeat or not self.replies:
            return self.replies
        replies = itertools.cycle(self.replies)

        def answer(request: Request) -> Any:
            item = next(replies)
            return item(request) if callable(item) else item

        return answer


def load(path: Path) -> ScriptFile:
    """Return the contents of a script file.

    Raises:
        BadFile: the file cannot be read, or an item is not a reply; the message gives its number.
    """
    content = _read(path)
    if isinstance(content, list):
        return ScriptFile(_replies(path, content))
    known = {"replies", "model", "window", "lacks", "repeat"}
    if not isinstance(content, dict) or not content.keys() <= known or not isinstance(content.get("replies"), list):
        raise BadFile(f"'{path}' is not a script.", "Write a list of replies, or an object with 'replies'.")
    lacks = [content.get("lacks", [])] if isinstance(content.get("lacks"), str) else content.get("lacks", [])
    if unknown := [lack for lack in lacks if lack not in LACKS]:
        raise BadFile(f"'{path}' has the unknown value '{unknown[0]}' in 'lacks'.", f"Use: {', '.join(LACKS)}.")
    replies = _replies(path, content["replies"])
    window, repeat = content.get("window"), bool(content.get("repeat"))
    if not isinstance(window, int | None):
        raise BadFile(f"'{path}' has {window!r} as its window.", "Write a number of tokens.")
    return ScriptFile(replies, str(content.get("model", "scripted")), window, tuple(lacks), repeat)


def _read(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadFile(f"'{path}' cannot be read: {reason}.", "Give the path of a script.") from None
    try:
        return _yaml(text) if path.suffix in {".yaml", ".yml"} else json.loads(text)
    except ValueError as error:
        raise BadFile(f"'{path}' is not valid: {error}.", "Correct the file.") from None


def _yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None


def _replies(path: Path, items: list[Any]) -> list[Item]:
    return [_reply(path, number, item) for number, item in enumerate(items, 1)]


def _reply(path: Path, number: int, item: Any) -> Item:
    where = f"Reply {number} of '{path}'"
    try:
        match item:
            case str():
                return item
            case {"fault": str(name), **options}:
                return fault(name, **cast("dict[str, Any]", options))
            case {"status": int(status)}:
                return Fault(status, item.get("body", ""), item.get("headers", {}))
            case {"call": str(name)}:
                return AssistantMessage("", (_call({"name": name, "arguments": item.get("arguments", {})}),))
            case {"say": str(text)}:
                return _spoken_reply(text, item)
    except UsageError as error:
        raise BadFile(f"{where}: {error.message}", error.hint) from None
    except (AttributeError, KeyError, TypeError):
        raise BadFile(f"{where} has a value of the wrong type.", REPLY_FORMS) from None
    raise BadFile(f"{where} is {item!r}.", REPLY_FORMS)


def _spoken_reply(text: str, item: Mapping[str, Any]) -> AssistantMessage | Reply:
    calls = tuple(_call(call) for call in item.get("calls", ()))
    message = AssistantMessage(text, calls)
    if "finish" not in item:
        return message
    return Reply(message, None, cast("Finish", str(item["finish"])))


def _call(call: Mapping[str, Any]) -> ToolCall:
    arguments = call.get("arguments", {})
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return ToolCall(str(call.get("id", "")), call["name"], text)
