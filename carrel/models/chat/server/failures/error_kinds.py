"""Tell from the status, the code and the words of an error what kind it is. Pure.

The rules look for words near each other, because every server has its own wording and changes it.
"""

import re
from collections.abc import Mapping

from carrel.models.chat.server.failures.failure import Kind
from carrel.models.chat.server.failures.overflow import is_overflow

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
_CONTENT = re.compile(
    r"content[ _]?(?:filter|polic|management|moderation|exists risk|violat|restrict)|responsible_?ai|\bmoderation\b"
    r"|flagged|(?:usage|safety|acceptable use) polic|prohibited[ _]content|data_?inspection|(?:inappropriate|harmful"
    r"|unsafe|sensitive|explicit) (?:content|input|material|prompt|word)|safety (?:system|filter|reason|violation)"
    r"|invalid_?prompt|violat\w* [^.]{0,30}polic|敏感|违规|不安全|违反|审核"
)
_BAD_CALL = re.compile(r"tool_use_failed|failed to call a function|tool call validation failed|failed_generation")
"""The model made a call that its server could not read: another attempt may do better."""

_CONTENT_STATUSES = frozenset({400, 403, 406, 422, 451, 500})
_POLICY = re.compile(r"data policy|privacy|guardrail|moderation|not allowed|permission|forbidden|your region|territory")
_NO_MODEL = re.compile(r"model[^.]{0,80}(?:not|n't|no longer|unknown|invalid)|(?:no|unknown|invalid)[^.]{0,20} model")
_NO_PATH = re.compile(r"unexpected endpoint|no route|cannot post|page not found|unknown (?:path|url)")

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
    if _BAD_CALL.search(words):
        return "broken"
    if status in _CONTENT_STATUSES and _CONTENT.search(words):
        return "content"
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
    if code.isdigit() and 400 <= int(code) < 600:
        return kind_of(int(code), "", message)
    words = f"{code} {message}".lower()
    if is_overflow(words):
        return "overflow"
    if _CONTENT.search(words):
        return "content"
    return "path" if _NO_PATH.search(words) else "broken"


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
