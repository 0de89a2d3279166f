"""A text that may still be growing, read by position.

A reader asks for what stands at a position. Where the text ends before that is certain it raises NeedMore, and is
asked again once there is more; so its decisions depend on the text alone and never on the pieces it came in.
"""

import re
from collections.abc import Iterable

_FOLD = str.maketrans({"｜": "|", "▁": "_"} | {chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})
"""Letter for letter, so that positions stay: ASCII letters small, and the wide bars of DeepSeek as plain ones."""


def fold(text: str) -> str:
    """Return a text as `Source.folded` shows it."""
    return text.translate(_FOLD)


_NAMESPACE = re.compile(r"<(/?)[a-z]{2,16}[:|_]")
_PARTIAL_NAMESPACE = re.compile(r"</?[a-z]{0,16}")
_FILLER = "]<]minimax[>["
"""A token that MiniMax writes before each tag, and that says nothing."""


class NeedMore(Exception):
    """The text so far leaves it open; more text will tell."""


class NoMatch(Exception):
    """Something else stands here."""


class Source:
    """A text; `final` is set once nothing more will come."""

    def __init__(self, text: str = "", final: bool = False) -> None:
        self.text = text
        self.folded = fold(text)
        self.final = final
        self._rest = ""

    def add(self, piece: str) -> None:
        """Append a piece."""
        piece = (self._rest + piece).replace(_FILLER, "")
        kept = next((size for size in range(len(_FILLER) - 1, 0, -1) if piece.endswith(_FILLER[:size])), 0)
        self._rest = piece[len(piece) - kept :]
        self._append(piece[: len(piece) - kept])

    def end(self) -> None:
        """Note that nothing more will come."""
        self._append(self._rest)
        self._rest = ""
        self.final = True

    def _append(self, piece: str) -> None:
        self.text += piece
        self.folded += fold(piece)

    def drop(self, at: int) -> None:
        """Forget the text before a position, which becomes 0."""
        self.text = self.text[at:]
        self.folded = self.folded[at:]

    def char(self, at: int) -> str:
        """Return the character at a position, or "" behind the end of a final text."""
        if at < len(self.text):
            return self.text[at]
        if self.final:
            return ""
        raise NeedMore

    def spaces(self, at: int) -> int:
        """Return the position of the first character that is no white space."""
        while at < len(self.text) and self.text[at].isspace():
            at += 1
        self.char(at)
        return at

    def has(self, literal: str, at: int) -> bool:
        """Tell whether a literal, written in small letters, stands at a position."""
        here = self.folded[at : at + len(literal)]
        if len(here) < len(literal) and literal.startswith(here) and not self.final:
            raise NeedMore
        return here == literal

    def longest(self, literals: Iterable[str], at: int) -> str:
        """Return the first of the literals that stands at a position, or ""; the longer ones come first."""
        first = self.folded[at : at + 1]
        return next((literal for literal in literals if literal.startswith(first) and self.has(literal, at)), "")

    def longest_tag(self, literals: Iterable[str], at: int) -> tuple[str, int]:
        """Return the first of the literals at a position and the position behind it, or "".

        A tag may have a namespace before its name, as in `<minimax:invoke`.
        """
        if found := self.longest(literals, at):
            return found, at + len(found)
        prefix = _NAMESPACE.match(self.folded, at)
        if prefix is None:
            if not self.final and _PARTIAL_NAMESPACE.fullmatch(self.folded, at):
                raise NeedMore
            return "", at
        bare = {literal[1 + len(prefix[1]) :]: literal for literal in literals if literal.startswith("<" + prefix[1])}
        found = self.longest(bare, prefix.end())
        return (bare[found], prefix.end() + len(found)) if found else ("", at)

    def expect(self, literals: Iterable[str], at: int) -> int:
        """Return the position behind one of the literals and the white space before it. Raise NoMatch."""
        at = self.spaces(at)
        if found := self.longest(literals, at):
            return at + len(found)
        raise NoMatch

    def search(self, pattern: re.Pattern[str], at: int) -> re.Match[str]:
        """Return the next match in the folded text of a pattern that a later piece cannot change. Raise NoMatch."""
        if match := pattern.search(self.folded, at):
            return match
        raise NoMatch if self.final else NeedMore

    def position(self, pattern: re.Pattern[str], at: int) -> int:
        """Return where the next match begins, or the end of a final text."""
        match = pattern.search(self.folded, at)
        if match or self.final:
            return match.start() if match else len(self.text)
        raise NeedMore

    def run(self, pattern: re.Pattern[str], at: int) -> str:
        """Return the characters from a position on that a pattern matches, such as a word; "" where there are none."""
        match = pattern.match(self.text, at)
        end = match.end() if match else at
        self.char(end)
        return self.text[at:end]


def by_length(literals: Iterable[str]) -> tuple[str, ...]:
    """Return literals as `Source.longest` wants them."""
    return tuple(sorted(set(literals), key=len, reverse=True))
