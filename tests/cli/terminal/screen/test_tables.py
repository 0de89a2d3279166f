"""Tables fit their terminal, and what identifies a row is never cut."""

from carrel.cli.terminal.screen.tables import table_lines

HEADINGS = ["id", "when", "what"]
ROWS = [["m-12abcdef", "28 Nov", "My sister is called Marie, and she lives in Paris."], ["m-2", "", "小明"]]


def test_columns_are_aligned_where_there_is_room() -> None:
    """The last column is wrapped under its heading."""
    assert table_lines(HEADINGS, ROWS, 50) == [
        "id          when    what",
        "m-12abcdef  28 Nov  My sister is called Marie, and",
        "                    she lives in Paris.",
        "m-2                 小明",
    ]
    assert table_lines(HEADINGS, [], 50) == []


def test_columns_stand_below_each_other_in_a_narrow_terminal() -> None:
    """Each row begins with its first cell; empty cells are left out."""
    assert table_lines(HEADINGS, ROWS, 39) == [
        "m-12abcdef",
        "  when: 28 Nov",
        "  what: My sister is called Marie, and",
        "    she lives in Paris.",
        "m-2",
        "  what: 小明",
    ]
