"""Tell whether an error says that the request does not fit the context window, and how large that is. Pure."""

import re

from carrel.models.chat.server.failures.stems import any_of, near

MIN_WINDOW = 1000
"""Tokens below which a number in an error is not a context window."""

COUNT_ERROR = 1.5
"""Our own count of a request may differ from the server's by this factor."""

FULL = 0.8
"""A request that takes more than this share of a known window may be too long for it by the server's count."""

_SURE = any_of(
    r"context_length_exceeded|context_window_exceeded|exceed_context_size|contextwindowexceeded|string_above_max_length",
    r"context (?:window|shift)|tokens of context|\bn_ctx\b",
    r"maximum (?:context|prompt|input|sequence|model) (?:length|size)",
    r"(?:request|payload|body)(?: entity| body)? (?:is )?too large",
    r"reduce (?:the|your) (?:length|prompt|input|messages?)|reduce the number of tokens",
    r"max_\w*tokens[^.]{0,40}(?:got|value=) ?-\d",
)
_SIZE = any_of(
    r"\bcontext|\bprompts?\b|\binputs?\b|(?<![_a-z])tokens?\b|\bmessages\b|\b(?:sequence|model|messages?) length",
    r"\b(?:input|prompt|total)_tokens\b|\bchats?\b|\btext\b",
    r"\bkv[ _]?(?:cache|size)|\bconversations?\b|\bdialog(?:ue)?s?\b|\bhistory\b|\btranscript\b",
    r"\brequest (?:size|body|length)|\btext (?:bytes|characters)|\bmodel max(?:imum)? length",
    r"kontext\w*|\bcontext[eo]\w*|\beingabe|\banfrage|\brequête|\bentrada|контекст|запрос",
    r"コンテキスト|プロンプト|入力|トークン|컨텍스트|프롬프트|입력|토큰",
)
_EXCESS = any_of(
    r"exceed|too (?:long|large|big)|too many\b|(?:long|larg|great|high|bigg)er than|more than (?!0|1\b|one)|overflow",
    r"shorten|<=|>=|maxlength",
    r"\b(?:over|above|beyond|past|surpass\w*) (?:\w+ ){0,4}(?:limit|max(?:imum)?\b|capacity|window|allow\w*|length)",
    r"(?:is|are|was) full|exhausted|ran out|run out|out of (?:\w+ )?(?:space|room|context|cache)|free space",
    r"(?:not|n't) (?:\w+ )?fit\b|(?:not enough|insufficient|no) (?:\w+ ){0,2}(?:space|room|context|slots?)\b",
    r"limited to \d|only (?:allow|support|accept|take|handle)s? (?:up to )?\d",
    r"must be (?:less|have less|be <|at most|shorter|<)|must have less|be <|length should be",
    r"zu lang|zu groß|überschr[ei]+t|trop long|dépass|demasiado larg|excede|supera|слишком длин|превы(?:ша|шен)",
    r"長すぎ|超え|초과|너무 (?:길|깁|긴)",
)
_NEAR_EACH_OTHER = any_of(
    near(_SIZE, _EXCESS, 60),
    r"too (?:long|large)[^.]*\d+ tokens|too many (?:\w+ ){0,3}(?:tokens|bytes|characters|words)",
    r"(?:at most|longer than|maximum|exceeds?|limit)\b[^.;]{0,40}\d{4,} (?:characters|bytes|words)",
    r"\btokens?\b[^.;]{0,40}\d\)? ?> ?|out of (?:context|tokens)\b",
    r"(?:not enough|insufficient|out of|no) (?:\w+ ){0,2}kv\b",
    r"(?:hit|reach\w*) (?:\w+ )?(?:context|token|prompt|conversation) (?:limit|length)",
    near(r"\bcontext\b|\bkv\b|\bconversation|\bchat\b", r"\bfull\b", 12),
    near(r"\bcontext\b|\bconversation\b|\bchat\b|\bprompt\b", r"(?:hit|reach\w*) (?:\w+ ){0,2}(?:limit|max\w*)", 60),
    r"\d[\d,.]* tokens[^;]{0,60}context (?:size|length|limit)\D{0,12}\d[\d,.]{2}",
    r"context (?:size|length|limit)\D{0,12}\d[\d,.]*[^;]{0,60}\d tokens",
    r"(?:输入|上下文|长度|提示|tokens? ?数?|对话|消息|prompt|请求|文本)[^。]{0,20}(?:超|过长|太长|过大)",
    r"(?:输入|上下文|tokens? ?数|字数|消息)[^。]{0,12}过多|最大上下文|最大输入长度|请缩短",
    r"too much (?:text|input|context)",
    r"超[^。]{0,12}(?:上下文|最大长度|最大输入|长度限制|token)",
)
_OTHER_SIZE = any_of(
    r"tools?\[\d|functions?\[\d|tool_calls\[|['\"`](?:tools|functions|stop)['\"`]|function\.(?:name|desc|param)|\.name\b",
    r"per[ -](?:second|minute|hour|day|month)|\b[tr]p[md]\b|rate limit|daily|monthly|quota|credit|balance",
    r"access token|api key|\bschema\b|\bheaders?\b|cookie|please wait|try again (?:later|in \d)|retry after",
    r"\b(?:images?|files?|attachments?|audio|video)\b (?:(?!and )\w+ ){0,2}(?:exceed|too|larger|size|must)",
    r"invalid ['\"`](?!messages|prompt|input|content)[\w.\[\]]+['\"`]: \w+ too",
    r"toxic|threshold|\btoday\b|频率|速率|每分钟|并发|余额|额度|过于频繁|次数",
)
"""What else may be too long or too many: to shorten the conversation would not help."""
_REPLY_LIMIT = any_of(
    r"max_(?:completion_|output_|new_)?tokens|max(?:imum)? (?:output|completion|new|generat\w+) tokens",
    r"(?:completion|output) tokens|maximum tokens (?:you|value)|maxoutputtokens",
)
_OF_PROMPT = any_of(
    r"\bprompt\b|\binputs?\b|\bmessages\b|context (?:length|limit|size|window)|conversation|sequence|\bn_ctx\b",
    r"got -\d|value=-",
)

