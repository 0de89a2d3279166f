"""Evaluate `-k` expressions over the names and tags of scenarios: `allergy`, `recall and not slow`. Pure."""

import re
from collections.abc import Iterable

from carrel.errors import UsageError

_TOKEN = re.compile(r"\s*(\(|\)|\"[^\"]*\"|[^\s()]+)")


def evaluate(expression: str, names: Iterable[str]) -> bool:
    """Return whether an expression is true of a scenario with these names (its name, file name and tags).

    A word is true if it occurs in one of the names, in upper or lower case; `and`, `or`, `not` and brackets join words.

    Raises:
        UsageError: the expression is not well-formed.
    """
    parser = _Parser(expression, "\n".join(names).casefold())
    result = parser.parse_or()
    if parser.token:
        raise parser.error()
    return result


class _Parser:
    """A recursive descent parser that evaluates as it reads."""

    def __init__(self, expression: str, text: str) -> None:
        self._tokens = iter([*(match[1] for match in _TOKEN.finditer(expression)), ""])
        self._text = text
        self._expression = expression
        self.token = next(self._tokens)

    def error(self) -> UsageError:
        """Return the error that the expression is not well-formed."""
        return UsageError(f"-k '{self._expression}' is not well-formed.", "Example: recall and not (slow or live)")

    def parse_or(self) -> bool:
        """Read operands joined by `or`."""
        result = self._parse_and()
        while self._accept("or"):
            result = self._parse_and() or result
        return result

    def _parse_and(self) -> bool:
        result = self._parse_operand()
        while self._accept("and"):
            result = self._parse_operand() and result
        return result

    def _parse_operand(self) -> bool:
        if self._accept("not"):
            return not self._parse_operand()
        if self._accept("("):
            result = self.parse_or()
            if not self._accept(")"):
                raise self.error()
            return result
        if self.token in {"", ")", "and", "or"}:
            raise self.error()
        word = self.token.strip('"').casefold()
        self.token = next(self._tokens)
        return word in self._text

    def _accept(self, expected: str) -> bool:
        if self.token != expected:
            return False
        self.token = next(self._tokens)
        return True
