"""A model that says what it is told to: for tests of agents and tools, without a network.

    model = ScriptedModel([
        call("archival_insert", content="Ada is allergic to peanuts."),
        say("Noted."),
        lambda request: f"You sent {len(request.messages)} messages.",
    ])

Each item answers one request. `model.requests` holds what was asked.
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

Answer = str | AssistantMessage | Reply | Exception
"""What one request is answered with; an exception is raised."""
Item = Answer | Callable[[Request], Answer]
Script = Sequence[Item] | Callable[[Request], Answer]
"""One item a request, or a function that answers them all."""


def say(text: str) -> AssistantMessage:
    """Return a message of mere text."""
    return AssistantMessage(text)


def call(tool: str, /, **arguments: Any) -> AssistantMessage:
    """Return a message that calls a tool; the model that plays it gives the call its id."""
    return AssistantMessage("", (ToolCall("", tool, json.dumps(arguments, ensure_ascii=False)),))


def calls(*messages: AssistantMessage) -> AssistantMessage:
    """Merge messages into one that says all their texts and asks for all their calls."""
    text = "".join(message.text for message in messages)
    return AssistantMessage(text, tuple(itertools.chain.from_iterable(message.calls for message in messages)))


class ScriptPlayer:
    """Answers requests from a script, one by one, and gives calls without an id the ids call_1, call_2, …"""

    def __init__(self, script: Script, name: str) -> None:
        self._script = [script] if isinstance(script, str) else script
        self._name = name
        self._asked = 0
        self._numbers = itertools.count(1)
        self._ids: set[str] = set()
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Reply | Exception:
        """Return the answer to the next request. An exception is returned, not raised."""
        with self._lock:
            item = self._next()
            found = item(request) if callable(item) else item
            return found if isinstance(found, Exception) else self._reply(found)

    def _next(self) -> Item:
        self._asked += 1
        if callable(self._script):
            return self._script
        if self._asked <= len(self._script):
            return self._script[self._asked - 1]
        return ModelFailed(
            f"Model '{self._name}' was asked {self._asked} times, but its script has only {len(self._script)} replies.",
            "Add a reply to the script, or let the agent ask less often.",
        )

    def _reply(self, answer: str | AssistantMessage | Reply) -> Reply:
        if isinstance(answer, Reply):
            return replace(answer, message=self._numbered(answer.message))
        message = self._numbered(AssistantMessage(answer) if isinstance(answer, str) else answer)
        return Reply(message, finish="tool_calls" if message.calls else "stop")

    def _numbered(self, message: AssistantMessage) -> AssistantMessage:
        self._ids |= {asked.id for asked in message.calls}
        return replace(message, calls=tuple(asked if asked.id else self._named(asked) for asked in message.calls))

    def _named(self, asked: ToolCall) -> ToolCall:
        fresh = next(name for number in self._numbers if (name := f"call_{number}") not in self._ids)
        return replace(asked, id=fresh)


class ScriptedModel(InProcessModel):
    """A chat model that plays a script.

    The script is a sequence, one item a request, or a function that answers all. An item is a text, a message, a Reply
    (with usage or a finish of its own), an exception to raise, or a function from the Request to any of these. The
    text is given as it stands, uncleaned. Raise ModelFailed once the script is at its end.
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
        yield from (TextPiece(piece) for piece in pieces(answer.message.text))
        yield answer


def pieces(text: str, count: int = 4) -> Iterator[str]:
    """Cut a text into at most `count` pieces of about the same length."""
    length = max(1, -(-len(text) // count))
    return (text[start : start + length] for start in range(0, len(text), length))
