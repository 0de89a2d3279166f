"""Guard a server's answer: limit its length, limit how long it may say nothing, and make it valid UTF-8.

Imports httpx2, which takes a while: import this module where a connection is opened.
"""

import codecs
import re
from collections.abc import Callable, Iterator

from carrel.imports import importing
from carrel.protocols import Clock

with importing("httpx2"):
    import httpx2

MAX_BYTES = 64 * 2**20
"""Bytes of one answer: a hundred times the longest reply of any model."""

MAX_LINE = 4000
"""Characters of a line that are looked at: enough for the words of an error."""

_DONE = re.compile(r"data:\s*\[DONE\]")
_ERROR_EVENT = re.compile(r"event:\s*error\b")
_ERROR = re.compile(r'error:|data:.*?"error"\s*:\s*(?!null|false|""|\{\s*\}|\[\s*\])')
"""An error in an event; a field `error`, as llama.cpp once sent it, is none that clients of events know."""

KEEP_ALIVE_TIMEOUTS = 4
"""How many timeouts a stream may last with nothing but keep-alive comments in it."""


class StreamGuard(httpx2.SyncByteStream):
    """Yields the bytes of an answer as valid UTF-8, without a byte order mark, and notes what a stream of events is.

    `timeout` is in seconds. Raises httpx2.ReadError after `max_bytes` bytes, and httpx2.ReadTimeout after
    KEEP_ALIVE_TIMEOUTS timeouts without a line that says something.
    """

    def __init__(self, stream: httpx2.SyncByteStream, timeout: float, clock: Clock, max_bytes: int = MAX_BYTES) -> None:
        self._stream = stream
        self._max_seconds = timeout * KEEP_ALIVE_TIMEOUTS
        self._max_bytes = max_bytes
        self._clock = clock
        self.all_sent = False
        """Whether the server has said [DONE]."""
        self.first_line = ""
        """The beginning of the first line that is not blank."""
        self.error_line = ""
        """The beginning of the first line that tells of an error."""
        self._error_begun = False

    @property
    def has_events(self) -> bool:
        """Whether the answer begins as a stream of events does, or says nothing."""
        return not self.first_line or self.first_line.startswith((":", "data", "event", "id", "retry"))

    def __iter__(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        size, line, last_word = 0, "", self._clock.monotonic()
        for part in self._stream:
            text = decoder.decode(part)
            size += len(part)
            *lines, line = (line + text).split("\n")
            line = line[:MAX_LINE]
            self._note(lines)
            if any(each.strip() and not each.startswith(":") for each in lines):
                last_word = self._clock.monotonic()
            if size > self._max_bytes:
                raise httpx2.ReadError(f"the answer is longer than {self._max_bytes} bytes")
            if self._clock.monotonic() - last_word > self._max_seconds:
                raise httpx2.ReadTimeout(f"nothing but keep-alive comments came within {self._max_seconds:g} s")
            yield text.encode()
        self._note([line])
        yield decoder.decode(b"", final=True).encode()

    def _note(self, lines: list[str]) -> None:
        """Note what whole lines say of the stream."""
        if not self.first_line:
            self.first_line = next((each.strip() for each in lines if each.strip()), "")[:MAX_LINE]
        for each in lines:
            self._error_begun = self._error_begun or bool(_ERROR_EVENT.match(each))
            says_error = _ERROR.match(each) or (self._error_begun and each.startswith("data:"))
            if says_error and not self.error_line:
                self.error_line = each[:MAX_LINE]
        self.all_sent = self.all_sent or any(_DONE.match(each) for each in lines)

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()


def guard_responses(timeout: float, clock: Clock) -> Callable[[httpx2.Response], None]:
    """Return a response hook that puts each answer behind a StreamGuard; a compressed answer is left as it is."""

    def hook(response: httpx2.Response) -> None:
        stream = response.stream
        if "content-encoding" not in response.headers and isinstance(stream, httpx2.SyncByteStream):
            response.stream = StreamGuard(stream, timeout, clock)

    return hook
