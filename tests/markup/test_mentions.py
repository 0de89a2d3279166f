"""A mark that is only spoken of is told from one that is meant."""

import pytest

from carrel.markup.mentions import spoken_of
from carrel.markup.source import NeedMore, Source


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("the <m> tag", True),
        ("<m> tags are", True),
        ("“<m>” is", True),
        ("with <m>.", True),
        ("<m> and <n>", True),
        ("<m>标签", True),
        ("the <m>hidden", False),
        ("I see. <m> Then", False),
        ('"tea"<m>"Tea"', False),
        ("<m>tagged", False),
        ("<m> Tag the row", False),
    ],
)
def test_words_and_quotes_round_a_mark_tell(text: str, spoken: bool) -> None:
    """Its name or an article beside it, or quotes of its own, mean that a mark is not used but named."""
    at = text.index("<m>")
    assert spoken_of(Source(text, final=True), at, at + 3) is spoken


def test_what_follows_is_waited_for() -> None:
    """A noun that is not complete yet leaves it open."""
    with pytest.raises(NeedMore):
        spoken_of(Source("<m> ta"), 0, 3)
