"""Options that many commands share."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:  # heavy to import, and needed for types only
    from carrel.bootstrap import Carrel

AgentName = Annotated[str, typer.Option("-a", "--agent", help="The agent; created at first use.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Model = Annotated[str | None, typer.Option("-m", "--model", help="The model, or 'offline'.")]
SessionName = Annotated[str | None, typer.Option("--session", help="Resume a session: its id, its name, or last.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="How many to print.")]


def open_home(model: str | None = None, **flags: Any) -> "Carrel":
    """Open the home that the environment names."""
    from carrel.bootstrap import Carrel

    return Carrel.open(model=model, flags=flags)


def open_home_without_indexer(model: str | None = None) -> "closing[Carrel]":
    """Open the home for a command that embeds nothing in the background, because it reads or shows its progress."""
    return closing(open_home(model))
