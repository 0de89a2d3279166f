"""Answers as Markdown at a terminal: finished lines are printed for good, the last ones change as text arrives."""

import sys
import threading
from collections.abc import Iterable, Sequence
from time import monotonic

from carrel.cli.terminal.screen.answer import AnswerLines
from carrel.cli.terminal.screen.formats import TextFormat
from carrel.cli.terminal.screen.live_region import LiveRegion
from carrel.cli.terminal.screen.markdown import markdown_lines
from carrel.cli.terminal.screen.screen import Style
from carrel.cli.terminal.screen.styled import styled
from carrel.cli.terminal.screen.tables import table_lines
from carrel.cli.terminal.screen.wrapping import terminal_columns, terminal_size, wrap
from carrel.errors import CarrelError
from carrel.text import one_line, terminal_text

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
TICK = 0.1
"""Seconds between two pictures of the spinner, and between two of a text that arrives."""
RENDER_SHARE = 10
"""A text that takes long to render is drawn so seldom that this many times as much is left for everything else."""


class LiveScreen:
    """Prints on standard output, which is a terminal."""

    def __init__(self, text_format: TextFormat) -> None:
        self.show_thoughts = False
        self._lock = threading.RLock()
        self._region = LiveRegion()
        self._format = text_format
        self._answer = AnswerLines(text_format)
        self._pieces: list[str] = []
        self._printed = ""
        self._phase = ""
        self._phase_began = 0.0
        self._next_draw = 0.0
        self._stopped = threading.Event()
        self._ticker: threading.Thread | None = None

    @property
    def columns(self) -> int:
        """The width of the terminal now."""
        return terminal_columns()

    def print(self, text: str = "", style: Style = "text", indent: int = 0) -> None:
        """Print lines above what moves."""
        lines = terminal_text(text).split("\n")
        self._print_lines([styled(part, style) for line in lines for part in wrap(line, self.columns, indent)])

    def print_markdown(self, text: str) -> None:
        """Print a whole Markdown text above what moves."""
        self._print_lines(markdown_lines(terminal_text(text), self.columns))

    def print_table(self, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print a table that fits the terminal; cells are one line each."""
        cells = [[" ".join(terminal_text(str(cell)).split()) for cell in row] for row in rows]
        lines = table_lines(headings, cells, self.columns)
        self._print_lines(lines)

    def print_error(self, error: CarrelError) -> None:
        """Print an error and its remedy."""
        self.print(f"Error: {error}", "error")

    def show_phase(self, phase: str) -> None:
        """Show a spinner with the phase, and how long it lasts, until text arrives."""
        if not phase:
            return
        with self._lock:
            if phase != self._phase:
                self._phase, self._phase_began = phase, monotonic()
            self._draw(final=False)
        self._start_ticker()

    def add_text(self, piece: str) -> None:
        """Take a piece of the answer in; it is drawn with the next picture."""
        with self._lock:
            self._phase = ""
            self._pieces.append(piece)
            self._answer.add(terminal_text(piece))
            if monotonic() >= self._next_draw:
                self._draw(final=False)
        self._start_ticker()

    def discard_text(self) -> None:
        """Remove the lines that can still change."""
        with self._lock:
            self._pieces = []
            self._answer = AnswerLines(self._format)
            self._region.show([], [])

    def end_text(self, answer: str = "") -> None:
        """Print the rest of the step for good, or the whole answer."""
        with self._lock:
            self._printed += "".join(self._pieces)
            if answer and not self._pieces and answer != self._printed:
                self._answer.add(terminal_text(answer))
            self._phase = ""
            self._draw(final=True)
            self._answer = AnswerLines(self._format)
            self._pieces = []
            self._printed = "" if answer else self._printed

    def stop_live(self) -> None:
        """Print the rest of what arrived, and remove the spinner."""
        self._stopped.set()
        if self._ticker is not None:
            self._ticker.join()
            self._ticker = None
        self.end_text()
        self._printed = ""

    def clear(self) -> None:
        """Clear the screen; the scrollback stays."""
        sys.stdout.write("\x1b[H\x1b[2J")
        sys.stdout.flush()

    def _print_lines(self, lines: Sequence[str]) -> None:
        with self._lock:
            self._region.show(lines, self._live_lines())

    def _draw(self, final: bool) -> None:
        """Print what cannot change any more, and draw the rest anew."""
        began = monotonic()
        rows = terminal_size().lines
        printed = self._answer.take(self.columns, rows, final)
        self._region.show(printed, self._live_lines())
        self._next_draw = monotonic() + max(TICK, RENDER_SHARE * (monotonic() - began))

    def _live_lines(self) -> list[str]:
        if not self._phase:
            return self._answer.live
        passed = monotonic() - self._phase_began
        picture = SPINNER[int(passed / TICK) % len(SPINNER)]
        time = f" {passed:.0f} s" if passed >= 1 else ""
        return [*self._answer.live, styled(one_line(f"{picture} {self._phase}{time}", self.columns), "dim")]

    def _start_ticker(self) -> None:
        if self._ticker is None:
            self._stopped.clear()
            self._ticker = threading.Thread(target=self._tick, name="spinner", daemon=True)
            self._ticker.start()

    def _tick(self) -> None:
        """Draw what waits to be drawn, and turn the spinner, until the turn ends."""
        while not self._stopped.wait(TICK):
            with self._lock:
                if monotonic() >= self._next_draw:
                    self._draw(final=False)
