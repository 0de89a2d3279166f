"""Models without a server: what is known about them, and what a model of the user's own needs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from carrel.bootstrap import Carrel
from carrel.errors import DoesNotFit
from carrel.messages import UserMessage
from carrel.models.chat.in_process import AdaptedModel, InProcessModel, adapt
from carrel.models.chat.scripted import ScriptedModel, say
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.models.offline.model import OfflineModel
from carrel.protocols import ChatModel, Reply, Request, TextPiece

Facts = tuple[str, int | None, bool, bool]


class Echo:
    """A model of the user's own: a name and a stream."""

    name = "echo"

    def stream(self, request: Request) -> Iterator[TextPiece | Reply]:
        """Repeat what the user said."""
        yield TextPiece(text := request.messages[-1].text.splitlines()[0])
        yield Reply(say(text))


class Small(InProcessModel):
    """A model of the user's own that says more about itself."""

    name = "small"

    def __init__(self, context_window: int = 4096) -> None:
        self.closed = False
        self._context_window = context_window

    @property
    def context_window(self) -> int:
        """The tokens that were given."""
        return self._context_window

    def stream(self, request: Request) -> Iterator[Reply]:
        """Say nothing much."""
        yield Reply(say("Well."))

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True


def facts(model: ChatModel) -> Facts:
    """Return what a model says about itself."""
    return model.base_url, model.context_window, model.supports_tools, model.is_language_model


def test_a_name_and_a_stream_are_enough(home: Path) -> None:
    """A model with nothing else chats, and counts as a language model in this process."""
    with Carrel.open(home, Echo(), "none") as carrel:
        assert carrel.agent().session().send("Hello there.").text == "Hello there."
        assert (carrel.model.name, facts(carrel.model)) == ("echo", ("", None, True, True))


def test_a_model_may_say_more_about_itself(home: Path) -> None:
    """What a model that inherits from InProcessModel overrides is heeded: its context window, and that it is closed."""
    model = Small()
    with Carrel.open(home, model, "none") as carrel:
        assert carrel.model is model
        assert carrel.agent().session().send("Hello").text == "Well."
    assert model.closed
    with Carrel.open(home, Small(700), "none") as carrel, pytest.raises(DoesNotFit, match="700"):
        carrel.agent().session().send("Hello")


def test_only_what_is_lacking_is_wrapped() -> None:
    """A model that has all of ChatModel is taken as it is; another is wrapped, and its stream is its own."""
    complete: list[ChatModel] = [ScriptedModel([]), OfflineModel(), OpenAIChat("m"), Small()]
    assert [adapt(model) for model in complete] == complete
    wrapped = adapt(Echo())
    assert isinstance(wrapped, AdaptedModel)
    request = Request((UserMessage("Hi"),))
    assert list(wrapped.stream(request)) == list(Echo().stream(request))


def test_what_the_built_in_models_say_about_themselves() -> None:
    """The offline model alone is no language model; a server's limits show as soon as they are known."""
    assert facts(ScriptedModel([])) == ("", None, True, True)
    assert facts(OfflineModel()) == ("", None, True, False)
    model = OpenAIChat("m", "http://127.0.0.1:9/v1")
    assert facts(model) == ("http://127.0.0.1:9/v1", None, True, True)
    model.learn(tools=False, window=4096)
    assert facts(model) == ("http://127.0.0.1:9/v1", 4096, False, True)
