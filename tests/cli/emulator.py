"""A terminal with a screen: the program runs in a pseudo-terminal, and tests read what a person would see."""

import re
import sys
from collections.abc import Callable
from time import monotonic

import pexpect
import pyte

from tests.cli.harness import LIMIT, environment

SCROLLBACK = 2000
"""Lines that left the screen and can be scrolled back to."""


class EmulatedTerminal:
    """A chat in a terminal that answers as real ones do."""

    def __init__(self, *arguments: str, columns: int = 80, rows: int = 24, **variables: str) -> None:
        self._screen = pyte.HistoryScreen(columns, rows, history=SCROLLBACK)
        self._stream = pyte.ByteStream(self._screen)
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", "carrel", "chat", *arguments],
            env=environment(**{"TERM": "xterm-256color", **variables}),
            timeout=LIMIT,
            dimensions=(rows, columns),
        )
        self._child.delaybeforesend = None
        self._screen.write_process_input = self._child.send
        self.raw = b""
        """Everything that the program wrote."""

    @property
    def lines(self) -> list[str]:
        """The lines of the screen, without the spaces at their ends."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """All lines, those that left the screen first."""
        left = ["".join(line[at].data for at in range(self._screen.columns)) for line in self._screen.history.top]
        return "\n".join([line.rstrip() for line in left] + self.lines)

    @property
    def current(self) -> str:
        """The line with the cursor."""
        return self.lines[int(self._screen.cursor.y)]

    @property
    def column(self) -> int:
        """The cell in which the cursor stands."""
        return int(self._screen.cursor.x)

    def send(self, keys: str) -> None:
        """Press keys."""
        self._child.send(keys)

    def say(self, text: str, answer: str) -> None:
        """Type a line at the prompt, and wait for what is answered and for the next prompt."""
        self.wait_for_line("> ?")
        self.send(text)
        self.wait_for_line(f"> {re.escape(text)}")
        self.send("\r")
        self.wait_for(answer)
        self.wait_for_line("> ?")

    def wait_for(self, pattern: str) -> None:
        """Wait until a pattern is somewhere in the text, with any spaces and line ends for each space in it."""
        expected = re.compile(pattern.replace(" ", r"\s+"))
        self._wait(lambda: expected.search(self.text) is not None, pattern)

    def wait_for_line(self, pattern: str) -> None:
        """Wait until the whole line with the cursor has a pattern."""
        self._wait(lambda: re.fullmatch(pattern, self.current) is not None, f"the line {pattern}")

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size."""
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def wait_for_exit(self) -> int | None:
        """Wait for the end, and return the exit code."""
        while self._read(monotonic() + LIMIT):
            pass
        self._child.wait()
        code: int | None = self._child.exitstatus
        return code

    def close(self) -> None:
        """End the program, if it runs."""
        self._child.close(force=True)

    def _wait(self, reached: Callable[[], bool], what: str) -> None:
        deadline = monotonic() + LIMIT
        while not reached():
            assert self._read(deadline), f"{what} is not there:\n{self.text}"

    def _read(self, deadline: float) -> bool:
        """Take in what the program writes next, and return whether it came in time."""
        try:
            chunk: bytes = self._child.read_nonblocking(65_536, max(0.0, deadline - monotonic()))
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        self.raw += chunk
        self._stream.feed(chunk)
        return True
