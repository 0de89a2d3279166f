"""Documents are cut into passages of which nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.chunking import PASSAGE_LETTERS, split_document
from carrel.text import clean_text

WORDS = st.text(st.characters(exclude_categories=["Cs", "Z", "Cc"]), min_size=1, max_size=40)
PARTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", "\n", "\n\n", ". ", "。", "! ", "\n\n\n", "\t"])), max_size=400)


@given(PARTS)
def test_no_word_is_lost_added_or_moved(parts: list[tuple[str, str]]) -> None:
    """The passages in order hold the document's characters in order, white space aside; none is empty or too long."""
    document = "".join(word + gap for word, gap in parts)
    passages = split_document(document)
    assert "".join("".join(passages).split()) == "".join(clean_text(document).split())
    assert all(0 < len(passage) <= PASSAGE_LETTERS for passage in passages)
    assert all(passage.strip() for passage in passages)


@given(st.integers(1, 5000), st.sampled_from(["x", "茶", "x. ", "茶。", "a\n"]))
def test_what_has_no_good_place_to_cut_is_cut_all_the_same(times: int, unit: str) -> None:
    """Long runs without spaces, or of nothing but sentence ends, keep the limit and lose nothing."""
    passages = split_document(unit * times)
    assert "".join("".join(passages).split()) == "".join((unit * times).split())
    assert all(len(passage) <= PASSAGE_LETTERS for passage in passages)


def test_short_paragraphs_stay_together_and_long_ones_break_at_sentences() -> None:
    """A passage holds as many whole paragraphs as fit; a cut falls after a sentence's end."""
    assert split_document("One.\n\nTwo.\n\nThree.") == ["One.\n\nTwo.\n\nThree."]
    passages = split_document("This is a sentence of some length. " * 100)
    assert len(passages) > 1
    assert all(passage.endswith("length.") for passage in passages)
    chinese = split_document("这是一个很长的句子，里面没有空格。" * 200)
    assert all(passage.endswith("。") for passage in chinese)


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\x00\x1b"])
def test_nothing_makes_no_passage(text: str) -> None:
    """White space and control characters alone are no document."""
    assert split_document(text) == []
