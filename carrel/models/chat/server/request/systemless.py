"""Say the instructions in the first user message, for a model without a system role. Pure."""

from collections.abc import Iterable, Iterator

from carrel.messages import Message, SystemMessage, UserMessage
from carrel.models.chat.server.request.history import GO_ON


def without_system(messages: Iterable[Message]) -> Iterator[Message]:
    """Yield the messages with all system texts at the beginning of the first user message.

    A conversation that begins with a message of the model gets a user message before it.
    """
    rest = list(messages)
    system = "\n\n".join(message.text for message in rest if isinstance(message, SystemMessage))
    spoken = [message for message in rest if not isinstance(message, SystemMessage)]
    if system and spoken and isinstance(spoken[0], UserMessage):
        spoken[0] = UserMessage(f"{system}\n\n{spoken[0].text}")
    elif system:
        spoken.insert(0, UserMessage(f"{system}\n\n{GO_ON}"))
    yield from spoken
