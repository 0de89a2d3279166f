"""Tell from the status, the codes and the words of an error what kind it is. Pure."""

import re
from collections.abc import Mapping, Sequence

from carrel.models.chat.server.failures import stems
from carrel.models.chat.server.failures.failure import Kind
from carrel.models.chat.server.failures.overflow import is_overflow

_NOT_FOR_CONTENT = frozenset({401, 402, 404, 405, 407, 408, 409, 413, 429})
"""Statuses that say by themselves that it is not the content that is refused; nor is it from 501 up."""

_BY_STATUS: Mapping[int, Kind] = {
    401: "key", 402: "quota", 403: "forbidden", 404: "path", 405: "path", 407: "proxy", 410: "path", 413: "overflow",
    451: "forbidden",
}  # fmt: skip


def kind_of(status: int, codes: Sequence[str], message: str) -> Kind:
    """Return the kind of an HTTP error."""
    words = _words(codes, message)
    if status == 429:
        return _kind_of_limit(words)
    if status not in {401, 402} and is_overflow(words):
        return "overflow"
    if re.search(stems.BAD_CALL, words):
        return "broken"
    if status not in _NOT_FOR_CONTENT and status <= 500 and _is_content(words):
        return "content"
    if status in {408, 409} or status >= 500:
        return "model" if "model_not_found" in codes else "server"
    return _kind_of_refusal(status, codes, words)


def kind_of_event(codes: Sequence[str], message: str) -> Kind:
    """Return the kind of an error that comes in an answer with status 200."""
    status = next((int(code) for code in codes if code.isdigit() and 400 <= int(code) < 600), None)
    if status is not None:
        return kind_of(status, [code for code in codes if code != str(status)], message)
    words = _words(codes, message)
    if is_overflow(words):
        return "overflow"
    if re.search(stems.BAD_CALL, words):
        return "broken"
    if _is_content(words):
        return "content"
    kind = "path" if re.search(stems.NO_PATH, words) else _kind_of_words(words)
    return kind or "broken"


def _words(codes: Sequence[str], message: str) -> str:
    """Return all that a server says in small letters, with its codes, also as words, as sentences of their own."""
    spaced = (re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]+", " ", code) for code in codes)
    return ". ".join([message.rstrip("."), *codes, *spaced]).lower()


def _is_content(words: str) -> bool:
    """Return whether a request is refused for its content, and not its account for what it did before."""
    return bool(re.search(stems.CONTENT, words)) and not re.search(stems.ACCOUNT, words)


def _kind_of_limit(words: str) -> Kind:
    """Return the kind of a 429: a rate limit passes with time, a quota or a size limit does not."""
    if re.search(stems.QUOTA, words) and not re.search(stems.PASSING_QUOTA, words):
        return "quota"
    return "overflow" if "request too large" in words else "rate"


def _kind_of_refusal(status: int, codes: Sequence[str], words: str) -> Kind:
    """Return the kind of an error that another attempt would meet again."""
    if "model_not_found" in codes:
        return "model"
    if status == 404:
        return _kind_of_missing(words)
    kind = _kind_of_words(words)
    if kind is None and status == 403 and re.search(stems.TOKEN, words):
        return "key"
    if status == 401 and kind not in {"quota", "forbidden"}:
        return "key"
    return kind or _BY_STATUS.get(status, "refused")


def _kind_of_words(words: str) -> Kind | None:
    """Return the kind that words alone tell; None where they tell none."""
    rules: tuple[tuple[Kind, bool], ...] = (
        ("rate", bool(re.search(stems.RATE, words))),
        ("quota", bool(re.search(stems.QUOTA, words))),
        ("forbidden", bool(re.search(stems.ACCOUNT, words) or re.search(stems.REGION, words))),
        ("key", bool(re.search(stems.KEY, words))),
        ("model", bool(re.search(stems.NO_MODEL, words))),
        ("forbidden", bool(re.search(stems.FORBIDDEN, words))),
    )
    return next((kind for kind, found in rules if found), None)


def _kind_of_missing(words: str) -> Kind:
    """Return the kind of a 404: a policy that leaves no model, a model that is not there, or a wrong address."""
    if re.search(stems.NO_PATH, words):
        return "path"
    if re.search(stems.FORBIDDEN_MODELS, words) or re.search(stems.REGION, words):
        return "forbidden"
    return "model" if re.search(stems.NO_MODEL, words) or re.search(stems.NO_MODEL_HERE, words) else "path"
