"""Tell from the status, the code and the words of an error what kind it is. Pure.

The rules look for words near each other, because every server has its own wording and changes it.
"""

import re
from collections.abc import Mapping

from carrel.models.chat.server.failures.failure import Kind

_CREDENTIAL = r"(?:api[ _-]?key|access token|auth\w* token|bearer token|credentials)"
_KEY = re.compile(
    rf"{_CREDENTIAL}[^.]{{0,60}}\b(?:not valid|invalid|incorrect|expired|missing|required|revoked|disabled|not found)"
    rf"|(?:not valid|invalid|incorrect|expired|missing|wrong|\bno) [^.]{{0,20}}{_CREDENTIAL}"
    r"|invalid_api_key|authentication_error|unauthenticated|unauthori[sz]ed"
)
_QUOTA = re.compile(
    r"insufficient[ _](?:quota|balance|credit|funds)|(?:credit|account) balance|out of credits?|(?:more|add) credits?"
    r"|payment[ _]required|billing (?:hard )?limit|余额不足|欠费"
)
_POLICY = re.compile(r"data policy|privacy|guardrail|moderation|not allowed|permission|forbidden|your region|territory")
_NO_MODEL = re.compile(r"model[^.]{0,80}(?:not|n't|no longer|unknown|invalid)|(?:no|unknown|invalid)[^.]{0,20} model")
_NO_PATH = re.compile(r"unexpected endpoint|no route|cannot post|page not found|unknown (?:path|url)")

_SURE_OVERFLOW = re.compile(
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
_OVERFLOW = re.compile(rf"{_SIZE}[^.]{{0,60}}{_EXCESS}|{_EXCESS}[^.]{{0,60}}{_SIZE}|too (?:long|large)[^.]*\d+ tokens")
_OTHER_SIZE = re.compile(
    r"tools?\[\d|functions?\[\d|tool_calls\[|function\.(?:name|desc|param)|(?:completion|output) tokens|\bschema\b"
    r"|per (?:minute|hour|day|month)|\btp[md]\b|rate limit|daily|monthly|quota|access token|api key"
)
"""What else may be too long or too many: to shorten the conversation would not help."""

_BY_STATUS: Mapping[int, Kind] = {
    401: "key", 402: "quota", 403: "forbidden", 404: "path", 405: "path", 413: "overflow", 451: "forbidden",
}  # fmt: skip


def kind_of(status: int, code: str, message: str) -> Kind:
    """Return the kind of an HTTP error."""
    words = f"{code} {message}".lower()
    if status == 429:
        return _kind_of_limit(words)
    if is_overflow(words):
        return "overflow"
    if status in {408, 409} or status >= 500:
        return "model" if code == "model_not_found" else "server"
    return _kind_of_refusal(status, code, words)


def _kind_of_refusal(status: int, code: str, words: str) -> Kind:
    """Return the kind of an error that another attempt would meet again."""
    if status == 401 or _KEY.search(words):
        return "key"
    if _QUOTA.search(words):
        return "quota"
    if code == "model_not_found":
        return "model"
    return _kind_of_missing(words) if status == 404 else _BY_STATUS.get(status, "refused")


def kind_of_event(code: str, message: str) -> Kind:
    """Return the kind of an error that comes in an answer with status 200."""
    if code.isdigit() and int(code) >= 400:
        return kind_of(int(code), "", message)
    words = f"{code} {message}".lower()
    if is_overflow(words):
        return "overflow"
    return "path" if _NO_PATH.search(words) else "broken"


def is_overflow(words: str) -> bool:
    """Return whether an error, in lower case, says that the request does not fit the context window."""
    return bool(_SURE_OVERFLOW.search(words) or (_OVERFLOW.search(words) and not _OTHER_SIZE.search(words)))


def _kind_of_limit(words: str) -> Kind:
    """Return the kind of a 429: a rate limit passes with time, a quota or a size limit does not."""
    if _QUOTA.search(words):
        return "quota"
    return "overflow" if "request too large" in words else "rate"


def _kind_of_missing(words: str) -> Kind:
    """Return the kind of a 404: a policy that leaves no model, a model that is not there, or a wrong address."""
    if _POLICY.search(words):
        return "forbidden"
    return "model" if _NO_MODEL.search(words) else "path"
