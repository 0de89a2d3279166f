"""Blocks of core memory are read back as they were written, whatever they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.rendering.core_memory import (
    TRUNCATED,
    EditResult,
    ShownBlock,
    parse_blocks,
    parse_edit,
    render_block,
    render_edit,
)
from tests.rendering.texts import lines, names, texts

whole = st.builds(lambda label, value, limit, about: (label, value, limit, about), names, texts, st.integers(0), lines)


@given(st.lists(whole, min_size=1, max_size=4))
def test_blocks_come_back_as_they_were(given_blocks: list[tuple[str, str, int, str]]) -> None:
    """No value, and no description, is taken for a heading or for the end of its block."""
    text = "\n".join(render_block(*block) for block in given_blocks)
    blocks, rest = parse_blocks(text)
    expected = [
        ShownBlock(label, value, limit, about, False, render_block(label, value, limit, about))
        for label, value, limit, about in given_blocks
    ]
    assert (blocks, rest) == (expected, "")


@given(names, st.text("ab \n核", min_size=8, max_size=40), st.integers(0, 7), whole)
def test_a_truncated_block_is_known_as_such(
    label: str, value: str, shown: int, after: tuple[str, str, int, str]
) -> None:
    """A block that is longer than its share is read as its beginning, and the next one as a whole."""
    first = render_block(label, value, 99).removesuffix(value) + value[:shown] + TRUNCATED
    blocks, rest = parse_blocks(f"{first}\n{render_block(*after)}")
    assert [(block.label, block.value, block.truncated) for block in blocks] == [
        (label, value[:shown], True),
        (after[0], after[1], False),
    ]
    assert (blocks[0].text, rest) == (first, "")


def test_what_follows_a_truncated_block_may_end_where_the_whole_block_would() -> None:
    """The heading tells the size of the whole block; a summary after its beginning that is as long is no part of it."""
    text = f"[core memory: human, 40 of 99 characters]\nAda{TRUNCATED}\n\nSummary of what was said."
    assert len(text.split("\n", 1)[1]) == 37
    text += "…" * 3
    blocks, rest = parse_blocks(text)
    assert [(block.value, block.truncated) for block in blocks] == [("Ada", True)]
    assert rest == "\n\nSummary of what was said.………"


@pytest.mark.parametrize("text", ["", "odd", "[core memory: human, 3 of", " [core memory: a, 1 of 2 characters]\nx"])
def test_what_is_no_block_is_left(text: str) -> None:
    """A text that does not begin with the heading of a block comes back as it is."""
    assert parse_blocks(text) == ([], text)


@given(names, texts, st.integers(0))
def test_the_result_of_an_edit_comes_back(label: str, value: str, limit: int) -> None:
    """Label and value are those of the block."""
    assert parse_edit(render_edit(label, value, limit)) == EditResult(label, value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Block 'human' now holds (9 of 60 char […cut]", EditResult("human", " (9 of 60 char […cut]")),
        ("Stored as p-0123456789ab.", None),
        ("I see: Block 'human' now holds (3 of 9 characters):\nodd", None),
    ],
)
def test_a_truncated_result_still_tells_its_block(text: str, expected: EditResult | None) -> None:
    """The label is known however little of a result is shown; other texts are no results."""
    assert parse_edit(text) == expected
