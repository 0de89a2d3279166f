"""Choose stories by an expression over names and tags: `allergy`, `recall and not slow`. Pure."""

import re
from collections.abc import Iterator

from carrel.errors import UsageError
from carrel.scenario.files.load import Source

_TOKEN = re.compile(r"\s*(\(|\)|\"[^\"]*\"|[^\s()]+)")


def selected(source: Source, expression: str) -> bool:
    """Return whether a story is meant: words stand for parts of its name, file or tags; and, or, not, ( ) join them.

    Raises:
        UsageError: the expression cannot be read.
    """
    scenario = source.scenario
    text = "\n".join([scenario.name, source.slug, *scenario.tags]).casefold()
    tokens = iter([*(match[1] for match in _TOKEN.finditer(expression)), ""])
    reader = _Reader(tokens, text, expression)
    found = reader.either()
    if reader.token:
        raise reader.error()
    return found


class _Reader:
    """Reads an expression by recursive descent, and evaluates it at once."""

    def __init__(self, tokens: Iterator[str], text: str, expression: str) -> None:
        self._tokens = tokens
        self._text = text
        self._expression = expression
        self.token = next(tokens)

    def error(self) -> UsageError:
        """Return what is wrong."""
        return UsageError(f"-k '{self._expression}' cannot be read.", "Write it like: recall and not (slow or live)")

    def either(self) -> bool:
        """Read what `or` joins."""
        found = self._both()
        while self._take("or"):
            found = self._both() or found
        return found

    def _both(self) -> bool:
        found = self._one()
        while self._take("and"):
            found = self._one() and found
        return found

    def _one(self) -> bool:
        if self._take("not"):
            return not self._one()
        if self._take("("):
            found = self.either()
            if not self._take(")"):
                raise self.error()
            return found
        if self.token in {"", ")", "and", "or"}:
            raise self.error()
        word = self.token.strip('"').casefold()
        self.token = next(self._tokens)
        return word in self._text

    def _take(self, wanted: str) -> bool:
        if self.token != wanted:
            return False
        self.token = next(self._tokens)
        return True
