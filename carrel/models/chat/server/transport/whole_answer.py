"""Read an answer with status 200 that is not a stream: a completion, an error, or something else altogether."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from carrel.imports import importing


class NotChat(ValueError):
    """What answers is not a chat completions server; `body` is what it said, as JSON values or as text."""

    def __init__(self, body: object) -> None:
        super().__init__("this is no reply of a model")
        self.body = body


def read_completion(body: bytes, kind: str, field: str = "choices") -> Mapping[str, Any]:
    """Return the completion in an answer of some content type; `field` is what every one has.

    Raises:
        ValueError: the answer should be JSON and is not.
        openai.APIError: it is an error.
        NotChat: it is neither.
    """
    text = body.decode("utf-8", "replace")
    if "json" not in kind and not text.lstrip().startswith(("{", "[")):
        raise NotChat(text)
    found = _parsed(text, field)
    for item in found if isinstance(found, list) else [found]:
        if isinstance(item, Mapping) and item.get("error"):
            raise_error(found)
    if not isinstance(found, Mapping) or field not in found:
        raise NotChat(found)
    return found


def _parsed(text: str, field: str) -> Any:
    """Return the value of a JSON text, or of its first line where that says no more than that this is no completion."""
    try:
        return json.loads(text)
    except ValueError:
        first = json.loads(text.splitlines()[0] if text.strip() else text)  # another API streams a JSON in each line
        if isinstance(first, Mapping) and field not in first:
            return first
        raise


def raise_error(body: object) -> NoReturn:
    """Raise the openai.APIError that an error in an answer with status 200 means."""
    with importing("httpx2", "openai"):
        import httpx2
        import openai

    raise openai.APIError("", httpx2.Request("POST", "http://localhost"), body=body)
