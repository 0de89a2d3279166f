"""Tell whether an error says that the request does not fit the context window, and how large that is. Pure."""

import re

MIN_WINDOW = 1000
"""Tokens below which a number in an error is not a context window."""

COUNT_ERROR = 1.5
"""Our own count of a request may differ from the server's by this factor."""

FULL = 0.8
"""A request that takes more than this share of a known window may be too long for it by the server's count."""

_SURE = re.compile(
    r"context_length_exceeded|context_window_exceeded|exceed_context_size|context window|\bn_ctx\b"
    r"|maximum (?:context|prompt|input|sequence|model) (?:length|size)|request (?:entity )?too large"
    r"|reduce (?:the|your) (?:length|prompt|input|messages)|reduce the number of tokens"
    r"|(?:输入|上下文|长度|提示)[^。]{0,20}(?:超|过长|太长)|超[^。]{0,12}(?:上下文|最大长度|最大输入)"
)
_SIZE = r"(?:\bcontext|\bprompt|\binputs?\b|(?<![_a-z])tokens?\b|\bsequence length|\bmodel length|\bmessages? length)"
_EXCESS = (
    r"(?:exceed|too (?:long|large|many|big)|longer than|(?:larg|great)er than|more than|overflow"
    r"|must (?:be less|have less|be <|be at most)|length should be|<=|>=)"
)
_NEAR_EACH_OTHER = re.compile(
    rf"{_SIZE}[^.]{{0,60}}{_EXCESS}|{_EXCESS}[^.]{{0,60}}{_SIZE}|too (?:long|large)[^.]*\d+ tokens"
)
_OTHER_SIZE = re.compile(
    r"tools?\[\d|functions?\[\d|tool_calls\[|function\.(?:name|desc|param)|(?:completion|output) tokens|\bschema\b"
    r"|per (?:minute|hour|day|month)|\btp[md]\b|rate limit|daily|monthly|quota|access token|api key"
)
"""What else may be too long or too many: to shorten the conversation would not help."""

_NO_PROMPT = re.compile(r"max_(?:completion_|output_|new_)?tokens|\brates?\b")
_ANY_SIZE = re.compile(
    r"too (?:long|large|many|big|much)|exceed|limit|maxim|\bmax\b|length|longer|larger|overflow|oversize"
    r"|超|过长|太长|最大|长度|longueur|trop long|zu lang|länge|demasiado larg|longitud"
)
_NUMBER = re.compile(r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+|\d{4,9})(?![\w-])")

_FIGURE = r"(\d[\d,]{2,9})\b(?!\))"
_WINDOW = re.compile(
    rf"(?:context (?:length|size|window)|maximum|limit)\D{{0,40}}?{_FIGURE} tokens"
    rf"|(?:context (?:length|size|window)|tokens? limit)(?: of| is|:| =)?(?: only)? {_FIGURE}"
)


def is_overflow(words: str) -> bool:
    """Return whether an error, in lower case, says that the request does not fit the context window."""
    return bool(_SURE.search(words) or (_NEAR_EACH_OTHER.search(words) and not _OTHER_SIZE.search(words)))


def is_overflow_by_count(words: str, sent: int, window: int | None) -> bool:
    """Return whether an error that `is_overflow` does not know means an overflow, judged by our own count.

    It does where it names a figure near the `sent` tokens and a smaller one, in whatever words; or speaks of some size
    and names a figure near them, or the known `window` is nearly full.
    """
    if sent < MIN_WINDOW or _OTHER_SIZE.search(words) or _NO_PROMPT.search(words):
        return False
    figures = [int(found.replace(",", "")) for found in _NUMBER.findall(words)]
    near = [figure for figure in figures if sent <= COUNT_ERROR * figure and figure <= COUNT_ERROR * sent]
    if any(MIN_WINDOW <= other < max(near, default=0) for other in figures):
        return True
    full = window is not None and sent >= FULL * window
    return bool(_ANY_SIZE.search(words)) and (bool(near) or full)


def stated_window(message: str, sent: int) -> int | None:
    """Return the tokens of the context window that a server states when a request is too long for it.

    A figure counts only beside "tokens" or "context length", and only if it is less than what was sent: `sent` is our
    own count in tokens, which may be too low by COUNT_ERROR.
    """
    figures = (int(next(filter(None, found.groups())).replace(",", "")) for found in _WINDOW.finditer(message.lower()))
    return next((tokens for tokens in figures if MIN_WINDOW <= tokens <= COUNT_ERROR * sent), None)
