"""`carrel memory add`: store a fact, or a line of core memory."""

from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, AsJson, open_home
from carrel.cli.terminal.output import print_json, print_line
from carrel.errors import BlockFull, UsageError
from carrel.text import clean_text

if TYPE_CHECKING:  # for types only
    from carrel.agent.agent import Agent


def add(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The fact.")],
    agent_name: AgentName = "default",
    block: Annotated[str | None, typer.Option("--block", help="Add it to this core block, not to archival.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a fact to archival memory, or a line to a core block."""
    from carrel.memory.values import Cause

    if not clean_text(text).strip():
        raise UsageError("The text is empty.", "Say what to remember.")
    with open_home() as carrel:
        agent = carrel.agent(agent_name)
        if block:
            _append_to_block(agent, block, text)
            data, report = {"id": block, "tier": "core", "new": True}, f"Added to block '{block}'."
        else:
            stored = agent.archival.insert(text, tags=tag or (), cause=Cause("user"))
            data = {"id": stored.passage.id, "tier": "archival", "new": stored.is_new}
            report = f"Stored as {stored.passage.id}." if stored.is_new else f"Already stored as {stored.passage.id}."
    if as_json:
        print_json("memory.add", data)
    else:
        print_line(report)


def _append_to_block(agent: "Agent", block: str, text: str) -> None:
    from carrel.memory.values import Cause

    try:
        agent.core.append(block, text, Cause("user"))
    except BlockFull as error:
        raise BlockFull(error.message, "Store it in archival: leave out --block.") from None
