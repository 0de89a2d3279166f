"""An answer that grows becomes the same lines as the whole of it, each returned once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.cli.terminal.screen.answer import MAX_LIVE, AnswerLines
from carrel.cli.terminal.screen.formats import MarkdownFormat, PlainFormat, TextFormat
from carrel.cli.terminal.screen.styled import strip_style

TEXT = """# Bees

A paragraph that is long enough to be wrapped several times at forty columns, so that it has more lines than live.
And a second line, with **bold** text, `code`, and 小明喜欢喝茶 in it, again and again and again and again and again.

1. one item that is long enough to be wrapped at forty columns
2. two

| a | b |
|---|---|
| 1 | 2 |

```python
x = 1

y = 2
```
"""


@pytest.mark.parametrize("text_format", [MarkdownFormat(), PlainFormat()])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pieces_become_the_lines_of_the_whole(text_format: TextFormat, size: int) -> None:
    """However the text arrives, the lines are the same; no more than six can still change, and none is wider."""
    whole = AnswerLines(text_format)
    whole.add(TEXT)
    expected = whole.take(40, 24, final=True)
    growing = AnswerLines(text_format)
    lines: list[str] = []
    for start in range(0, len(TEXT), size):
        growing.add(TEXT[start : start + size])
        lines += growing.take(40, 24, final=False)
        assert len(growing.live) <= MAX_LIVE
    lines += growing.take(40, 24, final=True)
    assert lines == expected
    assert growing.live == []
    assert all(len(strip_style(line)) <= 40 for line in lines)


def test_a_table_is_shown_when_its_columns_are_known() -> None:
    """While rows arrive nothing of a table is final, and what is live leaves room on the screen."""
    growing = AnswerLines(MarkdownFormat())
    growing.add("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 30)
    assert growing.take(40, 15, final=False) == []
    assert len(growing.live) == 12
    growing.add("| long cell | 2 |\n\nText")
    assert len(growing.take(40, 15, final=False)) == 33


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 60), st.integers(20, 100)), min_size=1, max_size=12))
def test_no_word_is_lost_when_the_width_changes(steps: list[tuple[int, int]]) -> None:
    """A window of another width in the middle of a paragraph repeats a few words at the most."""
    words = [f"word{number:03}" for number in range(200)]
    growing = AnswerLines(PlainFormat())
    lines: list[str] = []
    for at, word in enumerate(words):
        growing.add(f"{word} ")
        lines += growing.take(steps[at % len(steps)][1], 24, final=False)
    lines += growing.take(40, 24, final=True)
    assert list(dict.fromkeys(" ".join(lines).split())) == words
