"""The standard streams as the program finds them: closed, full, or in an encoding that lacks some characters."""

import codecs
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Literal, TextIO

from carrel.cli.terminal.output import print_note
from carrel.errors import UsageError
from carrel.text import clean_text, remove_sequences

ESCAPE = "carrel.escape"
"""The name of the error handler that writes what an encoding lacks as in JSON, so that nothing is lost."""

WAIT_SECONDS = 2.0
"""How long a program that reads standard input waits for it before it says so."""

_escaped: list[str] = []
"""The encodings that lacked a character."""


class _Output(TextIOWrapper):
    """A standard output that knows why it could not be written: without a buffer, a later write may succeed."""

    error: OSError | None = None

    def write(self, text: str) -> int:
        """Write a text, and keep the error if that fails."""
        with self._kept():
            return super().write(text)

    def flush(self) -> None:
        """Write what is held back, and keep the error if that fails."""
        with self._kept():
            super().flush()

    @contextmanager
    def _kept(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.error = error
            raise


def prepare_streams() -> None:
    """Open standard streams that are closed, and have each write as escapes what its encoding lacks.

    A closed standard input is empty, a closed standard error takes everything, and a closed standard output fails when
    it is written to, as a full one does. While one of them is closed, a file of ours would be opened in its place.
    """
    _escaped.clear()
    codecs.register_error(ESCAPE, _escape)
    for descriptor, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        _open_if_closed(descriptor, flags)
    sys.stdin = sys.stdin or _wrap(0, "r")
    sys.stdout = sys.stdout or _wrap(1, "w")
    sys.stderr = sys.stderr or _wrap(2, "w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=ESCAPE)
    if isinstance(sys.stdout, TextIOWrapper) and _has_descriptor(sys.stdout):
        sys.stdout = _watch(sys.stdout)


def read_stdin() -> str:
    """Read standard input to its end as text; bytes that are not UTF-8 become replacement characters.

    Raises:
        UsageError: it cannot be read.
    """
    if not _has_input():
        print_note("(waiting for the end of standard input; < /dev/null leaves it out)")
    try:
        return clean_text(remove_sequences(sys.stdin.buffer.read().decode("utf-8", "replace")))
    except OSError as error:
        raise UsageError(f"Standard input cannot be read: {error.strerror}.", "Add < /dev/null, or a file.") from None


def output_error() -> OSError | None:
    """Return why standard output cannot be written, and give up on it; None if it can."""
    error = sys.stdout.error if isinstance(sys.stdout, _Output) else None
    try:
        sys.stdout.flush()
    except OSError as now:
        error = error or now
    if error is not None:
        _give_up(sys.stdout)
    return error


def end_error_output() -> None:
    """Write the rest of standard error, or give up on it: the interpreter would change the exit code to 120."""
    try:
        sys.stderr.flush()
    except OSError:
        _give_up(sys.stderr)


def lacking_encoding() -> str | None:
    """Return the encoding that lacked a character which was to be printed, or None."""
    return next((name for name in _escaped if name != "utf-8"), None)  # UTF-8 lacks lone surrogates, which are no text


def _has_input() -> bool:
    """Wait a moment for standard input, and return whether there is something to read, or its end."""
    import select

    try:
        return bool(select.select([sys.stdin], [], [], WAIT_SECONDS)[0])
    except (OSError, ValueError):  # no descriptor that can be waited for
        return True


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    _escaped.append(error.encoding)
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def _give_up(stream: TextIO) -> None:
    """Send what a stream still holds, and all that follows, to nobody."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
    if isinstance(stream, _Output):
        stream.error = None


def _has_descriptor(stream: TextIOWrapper) -> bool:
    try:
        return stream.fileno() >= 0
    except OSError:
        return False


def _watch(stream: TextIOWrapper) -> _Output:
    """Return the same stream as one that knows why it could not be written."""
    kept = (stream.encoding, ESCAPE, None, stream.line_buffering, stream.write_through)
    return _Output(stream.detach(), *kept)


def _open_if_closed(descriptor: int, flags: int) -> None:
    try:
        os.fstat(descriptor)
    except OSError:
        opened = os.open(os.devnull, flags)
        if opened != descriptor:
            os.dup2(opened, descriptor)
            os.close(opened)


def _wrap(descriptor: int, mode: Literal["r", "w"]) -> TextIO:
    return open(descriptor, mode, encoding="utf-8", closefd=False)
