"""What a format of calls does: it writes a request so that a model can call, and reads what the model answers."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from carrel.messages import Message, ToolSchema
from carrel.protocols import Reply, Request, StreamItem

TEMPERATURE = 0.2
"""For models that do not call tools natively: at the 0.8 that servers use a small one invents what it does not know."""


class CallFormat(Protocol):
    """A format of calls."""

    @property
    def native(self) -> bool:
        """Whether the server's own interface for tools is used."""
        ...

    def describe(self, instructions: str, tools: Sequence[ToolSchema]) -> str:
        """Return the instructions with the tools described, where the server does not describe them itself."""
        ...

    def write(self, messages: Sequence[Message]) -> list[Message]:
        """Return messages with their calls and results as this format writes them."""
        ...

    def request(
        self,
        messages: Sequence[Message],
        offered: tuple[ToolSchema, ...],
        known: tuple[ToolSchema, ...],
        max_tokens: int,
    ) -> Request:
        """Return a request of messages that are written already.

        `offered` may be called; calls of `known` tools are only told apart from the text.
        """
        ...

    def read(self, stream: Iterator[StreamItem], tools: Sequence[ToolSchema]) -> Iterator[StreamItem]:
        """Yield what a model streams, with its calls of the tools as calls."""
        ...

    def is_obeyed(self, reply: Reply) -> bool | None:
        """Return whether a reply keeps to this format; None where it does not show that."""
        ...
