"""Text without colours or movement: for pipes, `--plain` and terminals that can do no more."""

import sys
from collections.abc import Iterable, Sequence

from carrel.cli.terminal.output import print_error, print_line, print_note
from carrel.cli.terminal.screen.screen import Style
from carrel.cli.terminal.screen.wrapping import StreamWrapper, terminal_columns, wrap
from carrel.errors import CarrelError
from carrel.text import terminal_text

PIPE_COLUMNS = 1 << 30
"""Nothing is wrapped in a pipe: programs read lines."""


class PlainScreen:
    """Answers on standard output, each step when it is complete; everything else on standard error.

    At a terminal both are the screen, answers are printed as they arrive, and lines are wrapped.
    """

    def __init__(self) -> None:
        self.show_thoughts = False
        self._live = sys.stdout.isatty()
        self._pieces: list[str] = []
        self._printed = ""
        self._wrapper = StreamWrapper(self.columns)

    @property
    def columns(self) -> int:
        """The width of the terminal; in a pipe there is no limit."""
        return terminal_columns() if self._live else PIPE_COLUMNS

    def print(self, text: str = "", style: Style = "text", indent: int = 0) -> None:
        """Print lines on standard error; in a pipe only answers and warnings matter to those who read."""
        for line in terminal_text(text).split("\n"):
            for part in wrap(line, self.columns, indent):
                print_note(part)

    def print_markdown(self, text: str) -> None:
        """Print Markdown as it is written."""
        self.print(text)

    def print_table(self, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print rows with columns separated by two spaces at a terminal and by tabs in a pipe, without headings."""
        for row in rows:
            cells = [" ".join(str(cell).split()) for cell in row]
            self.print("  ".join(cells) if self._live else "\t".join(cells), indent=2)

    def print_error(self, error: CarrelError) -> None:
        """Print an error and its remedy on standard error."""
        print_error(error, as_json=False)

    def show_phase(self, phase: str) -> None:
        """Show nothing."""

    def add_text(self, piece: str) -> None:
        """Print a piece at a terminal; keep it for the end of the step in a pipe."""
        self._pieces.append(piece)
        if self._live:
            sys.stdout.write(self._wrapper.add(terminal_text(piece)))
            sys.stdout.flush()

    def discard_text(self) -> None:
        """Forget the pieces; what was printed at a terminal stays there, on a line that ends."""
        if self._live and self._pieces:
            print_line(self._wrapper.end())
        self._pieces = []

    def end_text(self, answer: str = "") -> None:
        """End the line; print the answer if it was not printed piece by piece."""
        self._printed += "".join(self._pieces)
        if self._pieces:
            print_line(self._wrapper.end() if self._live else terminal_text("".join(self._pieces)))
        elif answer and answer != self._printed:
            for line in terminal_text(answer).split("\n"):
                print_line("\n".join(wrap(line, self.columns)))
        self._pieces = []
        self._printed = "" if answer else self._printed

    def stop_live(self) -> None:
        """End the line of a reply that was cut off."""
        if self._live and self._pieces:
            print_line(self._wrapper.end())
        self._pieces = []
        self._printed = ""

    def clear(self) -> None:
        """Do nothing: there is nothing that could be cleared."""
