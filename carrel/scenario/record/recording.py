"""Models that record to a cassette."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from carrel.errors import CarrelError
from carrel.models.chat.in_process import InProcessModel
from carrel.protocols import ChatModel, Embedder, Purpose, Reply, Request, StreamItem, Vectors
from carrel.scenario.record.cassette import CassetteWriter
from carrel.scenario.record.placeholders import Placeholders


class RecordingModel(InProcessModel):
    """Wrap a chat model and record its replies.

    It hides what the model's server says about itself: a replay has no server and must make the same requests.
    """

    def __init__(self, model: ChatModel, writer: CassetteWriter, lane: str = "agent") -> None:
        self.name = model.name
        self._model = model
        self._writer = writer
        self._lane = lane

    @property
    def is_language_model(self) -> bool:
        """Whether the wrapped model can write summaries and reviews."""
        return self._model.is_language_model

    def stream(self, request: Request) -> Iterator[StreamItem]:
        """Yield what the model yields, and record the reply or error."""
        placeholders = Placeholders(request)
        try:
            for piece in self._model.stream(request):
                if isinstance(piece, Reply):
                    self._record(placeholders, piece)
                yield piece
        except CarrelError as error:
            recorded = {"code": error.code, "message": error.message, "hint": error.hint}
            self._writer.add_reply(self._lane, placeholders.request_json(), {"error": recorded})
            raise

    def _record(self, placeholders: Placeholders, reply: Reply) -> None:
        usage = asdict(reply.usage) if reply.usage else None
        recorded = {"message": placeholders.message_json(reply.message), "usage": usage, "finish": reply.finish}
        self._writer.add_reply(self._lane, placeholders.request_json(), {"reply": recorded})


class RecordingEmbedder:
    """Wrap an embedder and record its vectors."""

    def __init__(self, embedder: Embedder, writer: CassetteWriter) -> None:
        self._embedder = embedder
        self._writer = writer

    @property
    def fingerprint(self) -> str:
        """The wrapped embedder's fingerprint."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._embedder.dimension

    def embed(self, texts: Sequence[str], purpose: Purpose = "document") -> Vectors:
        """Return the embedder's vectors, shape (texts, dimension), and record them."""
        vectors = self._embedder.embed(texts, purpose)
        self._writer.embedder = (self.fingerprint, self.dimension)
        for text, vector in zip(texts, vectors, strict=True):
            self._writer.add_vector(purpose, text, vector)
        return vectors
