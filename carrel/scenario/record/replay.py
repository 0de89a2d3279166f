"""Models that replay a cassette."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from carrel import errors
from carrel.bootstrap import OFFLINE
from carrel.errors import CarrelError
from carrel.messages import AssistantMessage, Usage, from_json
from carrel.models.chat.in_process import InProcessModel
from carrel.models.chat.scripted import split_evenly
from carrel.protocols import Purpose, Reply, Request, StreamItem, TextPiece, Vectors
from carrel.scenario.record.cassette import Cassette
from carrel.scenario.record.placeholders import Placeholders


class ReplayModel(InProcessModel):
    """A chat model that gives the recorded replies."""

    def __init__(self, cassette: Cassette, lane: str = "agent") -> None:
        self.name = cassette.model_name
        self._cassette = cassette
        self._lane = lane

    @property
    def is_language_model(self) -> bool:
        """Whether the recorded model could write summaries and reviews."""
        return self.name != OFFLINE

    def stream(self, request: Request) -> Iterator[StreamItem]:
        """Yield the recorded reply. Raise CassetteMiss if there is none, or the error that was recorded."""
        placeholders = Placeholders(request)
        entry = self._cassette.take_reply(self._lane, placeholders.request_json())
        if "error" in entry:
            raise _restore_error(entry["error"])
        reply = _restore_reply(entry["reply"], placeholders)
        yield from (TextPiece(piece) for piece in split_evenly(reply.message.text))
        yield reply


class ReplayEmbedder:
    """An embedder that gives the recorded vectors."""

    def __init__(self, cassette: Cassette) -> None:
        recorded = cassette.embedder or {}
        self.fingerprint = str(recorded.get("fingerprint", ""))
        self.dimension = int(recorded.get("dimension", 0))
        self._cassette = cassette

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return the recorded vectors, shape (texts, dimension)."""
        return np.array([self._cassette.vector(purpose, text) for text in texts], np.float32)


def _restore_reply(recorded: dict[str, Any], placeholders: Placeholders) -> Reply:
    message = from_json(recorded["message"])
    assert isinstance(message, AssistantMessage)
    calls = tuple(map(placeholders.restore_call, message.calls))
    usage = Usage(**recorded["usage"]) if recorded.get("usage") else None
    return Reply(AssistantMessage(placeholders.restore(message.text), calls), usage, recorded["finish"])


def _restore_error(recorded: dict[str, Any]) -> CarrelError:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, CarrelError)]
    kind = next((kind for kind in kinds if kind.code == recorded["code"]), errors.ModelFailed)
    return kind(recorded["message"], recorded["hint"])
