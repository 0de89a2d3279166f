"""Calls through the server's own interface for tools."""

from collections.abc import Iterator, Sequence

from carrel.messages import Message, ToolSchema
from carrel.protocols import Reply, Request, StreamItem


class NativeFormat:
    """The server describes the tools to the model, and parses its calls."""

    native = True

    def describe(self, instructions: str, tools: Sequence[ToolSchema]) -> str:
        """Return the instructions as they are."""
        return instructions

    def write(self, messages: Sequence[Message]) -> list[Message]:
        """Return the messages as they are."""
        return list(messages)

    def request(
        self,
        messages: Sequence[Message],
        offered: tuple[ToolSchema, ...],
        known: tuple[ToolSchema, ...],
        max_tokens: int,
    ) -> Request:
        """Return a request that offers the tools."""
        return Request(tuple(messages), offered, max_tokens, known)

    def read(self, stream: Iterator[StreamItem], tools: Sequence[ToolSchema]) -> Iterator[StreamItem]:
        """Yield the stream as it is."""
        return stream

    def is_obeyed(self, reply: Reply) -> bool | None:
        """Return whether the server has parsed the calls; None where there are none."""
        return not reply.text_calls if reply.message.calls else None


NATIVE_FORMAT = NativeFormat()
