"""Pictures of numbers in lines of text: a gauge, a timeline and growth. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

SHADES = "█▓▒░"
"""Neighbours in a gauge have different shades."""
FREE = "·"
LEVELS = "▁▂▃▄▅▆▇█"
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
