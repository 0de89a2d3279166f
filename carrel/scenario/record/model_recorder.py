"""Watch a model: keep what it was asked and what it said, part by part, for the trajectory."""

from collections.abc import Iterator, Mapping
from typing import Any

from carrel.errors import CarrelError
from carrel.messages import to_json
from carrel.models.chat.in_process import InProcessModel
from carrel.protocols import ChatModel, Reply, Request, Retrying, TextPiece


class Watched(InProcessModel):
    """A model that notes what it was asked and what it said.

    What its server says about itself is kept from the story, which must not depend on it.
    """

    def __init__(self, model: ChatModel) -> None:
        self.model = model
        self._asked: list[dict[str, Any]] = []
        self._tokens: Mapping[str, int] | None = None

    @property
    def name(self) -> str:
        """The model's own."""
        return self.model.name

    @property
    def is_language_model(self) -> bool:
        """Whether the model can write summaries and reviews."""
        return self.model.is_language_model

    def announce(self, tokens: Mapping[str, int]) -> None:
        """Say that the next request is a step of the turn, and what its parts take."""
        self._tokens = tokens

    def taken(self) -> list[dict[str, Any]]:
        """Return what was asked and said since the last call."""
        asked, self._asked = self._asked, []
        return asked

    def stream(self, request: Request) -> Iterator[TextPiece | Retrying | Reply]:
        """Let the model answer and note both."""
        note: dict[str, Any] = {
            "step": self._tokens is not None,
            "tokens": dict(self._tokens) if self._tokens is not None else None,
            "messages": [to_json(message) for message in request.messages],
            "tools": [tool.to_json() for tool in request.tools],
            "max_tokens": request.max_tokens,
            "reply": None,
        }
        self._tokens = None
        self._asked.append(note)
        try:
            for piece in self.model.stream(request):
                if isinstance(piece, Reply):
                    usage = piece.usage.to_json() if piece.usage else None
                    note["reply"] = {**to_json(piece.message), "finish": piece.finish, "usage": usage}
                yield piece
        except CarrelError as error:
            note["reply"] = {"error": error.code, "message": str(error)}
            raise
