"""Ask a model server for the context window that it really serves, and say how to raise it.

Each kind of server reports it at a path of its own. What the model was trained for (`n_ctx_train`, `/api/show`) is not
the answer.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from carrel.errors import NotConfigured
from carrel.imports import importing
from carrel.network import connection_options

TIMEOUT_SECONDS = 2.0
"""For each request: the answer is not worth a longer wait."""

MIN_WINDOW = 256
"""Tokens below which a number is not a context window."""

_FIELDS = ("max_model_len", "loaded_context_length", "context_length", "context_window", "n_ctx")
_PLACES = (("/v1/models", ""), ("/api/ps", "ollama"), ("/props", "llama.cpp"), ("/api/v0/models", "lm studio"))

_HOW_TO_RAISE: Mapping[str, str] = {
    "ollama": "Start it with OLLAMA_CONTEXT_LENGTH={window} ollama serve",
    "llama.cpp": "Start it with llama-server -c {window} -np 1",
    "lm studio": "Load the model in LM Studio with a context length of {window}",
    "": "Raise the server's context length to {window}",
}

_SHAPES = {
    "ollama": ("models", list),
    "llama.cpp": ("default_generation_settings", dict),
    "lm studio": ("data", list),
}
"""The field by which a kind of server is recognised, and its type."""

_TOP_LEVEL = ""
"""The key for a JSON list at the top level, which is how some servers list their models."""

MAX_ATTEMPTS = 2
"""A server is asked before the first request and after it, because some know only when the model is loaded."""


class WindowDiscovery:
    """Asks a server, up to MAX_ATTEMPTS times, for the context window of a model."""

    def __init__(self, base_url: str, model: str, api_key: str = "") -> None:
        self._url = _split(base_url)
        self._model = model
        self._key = api_key if api_key.isascii() else ""
        self._kind = ""
        self._window: int | None = None
        self._attempts_left = (
            0 if (self._url.hostname or "").endswith(("openai.com", "openai.azure.com")) else MAX_ATTEMPTS
        )

    def window(self) -> int | None:
        """Return the context window in tokens, or None if the server does not report it or answer, or is OpenAI."""
        if self._window is None and self._attempts_left and self._url.hostname:
            self._attempts_left -= 1
            self._window = self._ask()
        return self._window

    def how_to_raise(self, window: int) -> str:
        """Return instructions to make the server's context window so many tokens large."""
        return f"{_HOW_TO_RAISE[self._kind].format(window=window)}, or lower the setting 'window' to what it has."

    def _ask(self) -> int | None:
        root = f"{self._url.scheme}://{self._url.netloc}{self._url.path.rstrip('/').removesuffix('/v1')}"
        for path, kind in _PLACES:
            answer = _answer(root + path, self._key)
            if answer is None:
                return None
            known = _is_kind(answer, kind)
            self._kind = kind if known else self._kind
            if (window := _window(answer, self._model, kind)) or known:
                return window
        return None


def _split(base_url: str) -> SplitResult:
    """Split an address; an invalid one counts as empty, since the first request will report what is wrong with it."""
    try:
        return urlsplit(base_url)
    except ValueError:
        return urlsplit("")


def _answer(url: str, key: str) -> Mapping[str, Any] | None:
    """Return a server's answer to a GET: empty if it is not JSON or an error, None if there is no answer."""
    with importing("httpx2"):
        import httpx2

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with httpx2.Client(headers=headers, timeout=TIMEOUT_SECONDS, **connection_options(url)) as client:
            response = client.get(url)
        found = response.json() if response.status_code == 200 else {}
        found = {_TOP_LEVEL: found} if isinstance(found, list) else found
    except (httpx2.HTTPError, httpx2.InvalidURL, NotConfigured):  # the first request will report it
        return None
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}


def _is_kind(answer: Mapping[str, Any], kind: str) -> bool:
    """Return whether an answer looks like one of a kind of server: LM Studio answers every path with 200."""
    field, shape = _SHAPES.get(kind, ("", dict))
    return isinstance(answer.get(field), shape)


def _window(answer: Mapping[str, Any], model: str, kind: str) -> int | None:
    if kind == "llama.cpp":
        return _stated_window(answer.get("default_generation_settings"))
    entries = [entry for field in ("data", "models", _TOP_LEVEL) for entry in _list(answer.get(field))]
    named = [entry for entry in entries if model in set(_names(entry))]
    return next((tokens for entry in named if (tokens := _stated_window(entry))), None)


def _names(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of a listed model; Ollama adds a tag to a name without one."""
    for name in (entry.get("id"), entry.get("name"), entry.get("model")):
        if isinstance(name, str):
            yield name
            yield name.removesuffix(":latest")


def _stated_window(entry: object) -> int | None:
    found = [entry.get(field) for field in _FIELDS] if isinstance(entry, Mapping) else []
    return next(
        (item for item in found if isinstance(item, int) and not isinstance(item, bool) and item >= MIN_WINDOW), None
    )


def _list(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
