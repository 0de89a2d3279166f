"""The built-in model: it reads what is said, calls the same tools as any other model, and answers by quoting memory."""

import hashlib
import json
import re
from collections.abc import Iterator

from carrel.language.answers.relevance import Meaning
from carrel.language.facts.current import same_words
from carrel.messages import AssistantMessage, ToolCall
from carrel.models.chat.in_process import InProcessModel
from carrel.models.offline.edits import Call
from carrel.models.offline.meanings import Meanings
from carrel.models.offline.plan import plan
from carrel.models.offline.reply import reply
from carrel.models.offline.situation import situation_of
from carrel.protocols import Embedder, Reply, Request, TextPiece


class OfflineModel(InProcessModel):
    """A ChatModel that needs no key, no network and no weights; with an embedder it also compares meanings."""

    name = "offline"
    is_language_model = False

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._meaning = Meanings(embedder).compare if embedder else None

    def stream(self, request: Request) -> Iterator[TextPiece | Reply]:
        """Yield the reply word by word, then as a whole."""
        message = _message(request, self._meaning)
        for word in re.findall(r"\S+\s*|\s+", message.text):
            yield TextPiece(word)
        yield Reply(message, None, "tool_calls" if message.calls else "stop")


def _message(request: Request, meaning: Meaning | None) -> AssistantMessage:
    situation = situation_of(request)
    planned = plan(situation, same_words)
    if planned.calls:
        step = len(request.messages) - situation.start
        key = hashlib.sha256(f"{situation.start} {situation.text}".encode()).hexdigest()[:8]
        calls = [_tool_call(f"{key}-{step}-{number}", call) for number, call in enumerate(planned.calls)]
        return AssistantMessage("", tuple(calls))
    return AssistantMessage(reply(situation, planned, same_words, meaning))


def _tool_call(id: str, call: Call) -> ToolCall:
    name, arguments = call
    return ToolCall(f"{id}-{name}", name, json.dumps(dict(arguments), ensure_ascii=False))
