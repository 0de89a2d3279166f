"""Guard the bytes of an answer: their number, their encoding, and that they lead somewhere.

Imports httpx2, which takes a while: import it where a connection is made.
"""

import codecs
import time
from collections.abc import Callable, Iterator

import httpx2

MOST_BYTES = 64 * 2**20
"""Bytes of one answer: a hundred times the longest that any model gives."""

PATIENCE = 4
"""How many time limits long a server may send signs of life (comments of a stream) without a word."""


class GuardedStream(httpx2.SyncByteStream):
    """Passes on the bytes of an answer, made valid UTF-8 and without a byte order mark.

    Raises httpx2.ReadError beyond `most` bytes, httpx2.ReadTimeout after PATIENCE time limits of mere comments.
    """

    def __init__(
        self,
        stream: httpx2.SyncByteStream,
        limit: float,
        most: int = MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream
        self._limit = limit * PATIENCE
        self._most = most
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        size, line, since = 0, "", self._clock()
        for part in self._stream:
            text = decoder.decode(part)
            size += len(part)
            *whole, line = (line + text).split("\n")
            line = line[:2]  # enough to tell a comment from a word
            if any(said.strip() and not said.startswith(":") for said in whole):
                since = self._clock()
            if size > self._most:
                raise httpx2.ReadError(f"the answer is longer than {self._most} bytes")
            if self._clock() - since > self._limit:
                raise httpx2.ReadTimeout(f"no word came within {self._limit:g} s")
            yield text.encode()
        yield decoder.decode(b"", final=True).encode()

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()


def guard(limit: float) -> Callable[[httpx2.Response], None]:
    """Return a hook that puts each answer behind a guard; one that is compressed is taken as it is."""

    def hook(response: httpx2.Response) -> None:
        stream = response.stream
        if "content-encoding" not in response.headers and isinstance(stream, httpx2.SyncByteStream):
            response.stream = GuardedStream(stream, limit)

    return hook
