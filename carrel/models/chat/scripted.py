"""A chat model that plays a script: for tests of agents and tools, without a network.

    model = ScriptedModel([
        call("archival_insert", content="Ada is allergic to peanuts."),
        say("Noted."),
        lambda request: f"You sent {len(request.messages)} messages.",
    ])

Each item answers one request. `model.requests` contains the requests.
"""

import itertools
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from carrel.errors import ModelFailed
from carrel.messages import AssistantMessage, ToolCall
from carrel.models.chat.in_process import InProcessModel
from carrel.protocols import Reply, Request, TextPiece

ScriptedAnswer = str | AssistantMessage | Reply | Exception
"""The answer to one request; an exception is raised."""
Item = ScriptedAnswer | Callable[[Request], ScriptedAnswer]
"""An answer, or a function that returns the answer to a request."""
Script = Sequence[Item] | Callable[[Request], ScriptedAnswer]
"""One item for each request, or a function that answers all of them."""


def say(text: str) -> AssistantMessage:
    """Return a message with a text and no calls."""
    return AssistantMessage(text)


def call(tool: str, /, **arguments: Any) -> AssistantMessage:
    """Return a message that calls a tool; the call gets an id when the script is played."""
    return AssistantMessage("", (ToolCall("", tool, json.dumps(arguments, ensure_ascii=False)),))


def calls(*messages: AssistantMessage) -> AssistantMessage:
    """Merge messages into one with all their texts and calls."""
    text = "".join(message.text for message in messages)
    return AssistantMessage(text, tuple(itertools.chain.from_iterable(message.calls for message in messages)))


class ScriptPlayer:
    """Answers requests from a script, one by one; a call without an id gets the id call_1, call_2, …"""

    def __init__(self, script: Script, name: str) -> None:
        self._script = [script] if isinstance(script, str) else script
        self._name = name
        self._count = 0
        self._numbers = itertools.count(1)
        self._ids: set[str] = set()
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Reply | Exception:
        """Return the answer to the next request. An exception in the script is returned, not raised."""
        with self._lock:
            item = self._next()
            found = item(request) if callable(item) else item
            return found if isinstance(found, Exception) else self._reply(found)

    def _next(self) -> Item:
        self._count += 1
        if callable(self._script):
            return self._script
        if self._count <= len(self._script):
            return self._script[self._count - 1]
        return ModelFailed(
            f"Model '{self._name}' got {self._count} requests, but its script has only {len(self._script)} replies.",
            "Add a reply to the script.",
        )

    def _reply(self, answer: str | AssistantMessage | Reply) -> Reply:
        if isinstance(answer, Reply):
            return replace(answer, message=self._with_ids(answer.message))
        message = self._with_ids(AssistantMessage(answer) if isinstance(answer, str) else answer)
        return Reply(message, finish="tool_calls" if message.calls else "stop")

    def _with_ids(self, message: AssistantMessage) -> AssistantMessage:
        self._ids |= {each.id for each in message.calls}
        return replace(message, calls=tuple(each if each.id else self._with_id(each) for each in message.calls))

    def _with_id(self, tool_call: ToolCall) -> ToolCall:
        fresh = next(name for number in self._numbers if (name := f"call_{number}") not in self._ids)
        return replace(tool_call, id=fresh)


class ScriptedModel(InProcessModel):
    """A chat model that plays a script.

    The script is a sequence with one item for each request, or a function that answers all of them. An item is a text,
    a message, a Reply (with usage or a finish), an exception to raise, or a function that takes the Request and
    returns one of these. Texts are not cleaned. After the last item, `stream` raises ModelFailed.
    """

    def __init__(self, script: Script, name: str = "scripted") -> None:
        self.name = name
        self.requests: list[Request] = []
        self._player = ScriptPlayer(script, name)

    def stream(self, request: Request) -> Iterator[TextPiece | Reply]:
        """Yield the text of the next answer in a few pieces, then the Reply."""
        self.requests.append(request)
        answer = self._player.answer(request)
        if isinstance(answer, Exception):
            raise answer
        yield from (TextPiece(piece) for piece in split_evenly(answer.message.text))
        yield answer


def split_evenly(text: str, count: int = 4) -> Iterator[str]:
    """Split a text into up to `count` pieces of about the same length."""
    length = max(1, -(-len(text) // count))
    return (text[start : start + length] for start in range(0, len(text), length))
