"""An extract's lines are read back as they were written."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.rendering.summary import (
    ExtractLine,
    parse_extract_line,
    parse_hint,
    render_extract_line,
    render_hint,
    render_spoken_line,
    render_summary_request,
)
from tests.rendering.texts import lines, names

days = st.dates(date(1970, 1, 1), date(2100, 1, 1))


@given(days, names, lines)
def test_a_line_comes_back_as_it_was(day: date, who: str, text: str) -> None:
    """Day, speaker and sentence are those that were kept."""
    line = ExtractLine(day, who, text)
    assert parse_extract_line(render_extract_line(line)) == line


def test_a_speaker_whose_name_has_a_colon() -> None:
    """A colon in a name does not end it."""
    rendered = render_extract_line(ExtractLine(date(2026, 1, 5), "Dr: Who", "Run."))
    assert parse_extract_line(rendered) == ExtractLine(date(2026, 1, 5), "Dr Who", "Run.")


@pytest.mark.parametrize("line", ["- walnuts: bought", "2026-01-05 Ada: Hi", "- 2026-13-05 Ada: Hi", ""])
def test_a_models_own_list_is_no_extract(line: str) -> None:
    """Only a line with a day and a speaker is an extract's."""
    assert parse_extract_line(line) is None


@given(st.lists(names, min_size=1, max_size=5))
def test_words_to_search_for_come_back(words: list[str]) -> None:
    """The words of the hint are those that were written, and no other line has any."""
    assert parse_hint(render_hint(words)) == words
    assert parse_hint(f"I {render_hint(words)}") is None


def test_what_the_summariser_reads() -> None:
    """A line says when and who, with an id where it is given; without an old summary there is none."""
    line = render_spoken_line(datetime(2026, 1, 5, 9), "Ada", "我喜欢核桃。")
    assert line == "[2026-01-05 09:00] Ada: 我喜欢核桃。"
    assert render_spoken_line(datetime(2026, 1, 5, 9), "Ada", "Hi", "m-1") == "[m-1 | 2026-01-05 09:00] Ada: Hi"
    assert render_summary_request("", [line]) == f"Old summary:\n(none)\n\nMessages:\n{line}"
