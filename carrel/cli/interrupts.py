"""Ctrl-C: the first stops what goes on, a second one leaves, and what was said is on disk before."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from carrel.cli.output import note

AGAIN = 2.0
"""Seconds within which a second Ctrl-C means to leave."""


class Patience:
    """Remembers when Ctrl-C was pressed."""

    def __init__(self) -> None:
        self._last = float("-inf")

    def pressed(self) -> bool:
        """Note that it was, and return whether that was the second time in a row."""
        before, self._last = self._last, time.monotonic()
        return self._last - before <= AGAIN

    @contextmanager
    def interruptible(self, stays: bool) -> Iterator[None]:
        """Let the first Ctrl-C stop what goes on; where the program `stays`, that is all that it does.

        A second one waits until the first is dealt with, so that all is on disk, and then leaves. A third one does not
        wait: the next start puts in order what is left.
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
            note("\n(interrupted; what was said so far is kept)")
            if not stays or count != 1:
                raise
            self.pressed()
        finally:
            signal.signal(signal.SIGINT, before)
