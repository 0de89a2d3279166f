"""Tell marks that are spoken of from marks that are meant. Pure."""

import re

from carrel.markup.source import Source, by_length

KEPT = 24
"""How many characters before a mark are looked at."""

_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“", "«": "»", "「": "」", "『": "』", "《": "》", "`": "`"}
_NOUNS = "tag tags token tokens element elements mark marks marker markers block blocks".split()
_CJK_NOUNS = "标签 标记 标志 タグ 태그".split()
_JOINS = "and or to und oder et ou y & 和 与 或".split()
_AFTER = by_length(
    [f" {noun}" for noun in (*_NOUNS, *_CJK_NOUNS)]
    + [*_CJK_NOUNS, *(f"{join}<" for join in "/和与或"), *(f" {join} <" for join in (*_JOINS, "/"))]
)
"""What follows a mark that is spoken of: what it is called, or another mark."""
_INTRODUCED = re.compile(
    r"(?:^|\n)[ \t]*[-*•] $"
    r"|(?:^|[^\w])(?:a|an|the|with|by|in|of|from|like|and|or|as|tags?|tokens?|called|named|uses?|using|writes?|emits?"
    r"|outputs?|between|inside|opening|closing|mit|von|der|die|das|ein|eine|und|oder|zwischen|avec|le|la|les|balise) $",
    re.IGNORECASE,
)
_ENDS = frozenset(" \n,.;:!?)")
_CLOSED = frozenset(".!?,;:")


def spoken_of(source: Source, at: int, end: int) -> bool:
    """Tell whether the mark from a position to another is only spoken of. Raise NeedMore."""
    before = source.text[max(0, at - KEPT) : at]
    if is_quoted(source, at, end):
        return True
    following = source.longest(_AFTER, end)
    if following and source.text.startswith(following, end):
        return True
    return bool(_INTRODUCED.search(before)) and source.char(end) in _ENDS


def is_quoted(source: Source, at: int, end: int) -> bool:
    """Tell whether a mark stands in quotes of its own, not between two things that are quoted. Raise NeedMore."""
    quote, outside = source.text[at - 1 : at], source.text[max(0, at - 2) : at - 1]
    if quote not in _QUOTES or outside.isalnum() or outside in _CLOSED:
        return False
    return source.char(end) == _QUOTES[quote]
