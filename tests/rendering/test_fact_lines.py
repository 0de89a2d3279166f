"""Facts as lines of core memory."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from carrel.rendering.fact_lines import FactLine, parse_fact_line, render_fact_line, without_days


def test_a_line_ends_with_its_day() -> None:
    """The sentence comes first, in the user's words; a correction is marked."""
    assert render_fact_line(FactLine("I live in Oslo.", date(2026, 11, 28))) == "I live in Oslo. [2026-11-28]"
    assert render_fact_line(FactLine("I live in Oslo.", date(2026, 11, 28), True)) == (
        "I live in Oslo. [corrected 2026-11-28]"
    )


def test_a_line_without_a_day_is_read_as_it_stands() -> None:
    """A line of the user's own, or with what is no day, loses nothing."""
    assert parse_fact_line("Likes tea.") == FactLine("Likes tea.")
    assert parse_fact_line("Room [2026-13-45]") == FactLine("Room [2026-13-45]")


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), st.dates(), st.booleans())
def test_what_is_written_is_read(text: str, day: date, corrected: bool) -> None:
    """Parsing undoes rendering."""
    line = FactLine(text, day, corrected)
    assert parse_fact_line(render_fact_line(line)) == line


def test_days_can_be_left_out() -> None:
    """Of each line; other lines stay as they are."""
    assert without_days("I keep bees. [2026-11-28]\nTea. [corrected 2026-11-28]\n[1] x") == "I keep bees.\nTea.\n[1] x"
