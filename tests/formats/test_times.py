"""Times of exports; how each is read is shown by the formats."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from carrel.dates import UNKNOWN
from carrel.formats.times import read_time

MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@given(MOMENTS)
def test_every_unit_gives_the_same_moment(moment: datetime) -> None:
    """To the second; what counts is the size of the number."""
    seconds = int(moment.timestamp())
    whole = moment.replace(microsecond=0)
    given = (seconds, seconds * 1000, seconds * 1_000_000, str(seconds), whole.isoformat())
    assert {read_time(value) for value in given} == {whole}


@given(st.one_of(st.none(), st.booleans(), st.text(alphabet="xyz.:"), st.floats(), st.lists(st.integers())))
def test_anything_else_is_unknown_or_a_moment(value: object) -> None:
    """No value raises, and none is the present moment."""
    assert isinstance(value, float) or read_time(value) == UNKNOWN
    assert read_time(value).tzinfo is UTC
