"""A model that learns about its server, for tests."""

from typing import Any

from carrel.models.chat.server.capabilities import Capabilities
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.testing.fake_server import FakeServer
from tests.clocks import InstantClock


def connect(server: FakeServer, **capabilities: Any) -> tuple[OpenAIChat, list[dict[str, Any]]]:
    """Return a model whose user has set some capabilities, and the list of what it learns."""
    learned: list[dict[str, Any]] = []
    model = OpenAIChat(
        "any",
        server.url,
        clock=InstantClock(),
        capabilities=Capabilities(**capabilities),
        fixed=capabilities,
        learned=lambda facts: learned.append(dict(facts)),
    )
    return model, learned
