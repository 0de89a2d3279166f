"""The model of a story: it says what the story tells it to, turn by turn, and else what the offline model says."""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from carrel.errors import ModelFailed
from carrel.messages import AssistantMessage, ToolCall, ToolResult, UserMessage
from carrel.models.chat.in_process import InProcessModel
from carrel.models.chat.scripted import pieces
from carrel.protocols import ChatModel, Reply, Request, Retrying, TextPiece
from carrel.rendering.prompt import split_tail
from carrel.scenario.files.story import ScriptedReply
from carrel.scenario.files.templates import found_ids, numbered

SCRIPTED = "scripted"


class Actor(InProcessModel):
    """A model that plays `replies`.

    Called `scripted`, it fails where a turn has none; with any other name, it answers by the model `offline`.
    """

    def __init__(self, name: str, offline: ChatModel) -> None:
        self.name = name
        self._offline = offline
        self._replies: deque[ScriptedReply] | None = None
        self._i = 1
        self._given = 0

    def rehearse(self, replies: Sequence[ScriptedReply] | None, i: int) -> None:
        """Take up what is to be said in the next turn; {{ i }} is its repetition."""
        self._replies = None if replies is None else deque(replies)
        self._given = len(replies or ())
        self._i = i

    def improvise(self) -> None:
        """Play no script any more: what follows is answered by the offline model."""
        self.name = self._offline.name
        self._replies = None

    @property
    def is_language_model(self) -> bool:
        """Whether the story, and not the offline model, says what is answered."""
        return self.name == SCRIPTED

    @property
    def left(self) -> int:
        """How many replies of the turn nobody asked for."""
        return len(self._replies or ())

    def stream(self, request: Request) -> Iterator[TextPiece | Retrying | Reply]:
        """Yield the next reply. Raise ModelFailed where there is none, or where it says so."""
        of_turn = bool(split_tail(request.messages[-1].text)[1])  # a request for a summary carries no tail
        if self._replies is None or not of_turn:
            if self.name == SCRIPTED:
                raise ModelFailed(
                    "Model 'scripted' has nothing to say here.", "Give the turn replies, or use model: offline."
                )
            yield from self._offline.stream(request)
            return
        if not self._replies:
            said = f"The model is asked more often than the turn's {self._given} replies."
            raise ModelFailed(said, "Add a reply, such as say: Noted.")
        reply = self._replies.popleft()
        if reply.fail is not None:
            raise ModelFailed(numbered(reply.fail, self._i))
        message = self._message(reply, _results(request))
        yield from (TextPiece(piece) for piece in pieces(message.text))
        yield Reply(message, None, "tool_calls" if message.calls else "stop")

    def _message(self, reply: ScriptedReply, shown: Sequence[str]) -> AssistantMessage:
        calls = [(name, arguments) for each in reply.call for name, arguments in each.items()]
        made = tuple(ToolCall("", name, self._written(arguments, shown)) for name, arguments in calls)
        return AssistantMessage(numbered(reply.say, self._i), made)

    def _written(self, arguments: Any, shown: Sequence[str]) -> str:
        """Return arguments as JSON; what is given as a text is sent as it stands."""
        text = arguments if isinstance(arguments, str) else json.dumps(arguments or {}, ensure_ascii=False)
        return found_ids(numbered(text, self._i), shown)


def _results(request: Request) -> list[str]:
    """Return the results of the calls of the turn at hand, in order."""
    start = max(n for n, message in enumerate(request.messages) if isinstance(message, UserMessage))
    return [message.text for message in request.messages[start:] if isinstance(message, ToolResult)]
