"""Make clients of the openai SDK that send a server what Carrel's settings say, and nothing that the SDK adds to it."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from carrel.errors import NotConfigured
from carrel.imports import importing
from carrel.network import connection_options, is_openai

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI

OPENAI_URL = "https://api.openai.com/v1"

HEADER_VARIABLES = ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_CUSTOM_HEADERS")
"""The variables of which the SDK makes headers."""

NO_KEY = "none"
"""Sent if no key is set: the SDK refuses an empty one, and local servers ignore it."""


def create_client(
    base_url: str,
    api_key: str,
    timeout: float,
    *,
    max_retries: int = 0,
    query: Mapping[str, str] | None = None,
    on_request: "Sequence[Callable[[httpx2.Request], None]]" = (),
    on_response: "Sequence[Callable[[httpx2.Response], None]]" = (),
) -> "OpenAI":
    """Return a client that follows no redirects, and sends the SDK's OPENAI_* variables to OpenAI alone.

    `timeout` is in seconds without a byte from the server; `query` are parameters of every request.

    Raises:
        NotConfigured: a variable names a proxy or certificates that cannot be used, or holds what no header can.
    """
    _check_variables()
    with importing("httpx", "openai"):
        import httpx  # noqa: F401 - the SDK looks at each request whether it is loaded; another thread may be doing that
        import openai

    limits = openai.Timeout(timeout, connect=min(timeout, 10.0))
    key = api_key or NO_KEY
    own = [] if is_openai(base_url) else [_drop_headers_of_variables]
    hooks: dict[str, list[Callable[..., Any]]] = {"request": [*own, *on_request], "response": list(on_response)}
    return openai.OpenAI(
        api_key=key,
        base_url=base_url,
        default_query=query,
        max_retries=max_retries,
        timeout=limits,
        # with the key among them, OPENAI_CUSTOM_HEADERS cannot replace it
        default_headers={"Accept-Encoding": "identity", "Authorization": f"Bearer {key}"},
        http_client=openai.DefaultHttpxClient(
            follow_redirects=False, timeout=limits, event_hooks=hooks, **connection_options(base_url)
        ),
    )


def _check_variables() -> None:
    """Raise NotConfigured for a variable of which the SDK would make a header that cannot be sent."""
    for name in HEADER_VARIABLES:
        lines = os.environ.get(name, "").split("\n" if name == "OPENAI_CUSTOM_HEADERS" else "\0")
        if not all(line.isascii() and line.replace("\t", " ").rstrip("\r").isprintable() for line in lines):
            raise NotConfigured(f"{name} holds a character that no header can hold.", "Correct it, or unset it.")


def _drop_headers_of_variables(request: "httpx2.Request") -> None:
    """Remove the headers that the SDK makes from OPENAI_ORG_ID, OPENAI_PROJECT_ID and OPENAI_CUSTOM_HEADERS."""
    lines = os.environ.get("OPENAI_CUSTOM_HEADERS", "").split("\n")
    custom = {line.partition(":")[0].strip().lower() for line in lines if ":" in line}
    own = {"accept-encoding", "authorization", "content-type", "content-length", "host"}
    for name in {"openai-organization", "openai-project"} | (custom - own):
        if name in request.headers:
            del request.headers[name]
