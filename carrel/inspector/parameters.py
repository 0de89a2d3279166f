"""The parameters of a request to the inspector, checked. Pure."""

from collections.abc import Mapping
from typing import Any

from carrel.errors import UsageError

MAX_NUMBER = 2**53
"""The largest number that a browser can name exactly."""


class Parameters:
    """Named values as they came from a query or a JSON object."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text. Raise UsageError where it is missing and has no default, or is something else."""
        value = self._values.get(name, default)
        if not isinstance(value, str):
            problem = "is missing" if value is None else "is not a text"
            raise UsageError(f"Parameter '{name}' {problem}.", "Run: carrel help inspector")
        return value

    def choice(self, name: str, *choices: str) -> str:
        """Return one of the choices, of which the first is the default. Raise UsageError for anything else."""
        value = self.text(name, choices[0])
        if value not in choices:
            raise UsageError(f"'{value[:40]}' is not one of the choices.", f"Choose {', '.join(choices)}.")
        return value

    def number(self, name: str, default: int, *, low: int = 1, high: int = MAX_NUMBER) -> int:
        """Return a whole number between two bounds, both included. Raise UsageError for anything else."""
        value = self._values.get(name, default)
        try:
            number = int(str(value))
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise UsageError(f"Parameter '{name}' is not a number from {low} to {high}.", "Correct it.")
        return number

    def maybe_number(self, name: str) -> int | None:
        """Return a whole number from 1, or None where it is missing. Raise UsageError for anything else."""
        return self.number(name, 1) if name in self._values else None

    def flag(self, name: str) -> bool:
        """Return true or false. Raise UsageError for anything else."""
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise UsageError(f"Parameter '{name}' is not true or false.", "Correct it.")
        return value
