"""Tell text, thoughts and calls apart in what a model streams. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from carrel.markup import MarkupReader, Offered, Piece, read_markup
from carrel.messages import ToolCall
from carrel.protocols import Discarded, Reply, Request, Retrying, StreamItem, TextPiece, ThoughtPiece


def read_stream(stream: Iterator[StreamItem], request: Request) -> Iterator[StreamItem]:
    """Yield what a model streams, with thoughts apart from the text, and calls that it writes as text as calls.

    The calls have no ids.
    """
    offered = Offered((*request.tools, *request.text_tools))
    reader = MarkupReader(offered)
    for item in stream:
        match item:
            case TextPiece(text=text):
                yield from items_of(reader.feed(text))
            case Reply():
                yield from items_of(reader.end())
                yield _read(item, offered)
            case _:
                reader = MarkupReader(offered) if isinstance(item, Retrying) and item.discard else reader
                yield item


def items_of(piece: Piece) -> Iterator[StreamItem]:
    """Yield what a piece of a reply holds."""
    if piece.void:
        yield Discarded()
    if piece.thought:
        yield ThoughtPiece(piece.thought)
    if piece.text:
        yield TextPiece(piece.text)


def _read(reply: Reply, offered: Offered) -> Reply:
    found = read_markup(reply.message.text, offered)
    written = () if reply.message.calls else tuple(ToolCall("", call.name, call.arguments) for call in found.calls)
    message = replace(reply.message, text=found.text, calls=reply.message.calls or written)
    finish = "tool_calls" if written and reply.finish == "stop" else reply.finish
    return replace(
        reply, message=message, finish=finish, thought=reply.thought + found.thought, text_calls=bool(written)
    )
