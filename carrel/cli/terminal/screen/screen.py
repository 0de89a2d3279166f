"""The protocol of what the chat and its slash commands print through."""

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

from carrel.errors import CarrelError

Style = Literal["text", "dim", "warning", "error"]
"""How a line looks: like an answer, in the background, or so that it is noticed."""


class Screen(Protocol):
    """Prints answers as they arrive, and what else the user should read.

    Texts may come from anywhere: control characters in them are never executed.
    """

    show_thoughts: bool
    """Whether the user reads what the model thinks."""

    @property
    def columns(self) -> int:
        """The width of a line in character cells."""

    def print(self, text: str = "", style: Style = "text", indent: int = 0) -> None:
        """Print lines; one that is too long is wrapped between words and goes on `indent` cells from the left."""

    def print_markdown(self, text: str) -> None:
        """Print a whole text that is written in Markdown."""

    def print_table(self, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print a table; where the screen is narrower than the table, each row becomes lines of `heading: cell`."""

    def print_error(self, error: CarrelError) -> None:
        """Print an error and its remedy."""

    def show_phase(self, phase: str) -> None:
        """Show what the user is waiting for, such as `thinking`, until the next output; empty: what it was."""

    def add_text(self, piece: str) -> None:
        """Print a piece of an answer as it arrives; pieces that belong together are wrapped together."""

    def discard_text(self) -> None:
        """Note that the pieces since the last `end_text` are void."""

    def end_text(self, answer: str = "") -> None:
        """End the text of a step; print the whole answer, where it is given and was not printed piece by piece."""

    def stop_live(self) -> None:
        """Print what is pending and remove what moves: the program stops to listen, or was interrupted."""

    def clear(self) -> None:
        """Clear the screen, where that is possible."""
