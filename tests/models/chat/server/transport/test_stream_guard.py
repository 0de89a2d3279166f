"""The guard of an answer's bytes."""

import itertools
from collections.abc import Iterable, Iterator

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.clock import FrozenClock
from carrel.models.chat.server.transport.stream_guard import KEEP_ALIVE_TIMEOUTS, StreamGuard

STILL = FrozenClock("2026-01-05T09:00:00+01:00")


class Bytes(httpx2.SyncByteStream):
    """An answer in pieces."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = pieces
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True


def passed(*pieces: bytes, max_bytes: int = 1000) -> bytes:
    """Return what the guard lets through."""
    return b"".join(StreamGuard(Bytes(pieces), 1.0, STILL, max_bytes))


@given(st.text(), st.lists(st.integers(0, 40), max_size=4))
def test_good_text_passes_as_it_is(text: str, cuts: list[int]) -> None:
    """However UTF-8 is cut, it comes out whole; a byte order mark at the beginning is dropped."""
    content = text.encode()
    edges = sorted({0, len(content), *(cut for cut in cuts if cut < len(content))})
    pieces = [content[start:end] for start, end in itertools.pairwise(edges)]
    assert passed(*pieces, max_bytes=10**6) == text.removeprefix("\ufeff").encode()


def test_what_is_not_utf8_is_replaced() -> None:
    """Stray bytes and half a letter at the end become U+FFFD, so that whoever reads on does not stumble."""
    assert passed(b"a\xff", b"b\xe4\xbd").decode() == "a\ufffdb\ufffd"


def test_an_answer_without_end_is_cut() -> None:
    """Beyond so many bytes the answer is given up."""
    endless = (b"data: x\n\n" for _ in iter(int, 1))
    with pytest.raises(httpx2.ReadError, match="longer than 90 bytes"):
        b"".join(StreamGuard(Bytes(endless), 1.0, STILL, 90))


@pytest.mark.parametrize(
    ("piece", "ends"),
    [(b": ping\n\n", True), (b"\n", True), (b"x", True), (b"data: x\n\n", False), (b"ping: \n", False)],
)
def test_signs_of_life_are_not_words(piece: bytes, ends: bool, clock: FrozenClock) -> None:
    """Comments, empty lines and a line without end are given up after a while; a line that says something is not."""

    def dripping() -> Iterator[bytes]:
        for _ in range(50):
            clock.advance(seconds=1)
            yield piece

    stream = StreamGuard(Bytes(dripping()), 1.0, clock)
    if not ends:
        assert b"".join(stream) == piece * 50
        return
    with pytest.raises(
        httpx2.ReadTimeout, match=f"nothing but keep-alive comments came within {KEEP_ALIVE_TIMEOUTS} s"
    ):
        b"".join(stream)


def test_closing_closes_what_is_guarded() -> None:
    """The connection is not kept."""
    inner = Bytes([])
    StreamGuard(inner, 1.0, STILL).close()
    assert inner.closed
