"""Durations as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.scenario.files.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("45m", 2700),
        ("2h30m", 9000),
        ("2h 30m", 9000),
        ("21d", 1_814_400),
        ("3w", 1_814_400),
        ("1.5h", 5400),
    ],
)
def test_units(text: str, seconds: int) -> None:
    """Parts of several units add up."""
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "21 days", "-1d", "1y", "d", "1:30"])
def test_other_texts_are_refused(text: str) -> None:
    """What is no duration is refused with examples."""
    with pytest.raises(ValueError, match="is not a duration like 30s"):
        parse_duration(text)


@given(st.integers(0, 10**8), st.sampled_from([0, 1, 250_000]))
def test_round_trip(seconds: int, microseconds: int) -> None:
    """A formatted duration is read back as the same, however long or short it is."""
    duration = timedelta(seconds=seconds, microseconds=microseconds)
    assert parse_duration(format_duration(duration)) == duration
