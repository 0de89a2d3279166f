"""Pictures in text: shares and heights are those of the numbers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.cli.terminal.pictures import FREE, LEVELS, SHADES, SYMBOLS, gauge, growth, scatter, timeline


def test_gauge() -> None:
    """Each part has its share of the bar and its shade in the legend; what is free is dotted."""
    assert gauge([("head", 250), ("nothing", 0), ("队列", 500)], 1000, width=8) == ["[██▓▓▓▓··]", "█ head  ▓ 队列"]
    assert gauge([("all", 20)], 10, width=4) == ["[████]", "█ all"]
    assert gauge([], 0, width=4) == ["[····]", ""]


@given(st.lists(st.integers(0, 10_000), max_size=9), st.integers(0, 20_000), st.integers(1, 120))
def test_gauge_is_true(sizes: list[int], total: int, width: int) -> None:
    """The bar is as wide as it is said to be, and full by as much as the parts are of the total."""
    [bar, _] = gauge([(f"part {n}", size) for n, size in enumerate(sizes)], total, width)
    assert len(bar) == width + 2
    whole = max(total, sum(sizes), 1)
    assert sum(bar.count(shade) for shade in SHADES) == round(sum(sizes) * width / whole)
    assert bar.strip("[]").rstrip(FREE).count(FREE) == 0


def test_timeline() -> None:
    """Days are in order, the longest bar is the day with the most messages, and many days become months."""
    first = date(2026, 1, 5)
    assert timeline({first + timedelta(days=3): 1, first: 8, first + timedelta(days=1): 0}, width=4) == [
        "2026-01-05 ████ 8",
        "2026-01-08 █ 1",
    ]
    assert timeline({first + timedelta(days=n): 1 for n in range(60)}, width=3) == [
        "2026-01 ███ 27",
        "2026-02 ███ 28",
        "2026-03 █ 5",
    ]
    assert timeline({}) == []


@pytest.mark.parametrize(
    ("numbers", "line"), [([1, 1, 1, 1], "▂▄▆█"), ([0, 0, 8], "▁▁█"), ([5], "█"), ([], ""), ([0], "")]
)
def test_growth(numbers: list[int], line: str) -> None:
    """The last column is the whole sum, and each the sum until then."""
    assert growth(numbers) == line


@given(st.lists(st.integers(0, 100), min_size=1, max_size=300))
def test_growth_only_grows(numbers: list[int]) -> None:
    """However many numbers there are, the line has at most its width and never falls."""
    line = growth(numbers, width=30)
    assert len(line) <= 30
    assert [LEVELS.index(level) for level in line] == sorted(LEVELS.index(level) for level in line)


def test_scatter() -> None:
    """The corners are the corners; a place belongs to the group with most points in it; far groups share a symbol."""
    points = [(-1.0, 1.0, 0), (1.0, -1.0, 1), (1.0, -1.0, 2), (1.0, -1.0, 2), (0.0, 0.0, 99)]
    assert scatter(points, width=5, height=3) == ["o", f"  {SYMBOLS[-1]}", "    x"]
    assert scatter([], width=5, height=2) == ["", ""]


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.integers(0, 20)), max_size=30))
def test_scatter_stays_inside(points: list[tuple[float, float, int]]) -> None:
    """However the points lie, they are within the lines, and where there are points something is drawn."""
    lines = scatter(points, width=30, height=8)
    assert (len(lines), max(map(len, lines)) <= 30) == (8, True)
    assert bool("".join(lines).strip()) is bool(points)
