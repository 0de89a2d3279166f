"""Lines are wrapped between words, whatever they are made of and however they arrive."""

from hypothesis import example, given
from hypothesis import strategies as st

from carrel.cli.terminal.screen.wrapping import StreamWrapper, count_cells, wrap

WORDS = st.lists(st.text(st.sampled_from("abcde-_.é小明👩‍👧🇩🇪"), min_size=1, max_size=12), max_size=30)


def test_words_stay_whole_and_lines_go_on_under_the_text() -> None:
    """A line is divided at spaces; what follows is indented as it began, or as it is said."""
    assert wrap("called on Monday", 10) == ["called on", "Monday"]
    assert wrap("  m-12ab34  what was said there", 20) == ["  m-12ab34  what was", "  said there"]
    assert wrap("  /help  list the commands", 20, 9) == ["  /help  list the", " " * 9 + "commands"]
    assert wrap("", 20) == [""]


def test_a_word_wider_than_the_line_is_divided_between_graphemes() -> None:
    """Chinese and joined emoji are never cut in the middle of a character."""
    assert wrap("我叫小明我住波恩", 6) == ["我叫小", "明我住", "波恩"]
    assert wrap("a 我叫小明", 6) == ["a 我叫", "小明"]
    assert wrap("👩‍👧" * 3, 5) == ["👩‍👧👩‍👧", "👩‍👧"]


@given(WORDS, st.integers(20, 60), st.integers(1, 7))
@example(["a", "b"], 20, 1)
def test_no_word_is_lost_and_no_line_too_wide(words: list[str], columns: int, size: int) -> None:
    """In pieces or at once the lines are the same, hold every word, and fit."""
    text = " ".join(words)
    wrapper = StreamWrapper(columns)
    printed = "".join(wrapper.add(text[start : start + size]) for start in range(0, len(text), size)) + wrapper.end()
    assert printed.split("\n") == wrap(text, columns)
    assert all(count_cells(line) <= columns for line in printed.split("\n"))
    assert "".join(printed.split()) == "".join(text.split())
    whole = [word for word in words if "小" not in word and "明" not in word and count_cells(word) <= columns]
    assert set(whole) <= set(printed.split())


@given(st.lists(WORDS.map(" ".join), min_size=2, max_size=5))
def test_lines_that_fit_stay_as_they_are(lines: list[str]) -> None:
    """Line breaks of the text are kept, empty lines too."""
    text = "\n".join(lines)
    wrapper = StreamWrapper(10_000)
    assert [line.rstrip() for line in (wrapper.add(text) + wrapper.end()).split("\n")] == [
        line.rstrip() for line in lines
    ]
