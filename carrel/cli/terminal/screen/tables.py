"""Tables as lines: columns where there is room, and one below the other where there is none. Pure."""

from collections.abc import Sequence

from carrel.cli.terminal.screen.wrapping import count_cells, wrap

GAP = 2
"""Cells between two columns."""
MIN_LAST = 24
"""Cells that the last column takes at least: where it gets less, the columns stand one below the other."""


def table_lines(headings: Sequence[str], rows: Sequence[Sequence[str]], columns: int) -> list[str]:
    """Return a table of at most `columns` cells; the last column is wrapped, the others are never cut."""
    if not rows:
        return []
    widths = [max(count_cells(row[at]) for row in (headings, *rows)) for at in range(len(headings))]
    indent = sum(widths[:-1]) + GAP * (len(widths) - 1)
    if indent + min(widths[-1], MIN_LAST) > columns:
        return _stacked(headings, rows, columns)
    lines = [_aligned(headings, widths)]
    for row in rows:
        lines += wrap(_aligned(row, widths), columns, indent)
    return lines


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [cell + " " * (width - count_cells(cell) + GAP) for cell, width in zip(row, widths, strict=True)]
    return "".join(cells).rstrip()


def _stacked(headings: Sequence[str], rows: Sequence[Sequence[str]], columns: int) -> list[str]:
    lines: list[str] = []
    for row in rows:
        first, *rest = [(heading, cell) for heading, cell in zip(headings, row, strict=True) if cell]
        lines += wrap(first[1], columns)
        for heading, cell in rest:
            lines += wrap(f"  {heading}: {cell}" if heading else f"  {cell}", columns, 4)
    return lines
