"""The model that gives the `replies` of a scenario, turn by turn, and otherwise answers as the offline model."""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from carrel.errors import ModelFailed
from carrel.messages import AssistantMessage, ToolCall, ToolResult, UserMessage
from carrel.models.chat.in_process import InProcessModel
from carrel.models.chat.scripted import split_evenly
from carrel.protocols import ChatModel, Reply, Request, StreamItem, TextPiece
from carrel.rendering.prompt import split_tail
from carrel.scenario.files.scenario import ReplySpec
from carrel.scenario.files.templates import fill_ids, fill_repetition

SCRIPTED = "scripted"
"""The name of the model that knows nothing but `replies`."""


class RepliesModel(InProcessModel):
    """A model that gives the replies of a turn.

    In a turn without replies it fails if its name is `scripted`, and answers as the offline model otherwise.
    """

    def __init__(self, name: str, offline: ChatModel) -> None:
        self.name = name
        self._offline = offline
        self._replies: deque[ReplySpec] | None = None
        self._repetition = 1
        self._count = 0

    def start_turn(self, replies: Sequence[ReplySpec] | None, repetition: int) -> None:
        """Set the replies of the next turn; `repetition` is what {{ i }} stands for."""
        self._replies = None if replies is None else deque(replies)
        self._count = len(replies or ())
        self._repetition = repetition

    def switch_to_offline(self) -> None:
        """Answer every request from now on as the offline model."""
        self.name = self._offline.name
        self._replies = None

    @property
    def is_language_model(self) -> bool:
        """Whether only the scenario's replies are given, and never the offline model's."""
        return self.name == SCRIPTED

    @property
    def unused(self) -> int:
        """The number of the turn's replies that no request has taken."""
        return len(self._replies or ())

    def stream(self, request: Request) -> Iterator[StreamItem]:
        """Yield the next reply. Raise ModelFailed if there is none, or if the reply is a failure."""
        is_step = bool(split_tail(request.messages[-1].text)[1])  # a request for a summary has no tail
        if self._replies is None or not is_step:
            yield from self._answer_without_replies(request)
            return
        if not self._replies:
            problem = f"The turn makes more model calls than its {self._count} replies answer."
            raise ModelFailed(problem, "Add a reply, such as say: Noted.")
        reply = self._replies.popleft()
        if reply.fail is not None:
            raise ModelFailed(fill_repetition(reply.fail, self._repetition))
        message = self._message(reply, _results_of_turn(request))
        yield from (TextPiece(piece) for piece in split_evenly(message.text))
        yield Reply(message, None, "tool_calls" if message.calls else "stop")

    def _answer_without_replies(self, request: Request) -> Iterator[StreamItem]:
        if self.name == SCRIPTED:
            raise ModelFailed("Model 'scripted' has no reply here.", "Give the turn replies, or use model: offline.")
        yield from self._offline.stream(request)

    def _message(self, reply: ReplySpec, results: Sequence[str]) -> AssistantMessage:
        calls = [(name, arguments) for each in reply.call for name, arguments in each.items()]
        filled = tuple(ToolCall("", name, self._fill(arguments, results)) for name, arguments in calls)
        return AssistantMessage(fill_repetition(reply.say, self._repetition), filled)

    def _fill(self, arguments: Any, results: Sequence[str]) -> str:
        """Return arguments as JSON with their placeholders filled in; a text is not encoded."""
        filled = fill_ids(fill_repetition(arguments, self._repetition), results)
        return filled if isinstance(filled, str) else json.dumps(filled or {}, ensure_ascii=False)


def _results_of_turn(request: Request) -> list[str]:
    """Return the results of the tool calls since the last message of the user, in order."""
    start = max(n for n, message in enumerate(request.messages) if isinstance(message, UserMessage))
    return [message.text for message in request.messages[start:] if isinstance(message, ToolResult)]
