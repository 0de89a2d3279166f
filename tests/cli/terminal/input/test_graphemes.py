"""A line is shown so that each grapheme takes the cells that prompt_toolkit expects."""

from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcwidth, width

from carrel.cli.terminal.input.graphemes import first_grapheme, last_grapheme, shown_positions


def test_a_joined_emoji_is_shown_by_its_first_part() -> None:
    """Terminals disagree about the width of the whole; a letter with an accent and a wide one are shown as they are."""
    assert shown_positions("a👩‍👧b") == ([0, 1, 4], [0, 1, 2, 2, 2, 3])
    assert shown_positions("小e\u0301") == ([0, 1, 2], [0, 1, 2, 3])
    assert (first_grapheme("👩‍👧b"), last_grapheme("a👩‍👧"), first_grapheme(""), last_grapheme("")) == (3, 3, 0, 0)


@given(st.text(st.sampled_from("ab小é\u0301👩‍👧🇩🇪❤️👍🏽")))
def test_positions_grow_with_the_text_and_stay_inside(line: str) -> None:
    """Each code point and the end has a place; places never go back, and begin and end with the line."""
    shown, positions = shown_positions(line)
    assert len(positions) == len(line) + 1
    assert positions == sorted(positions)
    assert (positions[0], positions[-1]) == (0, len(shown))
    assert all(positions[source] == at for at, source in enumerate(shown))
    assert sum(max(0, wcwidth(line[source])) for source in shown) <= max(width(line), 2 * len(line))
