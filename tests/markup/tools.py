"""Tools that the replies of these tests call, and ways to read a reply."""

from collections.abc import Iterable

from carrel.markup import Marked, MarkupReader, Offered
from carrel.messages import ToolSchema


def tool(name: str, **types: str) -> ToolSchema:
    """Return a tool whose parameters have these types."""
    return ToolSchema(name, "", {"type": "object", "properties": {key: {"type": kind} for key, kind in types.items()}})


OFFERED = Offered(
    [
        tool("archival_insert", text="string", tags="array"),
        tool("archival_search", query="string", page="integer"),
        tool("ping"),
    ]
)


def read_in_pieces(pieces: Iterable[str], offered: Offered = OFFERED) -> Marked:
    """Return what comes of a reply that streams in."""
    reader = MarkupReader(offered)
    text, thought = "", ""
    for piece in [*map(reader.feed, pieces), reader.end()]:
        text = piece.text if piece.void else text + piece.text
        thought += piece.thought
    return Marked(text, thought, reader.calls, reader.dialects)


def in_pieces_of(size: int, text: str) -> list[str]:
    """Cut a text into pieces of some characters each."""
    return [text[at : at + size] for at in range(0, len(text), size)]
