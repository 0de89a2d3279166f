"""Ask a model server how large a window it really serves, and know how to raise it.

Each kind of server tells in a place of its own; what a model could take at most (`n_ctx_train`, `/api/show`) is no
answer.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

TIMEOUT = 2.0
"""Seconds that each question may take: the answer is worth no longer wait."""

LEAST = 256
"""Tokens below which a figure is no window."""

_FIELDS = ("max_model_len", "loaded_context_length", "context_length", "context_window", "n_ctx")
_PLACES = (("/v1/models", ""), ("/api/ps", "ollama"), ("/props", "llama.cpp"), ("/api/v0/models", "lm studio"))

FIXES: Mapping[str, str] = {
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
"""The field by which a kind of server is known, and what it holds."""

_BARE = ""
"""Where a list is kept that has no field: some list their models so."""

TRIES = 2
"""Times that a server is asked: before the first request and, since some know only once the model is loaded, after."""


class Server:
    """A model server, asked at most twice which window it serves a model with."""

    def __init__(self, base_url: str, model: str, api_key: str = "") -> None:
        self._url = _split(base_url)
        self._model = model
        self._key = api_key if api_key.isascii() else ""
        self._kind = ""
        self._window: int | None = None
        self._tries = 0 if (self._url.hostname or "").endswith(("openai.com", "openai.azure.com")) else TRIES

    def window(self) -> int | None:
        """Return the window in tokens; None where the server does not tell, does not answer, or is OpenAI."""
        if self._window is None and self._tries and self._url.hostname:
            self._tries -= 1
            self._window = self._asked()
        return self._window

    def fix(self, window: int) -> str:
        """Return what to do so that the server serves a window of so many tokens."""
        return f"{FIXES[self._kind].format(window=window)}, or lower the setting 'window' to what it serves."

    def _asked(self) -> int | None:
        root = f"{self._url.scheme}://{self._url.netloc}{self._url.path.rstrip('/').removesuffix('/v1')}"
        for path, kind in _PLACES:
            answer = _answer(root + path, self._key)
            if answer is None:
                return None
            known = _is_of(answer, kind)
            self._kind = kind if known else self._kind
            if (window := _window(answer, self._model, kind)) or known:
                return window
        return None


def _split(base_url: str) -> SplitResult:
    """Take an address apart; one that is none tells nothing here, and the first request will say what is wrong."""
    try:
        return urlsplit(base_url)
    except ValueError:
        return urlsplit("")


def _answer(url: str, key: str) -> Mapping[str, Any] | None:
    """Return what a server answers to a GET, empty where it is no JSON object; None where nobody answers."""
    import httpx2

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        response = httpx2.get(url, headers=headers, timeout=TIMEOUT, follow_redirects=False)
        found = response.json() if response.status_code == 200 else {}
        found = {_BARE: found} if isinstance(found, list) else found
    except (httpx2.HTTPError, httpx2.InvalidURL):
        return None
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}


def _is_of(answer: Mapping[str, Any], kind: str) -> bool:
    """Return whether an answer has the shape of its kind: LM Studio answers everything with 200."""
    field, shape = _SHAPES.get(kind, ("", dict))
    return isinstance(answer.get(field), shape)


def _window(answer: Mapping[str, Any], model: str, kind: str) -> int | None:
    if kind == "llama.cpp":
        return _figure(answer.get("default_generation_settings"))
    entries = [entry for field in ("data", "models", _BARE) for entry in _list(answer.get(field))]
    named = [entry for entry in entries if model in set(_names(entry))]
    return next((figure for entry in named if (figure := _figure(entry))), None)


def _names(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a listed model goes by; Ollama adds a tag to names that have none."""
    for name in (entry.get("id"), entry.get("name"), entry.get("model")):
        if isinstance(name, str):
            yield name
            yield name.removesuffix(":latest")


def _figure(entry: object) -> int | None:
    found = [entry.get(field) for field in _FIELDS] if isinstance(entry, Mapping) else []
    return next(
        (item for item in found if isinstance(item, int) and not isinstance(item, bool) and item >= LEAST), None
    )


def _list(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
