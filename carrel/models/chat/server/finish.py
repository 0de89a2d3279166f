"""Read why a server says that a reply ended. Pure.

Every server has its own words, in any case: parts of them decide, and a word of which no part is known is "other".
"""

import re
from typing import Literal

from carrel.protocols import Finish

_PARTS: tuple[tuple[re.Pattern[str], Finish | Literal["failed"]], ...] = (
    (re.compile("error|abort|cancel|fail|insufficient|overload|malformed|unexpected|invalid|time_?d?_?out"), "failed"),
    (
        re.compile("filter|safety|refus|sensitive|block|prohibit|recitation|spii|guardrail|moderat|policy"),
        "content_filter",
    ),
    (re.compile("length|max|limit|window|budget|truncat"), "length"),
    (re.compile("tool|function"), "tool_calls"),
    (re.compile("unspecified|unknown"), "other"),
    (re.compile("stop|eos|end|complet|done|finish|success"), "stop"),
)


def read_finish(reason: str) -> Finish | Literal["failed"]:
    """Return what a finish reason means; "failed" where the server gave up."""
    lowered = reason.lower()
    return next((finish for part, finish in _PARTS if part.search(lowered)), "other")
