"""Find the chat models that servers on this machine offer, at the ports that they use unless told otherwise."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from carrel.imports import importing

PORTS: Mapping[str, int] = {"Ollama": 11434, "LM Studio": 1234, "llama.cpp": 8080, "vLLM": 8000}
"""By the name of the server."""

TIMEOUT_SECONDS = 0.5
"""For a server on this machine to list its models."""

MAX_MODELS = 100


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model that a server on this machine offers."""

    name: str
    url: str
    server: str
    """The server that usually listens at this port."""


def find_local_models() -> list[LocalModel]:
    """Return the models of all servers that answer, in the order of PORTS."""
    with importing("httpx2"):
        import httpx2  # noqa: F401  # once, before the threads do

    with ThreadPoolExecutor(max(1, len(PORTS))) as pool:
        found = pool.map(_models_at, PORTS, PORTS.values())
    return [model for models in found for model in models]


def _models_at(server: str, port: int) -> list[LocalModel]:
    url = f"http://127.0.0.1:{port}/v1"
    return [LocalModel(name, url, server) for name in _names(_listed(url))][:MAX_MODELS]


def _listed(url: str) -> Any:
    """Return what a server lists; nothing where none answers. No proxy is asked: it would not know this machine."""
    with importing("httpx2"):
        import httpx2

    try:
        with httpx2.Client(trust_env=False, timeout=TIMEOUT_SECONDS, follow_redirects=False) as client:
            response = client.get(f"{url}/models")
            return response.json() if response.status_code == 200 else None
    except (httpx2.HTTPError, ValueError):
        return None


def _names(listed: Any) -> Iterator[str]:
    entries = listed.get("data") if isinstance(listed, Mapping) else None
    for entry in entries if isinstance(entries, list) else ():
        name = entry.get("id") if isinstance(entry, Mapping) else None
        if isinstance(name, str) and name:
            yield name
