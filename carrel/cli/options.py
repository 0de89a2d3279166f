"""Options that many commands share."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from carrel.cli.terminal.progress import waiting
from carrel.errors import UsageError

if TYPE_CHECKING:  # heavy to import, and needed for types only
    from carrel.bootstrap import Carrel

GGUF_TIMEOUT = 900.0
"""Seconds without a byte from a server of ours: on a CPU a long prompt takes minutes."""

_NAMED_SERVER = re.compile(r"(.+)@(https?://.+)")

AgentName = Annotated[str, typer.Option("-a", "--agent", help="The agent; created at first use.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Model = Annotated[str | None, typer.Option("-m", "--model", help="The model, NAME@URL with its server, or 'offline'.")]
Gguf = Annotated[
    Path | None, typer.Option("--gguf", metavar="FILE", help="Start llama-server with this file, and use it.")
]
SessionName = Annotated[str | None, typer.Option("--session", help="Resume a session: its id, its name, or last.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="How many to print.")]


def open_home(model: str | None = None, **flags: Any) -> "Carrel":
    """Open the home that the environment names, with a model as `--model` names it."""
    from carrel.bootstrap import Carrel

    name, url = split_model(model) if model else (None, "")
    return Carrel.open(model=name, flags={**flags, **_server_flags(url)})


@contextmanager
def open_home_for_turns(model: str | None = None, gguf: Path | None = None) -> "Iterator[Carrel]":
    """Open the home with a model as `--model` names it, or with a GGUF file that is served until it is closed.

    Raises:
        UsageError: both are given.
    """
    if gguf is None:
        with open_home(model) as carrel:
            yield carrel
        return
    if model is not None:
        raise UsageError("Both --model and --gguf were given.", "Give one of them.")
    from carrel import config
    from carrel.bootstrap import Carrel, serve_file

    loaded = config.load()
    with ExitStack() as stack:
        with waiting(f"Starting llama-server with {gguf.name}"):
            served = stack.enter_context(serve_file(loaded, gguf))
        flags = {**_server_flags(served.url), "timeout": max(loaded.settings.timeout, GGUF_TIMEOUT)}
        yield stack.enter_context(Carrel.open(model=served.name, flags=flags))


def split_model(model: str) -> tuple[str, str]:
    """Return the name of a model and the address of its server, as in `qwen3@http://localhost:11434/v1`; or ""."""
    found = _NAMED_SERVER.fullmatch(model)
    return (found[1], found[2]) if found else (model, "")


def _server_flags(url: str) -> dict[str, Any]:
    """Return the settings for a server that was named; the key of the configured one is not meant for another."""
    from carrel import config

    if not url or url == config.load().settings.base_url:
        return {}
    return {"base_url": url, "api_key": ""}


def open_home_without_indexer(model: str | None = None) -> "closing[Carrel]":
    """Open the home for a command that embeds nothing in the background, because it reads or shows its progress."""
    return closing(open_home(model))
