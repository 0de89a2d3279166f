"""Templates of sentences that people can read, compiled to regular expressions. Pure.

    I [now|still] live in {value}

`[a|b]` may be missing, `(a|b)` is one of them, `{name}` is a slot, and everything else stands for itself. A space is a
border between words: it matches white space, or nothing beside an apostrophe or another mark ("j' habite").
"""

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

GAP = r"(?:\s++|(?<!\w)|(?!\w))"
"""Between two words of a language that writes spaces; possessive, so that no run of spaces is divided in many ways."""

ANYTHING = r"\S.*?"
"""What a slot holds where nothing else is said of it."""

_TOKEN = re.compile(r"\{(\w+)\}|([\[\](|)])|( +)|([^\[\](|){} ]+)")
_MARKS = {"[": "(?:", "]": ")?", "(": "(?:", ")": ")", "|": "|"}
_QUOTES = str.maketrans("’‘“”«»„\u00a0\u202f", '\'\'"""""  ')


def pattern(template: str, slots: Mapping[str, str] | None = None, spaced: bool = True) -> str:
    """Return a template as a regular expression; `slots` gives what each slot may hold.

    Not `spaced` is a language such as Chinese, where words stand side by side.
    """
    return _pattern(template, tuple(sorted((slots or {}).items())), spaced)


@lru_cache(maxsize=4096)
def _pattern(template: str, slots: tuple[tuple[str, str], ...], spaced: bool) -> str:
    held = dict(slots)
    parts: list[str] = []
    seen: Counter[str] = Counter()
    for slot, mark, space, word in _TOKEN.findall(template):
        if slot:
            seen[slot] += 1
            parts.append(f"(?P<{slot}_{seen[slot]}>{held.get(slot, ANYTHING)})")
        elif mark:
            parts.append(_MARKS[mark])
        elif space:
            parts.append(GAP if spaced else r"\s*+")
        else:
            parts.append(re.escape(word))
    return "".join(parts)


def slots_of(match: re.Match[str]) -> dict[str, str]:
    """Return what the slots of a template hold; of a slot that stands in several places, the first that was read."""
    found: dict[str, str] = {}
    for name, value in match.groupdict().items():
        if value:
            found.setdefault(name.rpartition("_")[0], value)
    return found


def inside(template: str, slots: Mapping[str, str], spaced: bool = True) -> re.Pattern[str]:
    """Return a template to search for inside a text; where words have spaces it begins and ends between words."""
    body = pattern(template, slots, spaced)
    return re.compile(rf"(?<!\w){body}(?!\w)" if spaced else body, re.IGNORECASE)


def one_of(words: Mapping[str, object]) -> str:
    """Return an expression for any of some words, the longest first."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s++") for word in sorted(words, key=lambda w: (-len(w), w)))


def straight(text: str) -> str:
    """Return a text with straight quotes and plain spaces, each character in its place."""
    return text.translate(_QUOTES)
