"""A fact as a line of core memory: a sentence in the user's words, and the day on which it was said. Pure.

"Last week" means nothing without that day.
"""

import re
from dataclasses import dataclass
from datetime import date

CORRECTED = "corrected"

_LINE = re.compile(rf"(?P<text>.*?)(?: \[(?P<corrected>{CORRECTED} )?(?P<day>\d{{4}}-\d\d-\d\d)\])?")


@dataclass(frozen=True, slots=True)
class FactLine:
    """A line of a block; `day` is None where it was written by somebody else."""

    text: str
    day: date | None = None
    corrected: bool = False
    """Whether it corrects what was said before."""


def render_fact_line(line: FactLine) -> str:
    """Return a fact as one line."""
    text = " ".join(line.text.split())
    mark = f"{CORRECTED} " if line.corrected else ""
    return f"{text} [{mark}{line.day.isoformat()}]" if line.day else text


def parse_fact_line(line: str) -> FactLine:
    """Return the fact that a line holds; a line without a day as it stands."""
    match = _LINE.fullmatch(line.strip())
    try:
        day = date.fromisoformat(match["day"]) if match and match["day"] else None
    except ValueError:
        return FactLine(line.strip())
    return FactLine(match["text"], day, bool(match["corrected"])) if match and day else FactLine(line.strip())


def without_days(text: str) -> str:
    """Return lines of facts without the days behind them, which nobody said."""
    return "\n".join(parse_fact_line(line).text for line in text.splitlines())
