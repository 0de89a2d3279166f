"""Answers that quote from memory."""

from hypothesis import given
from hypothesis import strategies as st

from carrel.rendering.quotes import Quote, parse_quotes, render_quotes

lines = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=' "'), min_size=1, max_size=40)
sources = lines.map(lambda text: text.replace('"', "'"))


def test_quotes_are_rendered() -> None:
    """One quote follows the heading, several have a line each."""
    bees = Quote("2026-01-05, Ada", "I keep bees.")
    assert render_quotes([bees]) == 'From my memory, 2026-01-05, Ada: "I keep bees."'
    assert render_quotes([bees, Quote("core memory 'human'", '叫"小雨"')]) == (
        'From my memory:\n2026-01-05, Ada: "I keep bees."\ncore memory \'human\': "叫"小雨""'
    )


@given(st.lists(st.builds(Quote, sources, lines), min_size=1, max_size=4))
def test_round_trip(quotes: list[Quote]) -> None:
    """The quoted texts are read back as they were, quotation marks in them included."""
    assert parse_quotes(render_quotes(quotes)) == [quote.text for quote in quotes]


def test_other_answers_quote_nothing() -> None:
    """Quotation marks in any other answer are part of it."""
    assert parse_quotes('He said "no".') == []
