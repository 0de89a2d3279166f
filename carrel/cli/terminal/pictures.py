"""Pictures of numbers in lines of text: a gauge, a timeline, growth and a scatter plot. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

SHADES = "█▓▒░"
"""Neighbours in a gauge have different shades."""
FREE = "·"
LEVELS = "▁▂▃▄▅▆▇█"
SYMBOLS = "o+x*#%@&"
"""The symbols of the groups of a scatter plot; the last stands for all further groups."""
MAX_DAYS = 40
"""A timeline that would have more lines than this has one for each month instead."""


def gauge(parts: Sequence[tuple[str, int]], total: int, width: int = 60) -> list[str]:
    """Return a bar of `width` characters with each part's share of the total, and a line that names the parts.

    Parts that are more than the total together fill the bar.
    """
    named = [(name, size) for name, size in parts if size > 0]
    whole = max(total, sum(size for _, size in named), 1)
    bar, done = "", 0
    for number, (_, size) in enumerate(named):
        done += size
        bar += SHADES[number % len(SHADES)] * (round(done * width / whole) - len(bar))
    legend = [f"{SHADES[number % len(SHADES)]} {name}" for number, (name, _) in enumerate(named)]
    return [f"[{bar.ljust(width, FREE)}]", "  ".join(legend)]


def timeline(messages: Mapping[date, int], width: int = 40) -> list[str]:
    """Return a line for each day with messages, or for each month where these are many: date, bar and number."""
    by_period: dict[str, int] = {}
    for day in sorted(messages):
        period = day.isoformat() if len(messages) <= MAX_DAYS else day.isoformat()[:7]
        by_period[period] = by_period.get(period, 0) + messages[day]
    largest = max(by_period.values(), default=0)
    return [
        f"{period} {SHADES[0] * max(1, round(number * width / largest))} {number}"
        for period, number in by_period.items()
        if number
    ]


def growth(numbers: Sequence[int], width: int = 40) -> str:
    """Return how a sum grew by these numbers, as a line of up to `width` columns from the first to the last."""
    sums: list[int] = []
    for number in numbers:
        sums.append((sums[-1] if sums else 0) + number)
    if not sums or not sums[-1]:
        return ""
    columns = min(width, len(sums))
    picked = [sums[round((column + 1) * len(sums) / columns) - 1] for column in range(columns)]
    return "".join(LEVELS[(len(LEVELS) - 1) * value // sums[-1]] for value in picked)


def scatter(points: Sequence[tuple[float, float, int]], width: int = 72, height: int = 20) -> list[str]:
    """Return `height` lines of up to `width` columns with points: x and y from -1 to 1, and the number of a group.

    A place with several points has the symbol of the group that most of them belong to, the lowest of equal ones.
    """
    places: dict[tuple[int, int], Counter[int]] = {}
    for x, y, group in points:
        column, line = round((x + 1) / 2 * (width - 1)), round((1 - y) / 2 * (height - 1))
        places.setdefault((line, column), Counter())[min(group, len(SYMBOLS) - 1)] += 1
    lines = [[" "] * width for _ in range(height)]
    for (line, column), groups in places.items():
        lines[line][column] = SYMBOLS[min(groups, key=lambda group: (-groups[group], group))]
    return ["".join(line).rstrip() for line in lines]
