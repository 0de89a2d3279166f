"""Ctrl-C: the first one stops the turn, a second one leaves the program, once everything said is on disk."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from carrel.cli.terminal.screen.screen import Screen

AGAIN = 2.0
"""Seconds within which a second Ctrl-C leaves the program."""


class InterruptGuard:
    """Decides what a Ctrl-C stops: the turn, or the program."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._last = float("-inf")

    def pressed(self) -> bool:
        """Note a Ctrl-C and return whether it is the second in a row."""
        before, self._last = self._last, time.monotonic()
        return self._last - before <= AGAIN

    @contextmanager
    def interruptible(self, stays: bool) -> Iterator[None]:
        """Let the first Ctrl-C stop the block; the program goes on after it if it `stays`.

        A second one leaves the program as soon as the first is handled, so that everything is on disk. A third one
        leaves at once: the next start repairs what is left.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self._last = float("-inf")
        count = 0

        def handle(number: int, frame: FrameType | None) -> None:
            nonlocal count
            count += 1
            if count != 2:
                raise KeyboardInterrupt

        before = signal.signal(signal.SIGINT, handle)
        try:
            yield
        except KeyboardInterrupt:
            self._screen.stop_live()
            self._screen.print("(interrupted; what was said so far is kept)", "dim")
            if not stays or count != 1:
                raise
            self.pressed()
        finally:
            signal.signal(signal.SIGINT, before)
