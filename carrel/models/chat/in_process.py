"""What is true of every model that runs in this process, and how a model with only a name and a stream gets it."""

from collections.abc import Iterator

from carrel.protocols import ChatModel, Request, StreamingModel, StreamItem


class InProcessModel:
    """The facts about a model that has no server: inherit from it and add `name` and `stream`."""

    @property
    def base_url(self) -> str:
        """Empty: there is no server."""
        return ""

    @property
    def context_window(self) -> int | None:
        """None: the model states no limit."""
        return None

    @property
    def supports_tools(self) -> bool:
        """Whether requests may offer tools."""
        return True

    @property
    def is_language_model(self) -> bool:
        """Whether the model can write summaries and reviews."""
        return True

    def close(self) -> None:
        """Do nothing: there is no connection."""


class AdaptedModel(InProcessModel):
    """A model of the user's own that has only a name and a stream."""

    def __init__(self, model: StreamingModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The name of the user's model."""
        return self._model.name

    def stream(self, request: Request) -> Iterator[StreamItem]:
        """Pass the request on and yield what the user's model yields."""
        return self._model.stream(request)


def adapt(model: StreamingModel) -> ChatModel:
    """Return a model that has all of ChatModel: the given one if it does, else the given one wrapped."""
    return model if isinstance(model, ChatModel) else AdaptedModel(model)
