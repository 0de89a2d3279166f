"""Record each request to a model and its reply, with the tokens of each part, for the trajectory."""

from collections.abc import Iterator, Mapping
from typing import Any

from carrel.errors import CarrelError
from carrel.messages import to_json
from carrel.models.chat.in_process import InProcessModel
from carrel.protocols import ChatModel, Reply, Request, StreamItem


class ModelRecorder(InProcessModel):
    """Wrap a model and keep every request and reply.

    It hides what the model's server says about itself, on which a scenario must not depend.
    """

    def __init__(self, model: ChatModel) -> None:
        self.model = model
        self._requests: list[dict[str, Any]] = []
        self._tokens: Mapping[str, int] | None = None

    @property
    def name(self) -> str:
        """The wrapped model's name."""
        return self.model.name

    @property
    def is_language_model(self) -> bool:
        """Whether the wrapped model can write summaries and reviews."""
        return self.model.is_language_model

    def expect_step(self, tokens: Mapping[str, int]) -> None:
        """Mark the next request as a step of the turn; `tokens` are those of each part of its main context."""
        self._tokens = tokens

    def take_requests(self) -> list[dict[str, Any]]:
        """Return the requests and replies since the last call, as they are written to the trajectory."""
        requests, self._requests = self._requests, []
        return requests

    def stream(self, request: Request) -> Iterator[StreamItem]:
        """Yield what the model yields, and record the request and the reply or error."""
        record: dict[str, Any] = {
            "step": self._tokens is not None,
            "tokens": dict(self._tokens) if self._tokens is not None else None,
            "messages": [to_json(message) for message in request.messages],
            "tools": [tool.to_json() for tool in request.tools],
            "max_tokens": request.max_tokens,
            "reply": None,
        }
        self._tokens = None
        self._requests.append(record)
        try:
            for piece in self.model.stream(request):
                if isinstance(piece, Reply):
                    usage = piece.usage.to_json() if piece.usage else None
                    record["reply"] = {**to_json(piece.message), "finish": piece.finish, "usage": usage}
                yield piece
        except CarrelError as error:
            record["reply"] = {"error": error.code, "message": str(error)}
            raise
