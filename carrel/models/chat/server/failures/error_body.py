"""Read an error's words and its codes from a server's answer, whatever its shape. Pure.

No list of shapes: what has the name of a message, in any case and at any depth, counts before other sentences, these
before codes, and codes before the body as it stands.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from carrel.messages import canonical
from carrel.models.chat.server.failures.error_tree import ITEM, Leaf, leaves_of, text_of
from carrel.text import clean_text, one_line

MAX_MESSAGE = 4000
"""Characters of a server's words that are read; an error quotes the first of them."""

_MESSAGE_NAME = re.compile(
    r".*(?:messages?|msg|details?|descriptions?|reasons?|faultstring|faulttext|causes?|explanation|title|errors?"
    r"|exceptions?|fault|failures?)|raw"
)
_FIELDS_NAME = re.compile(r".*(?:errors|details?|violations|messages|failures|issues|problems)")
"""What holds words by the names of the fields that they are about."""
_CODE_NAME = re.compile(r".*(?:code|type|status|errno|reason|error|exception)|name|class|kind")
_OTHER_NAME = re.compile(
    r"(?:.*(?:request|trace|session|user|account|correlation|event|client|organi[sz]ation|org|log|error|ray))?ids?|uuid"
    r"|.*(?:url|uri|link|href|stack|trace|traceback|headers|timestamp|version)|time|date|path|docs?|documentation|help"
    r"|input|ctx|loc|param|parameter|user|object|instance|domain|method|host|server|xmlns"
    r"|request|received|payload"
)
"""What an error repeats or adds and does not say."""
_CODE = re.compile(r"[A-Za-z0-9](?:[\w.:/#-]*\w)?")
_GENERIC = frozenset(
    {"error", "errors", "failed", "failure", "fail", "unknown", "none", "false", "true", "exception", "message"}
    | {"an error occurred", "something went wrong", "provider returned error", "request failed", "validation error"}
    | {"validation failed", "invalid request error", "invalid request", "api error", "upstream error", "server error"}
    | {status.phrase.lower() for status in HTTPStatus}
)
"""What says no more than the status does."""


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What a server says of an error: its words on one line, and its codes, the innermost first; each may be empty."""

    message: str = ""
    codes: tuple[str, ...] = ()


def read_error(body: object) -> ErrorBody:
    """Return the words and the codes of an error's body.

    OpenRouter puts the words of the provider that failed into `error.metadata.raw`; these are taken, and its own are
    not. A body that says anything at all has words.
    """
    leaves = [leaf for leaf in leaves_of(body) if _is_about_field(leaf) or not _is_other(leaf)]
    raw = [leaf for leaf in leaves if {"metadata", "raw"} <= set(leaf.names)]
    words = _words(raw) or _words(leaves)
    codes = tuple(dict.fromkeys([*_codes(raw), *_codes(leaves)]))
    said = "; ".join(words) or ", ".join(f"code {code}" for code in codes) or _compact(body)
    return ErrorBody(one_line(said, MAX_MESSAGE), codes)


def is_error(chunk: object) -> bool:
    """Return whether a value that is no chunk of a reply calls itself an error, without a field of that name."""
    return isinstance(chunk, Mapping) and "choices" not in chunk and "error" in {chunk.get("object"), chunk.get("type")}


def one_line_of(text: str) -> str:
    """Return a text as one short line, without the tags of HTML."""
    return one_line(clean_text(text_of(text)), MAX_MESSAGE)


def _words(leaves: list[Leaf]) -> list[str]:
    """Return the sentences of messages; where there are none, all that messages say and all other sentences."""
    strings = [leaf for leaf in leaves if isinstance(leaf.value, str)]
    named = [leaf for leaf in strings if _is_message(leaf)]
    said = [leaf for leaf in named if _is_sentence(leaf) or _is_word_of_message(leaf)]
    if not said:
        said = [*(leaf for leaf in named if leaf.value), *filter(_is_sentence, strings)]
    return list(dict.fromkeys(one_line(_told(leaf), MAX_MESSAGE) for leaf in said))


def _told(leaf: Leaf) -> str:
    """Return the words of a leaf, with the field that they are about where words are kept by fields."""
    return f"{leaf.label}: {leaf.value}" if _is_about_field(leaf) else str(leaf.value)


def _is_message(leaf: Leaf) -> bool:
    return not leaf.name or bool(_MESSAGE_NAME.fullmatch(leaf.name)) or _is_about_field(leaf)


def _is_about_field(leaf: Leaf) -> bool:
    known = _MESSAGE_NAME.fullmatch(leaf.name) or _CODE_NAME.fullmatch(leaf.name)
    return not known and bool(_FIELDS_NAME.fullmatch(leaf.parent))


def _is_other(leaf: Leaf) -> bool:
    is_echo = leaf.name == "content" and leaf.parent == ITEM  # a message of the request, not of the server
    return is_echo or any(_OTHER_NAME.fullmatch(name) for name in leaf.names)


def _is_word_of_message(leaf: Leaf) -> bool:
    return leaf.name.endswith(("message", "msg")) and _is_specific(leaf)


def _is_specific(leaf: Leaf) -> bool:
    """Return whether a string says more than the status does."""
    return str(leaf.value).lower().rstrip(".!") not in _GENERIC


def _is_sentence(leaf: Leaf) -> bool:
    """Return whether a string is more than a word, and says more than the status does."""
    text = str(leaf.value)
    return _is_specific(leaf) and (not text.isascii() or bool(re.search(r"[A-Za-z]\S*\s+\S|[.!?]$", text)))


def _codes(leaves: list[Leaf]) -> list[str]:
    """Return the codes, the innermost first: that of the provider behind a router, then the router's."""
    found = [leaf for leaf in leaves if _CODE_NAME.fullmatch(leaf.name)]
    codes = [leaf for leaf in found if _CODE.fullmatch(str(leaf.value)) and str(leaf.value).lower() not in _GENERIC]
    return [str(leaf.value) for leaf in sorted(codes, key=lambda leaf: -len(leaf.names))]


def _compact(body: object) -> str:
    """Return a body without words and codes as it stands; empty where it holds nothing."""
    if isinstance(body, str):
        return "" if body.strip() in {"{}", "[]", "null", '""'} else clean_text(text_of(body))
    return canonical(body) if body else ""
