"""Guard the bytes of an answer: their number, their encoding, and that they lead somewhere.

Imports httpx2, which takes a while: import it where a connection is made.
"""

import codecs
from collections.abc import Callable, Iterator

import httpx2

from carrel.protocols import Clock

MAX_BYTES = 64 * 2**20
"""Bytes of one answer: a hundred times the longest that any model gives."""

PATIENCE = 4
"""How many time limits long a server may send signs of life (comments of a stream) without a word."""


class GuardedStream(httpx2.SyncByteStream):
    """Passes on the bytes of an answer, made valid UTF-8 and without a byte order mark.

    Raises httpx2.ReadError beyond `max_bytes` bytes, httpx2.ReadTimeout after PATIENCE time limits of mere comments.
    """

    def __init__(
        self,
        stream: httpx2.SyncByteStream,
        limit: float,
        clock: Clock,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._stream = stream
        self._limit = limit * PATIENCE
        self._max_bytes = max_bytes
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        size, line, since = 0, "", self._clock.monotonic()
        for part in self._stream:
            text = decoder.decode(part)
            size += len(part)
            *whole, line = (line + text).split("\n")
            line = line[:2]  # enough to tell a comment from a word
            if any(said.strip() and not said.startswith(":") for said in whole):
                since = self._clock.monotonic()
            if size > self._max_bytes:
                raise httpx2.ReadError(f"the answer is longer than {self._max_bytes} bytes")
            if self._clock.monotonic() - since > self._limit:
                raise httpx2.ReadTimeout(f"no word came within {self._limit:g} s")
            yield text.encode()
        yield decoder.decode(b"", final=True).encode()

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()


def guard(limit: float, clock: Clock) -> Callable[[httpx2.Response], None]:
    """Return a hook that puts each answer behind a guard; one that is compressed is taken as it is."""

    def hook(response: httpx2.Response) -> None:
        stream = response.stream
        if "content-encoding" not in response.headers and isinstance(stream, httpx2.SyncByteStream):
            response.stream = GuardedStream(stream, limit, clock)

    return hook
