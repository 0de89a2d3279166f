"""A toy tokenizer for the tests of token counters."""

import base64
import hashlib
from pathlib import Path

import pytest

from carrel.models.tokens.tiktoken_counter import O200K, BpeFile


@pytest.fixture
def toy_ranks() -> dict[bytes, int]:
    """Return a tokenizer of single bytes and the one pair 'ab'."""
    return {**{bytes([code]): code for code in range(256)}, b"ab": 256}


@pytest.fixture
def toy(tmp_path: Path, toy_ranks: dict[bytes, int]) -> BpeFile:
    """Write the toy tokenizer's file where tiktoken would look for it."""
    lines = (base64.b64encode(token) + b" %d" % rank for token, rank in toy_ranks.items())
    content = b"\n".join(lines) + b"\n"
    file = BpeFile("toy", "https://example.invalid/toy", hashlib.sha256(content).hexdigest(), O200K.pattern)
    (tmp_path / file.filename).write_bytes(content)
    return file
