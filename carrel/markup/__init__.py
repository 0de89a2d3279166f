"""What models write between the lines of an answer: thoughts, and calls as text. Pure.

`MarkupReader` takes a reply apart as it streams in, `read_markup` a whole one. The dialects are tables: `dialects` for
the marks round calls, `shapes` for their JSON, `thoughts` for the marks round thoughts.
"""

from carrel.markup.offered import Offered
from carrel.markup.reader import Marked, MarkupReader, Piece, read_markup
from carrel.markup.shapes import TextCall

__all__ = ["Marked", "MarkupReader", "Offered", "Piece", "TextCall", "read_markup"]
