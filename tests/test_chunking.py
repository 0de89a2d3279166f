"""Texts are split without losing anything: documents into passages, long texts into chunks to embed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.chunking import MAX_CHUNK_TOKENS, MAX_PASSAGE, split_document, split_for_embedding
from carrel.text import clean_text

WORDS = st.text(st.characters(exclude_categories=["Cs", "Z", "Cc"]), min_size=1, max_size=40)
PARTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", "\n", "\n\n", ". ", "。", "! ", "\n\n\n", "\t"])), max_size=400)


@given(PARTS)
def test_no_word_is_lost_added_or_moved(parts: list[tuple[str, str]]) -> None:
    """The passages in order hold the document's characters in order, white space aside; none is empty or too long."""
    document = "".join(word + gap for word, gap in parts)
    passages = split_document(document)
    assert "".join("".join(passages).split()) == "".join(clean_text(document).split())
    assert all(0 < len(passage) <= MAX_PASSAGE for passage in passages)
    assert all(passage.strip() for passage in passages)


@given(st.integers(1, 5000), st.sampled_from(["x", "茶", "x. ", "茶。", "a\n"]))
def test_what_has_no_good_place_to_cut_is_cut_all_the_same(times: int, unit: str) -> None:
    """Long runs without spaces, or of nothing but sentence ends, keep the limit and lose nothing."""
    passages = split_document(unit * times)
    assert "".join("".join(passages).split()) == "".join((unit * times).split())
    assert all(len(passage) <= MAX_PASSAGE for passage in passages)


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


@given(PARTS)
def test_every_word_is_embedded(parts: list[tuple[str, str]]) -> None:
    """The chunks hold every character in order; what overlaps is repeated from the chunk before."""
    text = "".join(word + gap for word, gap in parts)
    position = 0
    for chunk in split_for_embedding(text):
        start = text.rfind(chunk, 0, position + len(chunk) + 1) if position else text.find(chunk)
        assert text[position:start].strip() == ""
        position = max(position, start + len(chunk))
    assert text[position:].strip() == ""


@pytest.mark.parametrize(
    ("sentence", "times"), [("This is a sentence. ", 100), ("这是一个很长的句子。", 60), ("一句话没有标点" * 200, 1)]
)
def test_a_long_text_is_embedded_in_chunks_that_overlap(sentence: str, times: int) -> None:
    """A chunk is short enough for the model, and begins with sentences of the one before if there are any."""
    text = sentence * times
    chunks = split_for_embedding(text)
    assert len(chunks) > 2
    assert all(len(chunk) <= 3.5 * MAX_CHUNK_TOKENS for chunk in chunks)
    assert (sum(map(len, chunks)) > len(text)) == (times > 1)


@pytest.mark.parametrize("text", ["", "Short.", "word " * (int(3.5 * MAX_CHUNK_TOKENS) // 5)])
def test_a_short_text_is_one_chunk(text: str) -> None:
    """What the model can read whole is not split, not even stripped."""
    assert split_for_embedding(text) == [text]


def test_data_is_in_no_chunk() -> None:
    """Only the prose around it; nothing but data has no chunk at all."""
    data = "0123456789abcdef" * 1000
    assert split_for_embedding(f"My key is {data}. Keep it.") == ["My key is  . Keep it."]
    assert split_for_embedding(data) == []
