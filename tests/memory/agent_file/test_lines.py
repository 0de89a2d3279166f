"""Lines: records as JSON that reads back as it was, with a checksum over all of them."""

import hashlib
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carrel.memory.agent_file.lines import LineWriter, clean, hash_part, parse_line, to_line

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_round_trip(record: dict[str, object]) -> None:
    """Whatever a record says, its line is one line, and reads back as the record with clean texts."""
    line = to_line(clean(record))
    assert "\n" not in line
    assert parse_line(line.encode()) == {name: value for name, value in clean(record).items() if value is not None}


def test_writing_direction() -> None:
    """Characters that turn the direction of writing around are escapes in the file."""
    assert to_line({"text": "a\u202eb 罗马"}) == '{"text": "a\\u202eb 罗马"}'


def test_writer() -> None:
    """The last line counts those before it and has their checksum; keys are masked and counted."""
    stream = io.BytesIO()
    writer = LineWriter(stream)
    writer.write({"kind": "a", "text": "sk-abcdefghijklmnop1234"})
    writer.write({"kind": "b", "none": None})
    writer.end()
    body = b'{"kind": "a", "text": "[key removed]"}\n{"kind": "b"}\n'
    end = {"kind": "end", "lines": 2, "sha256": hashlib.sha256(body).hexdigest()}
    assert stream.getvalue() == body + json.dumps(end).encode() + b"\n"
    assert (writer.counts, writer.masked) == ({"a": 1, "b": 1}, 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [(b"7", "it is not an object"), (b"\xff", "it is not UTF-8"), (b'{"a": NaN}', "it contains NaN"), (b"{", "JSON")],
)
def test_bad(line: bytes, said: str) -> None:
    """What is wrong with a line is said in a part of a sentence."""
    with pytest.raises(ValueError, match=said):
        parse_line(line)


def test_hash() -> None:
    """A part has the hash by which the database knows it."""
    assert hash_part("{}") == hashlib.sha256(b"{}").hexdigest()[:32]
