"""Take thoughts and calls out of what a model writes, as it streams in or whole.

However a text is cut into pieces, the answer, the thoughts and the calls are the same; what cannot be the beginning of
a thought or of a call is passed on at once.
"""

from dataclasses import dataclass

from carrel.markup.offered import Offered
from carrel.markup.parser import ReplyParser
from carrel.markup.shapes import TextCall


@dataclass(frozen=True, slots=True)
class Piece:
    """What came of a piece of a reply; with `void`, all text that was given out before was a thought."""

    text: str = ""
    thought: str = ""
    void: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """A whole reply taken apart."""

    text: str
    thought: str
    calls: tuple[TextCall, ...] = ()
    dialects: tuple[str, ...] = ()
    """The dialects that the calls were written in, in order, each once."""


def read_markup(text: str, offered: Offered) -> Marked:
    """Take a whole reply apart."""
    reader = MarkupReader(offered)
    first, last = reader.feed(text), reader.end()
    said = last.text if last.void else first.text + last.text
    return Marked(said, first.thought + last.thought, reader.calls, reader.dialects)


class MarkupReader:
    """Reads a reply piece by piece. Calls count where they name a tool that is `offered`."""

    def __init__(self, offered: Offered) -> None:
        self._parser = ReplyParser(offered)
        self._waiting: list[str] = []
        self._size = 0
        self._enough = 1
        self._given = 0

    @property
    def calls(self) -> tuple[TextCall, ...]:
        """The calls read so far; those that turn out to be part of a thought are taken back."""
        return tuple(self._parser.calls)

    @property
    def dialects(self) -> tuple[str, ...]:
        """The dialects that they were written in, in order, each once."""
        return tuple(dict.fromkeys(self._parser.dialects))

    def feed(self, piece: str) -> Piece:
        """Take in a piece, and return what is certain now."""
        self._waiting.append(piece)
        self._size += len(piece)
        if self._size < self._enough:
            return Piece()
        self._hand_over()
        self._parser.read()
        self._enough = max(1, self._parser.held // 16)  # lest a long call be read from its beginning at every piece
        return self._take()

    def end(self) -> Piece:
        """Return what was held back until the end was sure."""
        self._hand_over()
        self._parser.finish()
        return self._take()

    def _hand_over(self) -> None:
        self._parser.source.add("".join(self._waiting))
        self._waiting.clear()
        self._size = 0

    def _take(self) -> Piece:
        parser = self._parser
        thought = "".join(parser.thoughts[self._given :])
        self._given = len(parser.thoughts)
        void, parser.voided = parser.voided, False
        return Piece(parser.answer.take(), thought, void)