_NO_PROMPT = r"max_(?:completion_|output_|new_)?tokens|\brates?\b"
_ANY_SIZE = (
    r"too (?:long|large|many|big|much)|exceed|limit|maxim|\bmax\b|length|longer|larger|overflow|oversize"
    r"|超|过长|太长|最大|长度|longueur|trop long|zu lang|länge|demasiado larg|longitud"
)
_NUMBER = r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+|\d{4,9})(?![\w-])"

_FIGURE = r"(\d{1,3}(?:[,.'_\u00a0\u202f ]\d{3})+(?!\d)|\d{4,9}(?!\d)|\d{1,4}(?=k\b))"
_MAXIMUM = r"max(?:imum)? (?:context |prompt |input |sequence |model |allowed )*(?:length|size|tokens)"
_LENGTH = rf"(?:{_MAXIMUM}|context (?:length|size|window))"
_SENT = r"(?:were |was )?(?:requested|given|provided|sent)"
_WINDOW = any_of(
    rf"(?:context (?:length|size|window)|max(?:imum)?|limit)\D{{0,40}}?{_FIGURE}k? tokens\b(?! {_SENT})",
    rf"(?:{_LENGTH}|tokens? limit)(?: of| is(?: only)?|:|=| =)? {_FIGURE}(?!\))",
    rf"\({_LENGTH}:? {_FIGURE}\)|{_LENGTH} ?(?:\(|=){_FIGURE}|\bn_ctx\w*\W{{1,4}}{_FIGURE}",
)


def is_overflow(words: str) -> bool:
    """Return whether an error, in lower case, says that the request does not fit the context window."""
    if re.search(_REPLY_LIMIT, words) and not re.search(_OF_PROMPT, words):
        return False
    return bool(re.search(_SURE, words) or (re.search(_NEAR_EACH_OTHER, words) and not re.search(_OTHER_SIZE, words)))


def is_overflow_by_count(words: str, sent: int, window: int | None) -> bool:
    """Return whether an error that `is_overflow` does not know means an overflow, judged by our own count.

    It does where it names a figure near the `sent` tokens and a smaller one, in whatever words; or speaks of some size
    and names a figure near them, or the known `window` is nearly full.
    """
    if (
        sent < MIN_WINDOW
        or re.search(_REPLY_LIMIT, words)
        or re.search(_OTHER_SIZE, words)
        or re.search(_NO_PROMPT, words)
    ):
        return False
    figures = [int(found.replace(",", "")) for found in re.findall(_NUMBER, words)]
    near = [figure for figure in figures if sent <= COUNT_ERROR * figure and figure <= COUNT_ERROR * sent]
    if any(MIN_WINDOW <= other < max(near, default=0) for other in figures):
        return True
    full = window is not None and sent >= FULL * window
    return bool(re.search(_ANY_SIZE, words)) and (bool(near) or full)


def stated_window(message: str, sent: int) -> int | None:
    """Return the tokens of the context window that a server states when a request is too long for it.

    A figure counts only beside "tokens" or "context length", and only if it is less than what was sent: `sent` is our
    own count in tokens, which may be too low by COUNT_ERROR.
    """
    figures = map(_tokens, re.finditer(_WINDOW, message.lower()))
    return next((tokens for tokens in figures if MIN_WINDOW <= tokens <= COUNT_ERROR * sent), None)


def _tokens(found: re.Match[str]) -> int:
    """Return the number in a match, whatever separates its thousands; `8k` are at least 8,000."""
    figure = next(filter(None, found.groups()))
    thousands = found.string[found.end(found.lastindex or 0) :].startswith("k")
    return int(re.sub(r"\D", "", figure)) * (1000 if thousands else 1)
