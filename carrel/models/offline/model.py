"""The built-in model: it reads what is said, calls the same tools as any other model, and answers by quoting memory."""

import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence

from carrel.language.facts.current import same_words
from carrel.messages import AssistantMessage, ToolCall
from carrel.models.chat.in_process import InProcessModel
from carrel.models.offline.edits import Call
from carrel.models.offline.forgetting import TOOL
from carrel.models.offline.meanings import Meanings
from carrel.models.offline.plan import plan
from carrel.models.offline.reply import reply
from carrel.models.offline.situation import situation_of
from carrel.protocols import Embedder, Reply, Request, TextPiece

MAX_KEPT = 100
"""Calls to forget of which is kept what they were for, until the reply of their turn has named it."""


class OfflineModel(InProcessModel):
    """A ChatModel that needs no key, no network and no weights; with an embedder it also compares meanings."""

    name = "offline"
    is_language_model = False

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._meaning = Meanings(embedder).compare if embedder else None
        self._removed: OrderedDict[str, list[str]] = OrderedDict()
        """What calls to forget were for, by their ids: the requests after such a call do not show it any more."""

    def stream(self, request: Request) -> Iterator[TextPiece | Reply]:
        """Yield the reply word by word, then as a whole."""
        message = self._message(request)
        for word in re.findall(r"\S+\s*|\s+", message.text):
            yield TextPiece(word)
        yield Reply(message, None, "tool_calls" if message.calls else "stop")

    def _message(self, request: Request) -> AssistantMessage:
        situation = situation_of(request)
        planned = plan(situation, same_words)
        if planned.calls:
            step = len(request.messages) - situation.start
            key = hashlib.sha256(f"{situation.start} {situation.text}".encode()).hexdigest()[:8]
            calls = [_tool_call(f"{key}-{step}-{number}", call) for number, call in enumerate(planned.calls)]
            self._keep_removed(calls, planned.forgotten.removed)
            return AssistantMessage("", tuple(calls))
        for call in situation.calls:
            planned.forgotten.removed = self._removed.get(call.id, planned.forgotten.removed)
        return AssistantMessage(reply(situation, planned, same_words, self._meaning))

    def _keep_removed(self, calls: Sequence[ToolCall], removed: list[str]) -> None:
        self._removed |= {call.id: removed for call in calls if call.name == TOOL}
        while len(self._removed) > MAX_KEPT:
            self._removed.popitem(last=False)


def _tool_call(id: str, call: Call) -> ToolCall:
    name, arguments = call
    return ToolCall(f"{id}-{name}", name, json.dumps(dict(arguments), ensure_ascii=False))
