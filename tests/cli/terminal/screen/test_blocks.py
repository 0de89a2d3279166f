"""The blocks of a growing Markdown text: nothing is lost, and only the last one may change."""

from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.cli.terminal.screen.blocks import is_table, parse, split_blocks

LINES = [
    "# A\n",
    "text *b*\n",
    "\n",
    "- one\n",
    "  two\n",
    "1. x\n",
    "```py\n",
    "```\n",
    "| a | b |\n",
    "|---|---|\n",
    "> q\n",
]
MARKDOWN = st.lists(st.sampled_from(LINES), max_size=14).map("".join)


def test_each_block_is_its_own() -> None:
    """Paragraphs, lists, code and tables are told apart; code that is still open is one block."""
    assert split_blocks("# A\n\ntext\nmore\n\n- one\n- two\n\n```\na\n\nb") == [
        "# A\n",
        "text\nmore\n",
        "- one\n- two\n",
        "```\na\n\nb",
    ]
    assert split_blocks("") == split_blocks("\n\n") == []
    assert is_table("| a |\n|---|\n| 1 |")
    assert not is_table("| a |")


def test_html_is_text_and_a_line_break_stays_one() -> None:
    """What is written is shown."""
    (_, inline, _) = parse("<b>a</b>\nb")
    assert [(child.type, child.content) for child in inline.children or ()] == [
        ("text", "<b>a</b>"),
        ("hardbreak", ""),
        ("text", "b"),
    ]


@settings(deadline=None, max_examples=200)
@given(MARKDOWN, st.integers(1, 9))
def test_the_blocks_of_a_prefix_stay(text: str, size: int) -> None:
    """All blocks but the last of a prefix of lines are blocks of the whole, and together they are the text."""
    whole = split_blocks(text)
    assert "\n".join(whole).strip() == text.strip()
    cut = len("".join(text.splitlines(keepends=True)[:size]))
    assert split_blocks(text[:cut])[:-1] == whole[: max(0, len(split_blocks(text[:cut])) - 1)]
