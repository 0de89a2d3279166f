"""`carrel memory edit`, `pin` and `unpin`: correct a memory in your editor, and protect it from the agent."""

from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, AsJson, open_home
from carrel.cli.terminal.editing import ask_editor
from carrel.cli.terminal.output import print_json, print_line
from carrel.errors import UsageError
from carrel.text import terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.agent.agent import Agent
    from carrel.memory.values import Passage

Reference = Annotated[str, typer.Argument(metavar="ID", help="A passage's id, a prefix of one, or a block's label.")]


def edit(
    reference: Reference,
    agent_name: AgentName = "default",
    text: Annotated[str | None, typer.Option("--text", help="The new text, in place of an editor.")] = None,
    as_json: AsJson = False,
) -> None:
    """Edit a block or a passage in your editor ($VISUAL or $EDITOR). A passage keeps its old version as superseded."""
    from carrel.memory.values import Cause

    with open_home() as carrel:
        agent = carrel.agent(agent_name, make=False)
        is_block = _is_block(agent, reference)
        passage = None if is_block else _passage(agent, reference)
        before = passage.text if passage else agent.core[reference].value
        after = (ask_editor(before, carrel.config.home) if text is None else text).strip()
        cause = Cause("user")
        if after == before:
            changed, key = False, passage.id if passage else reference
        elif passage:
            changed, key = True, agent.archival.update(passage.id, after, cause).id
        else:
            agent.core.rethink(reference, after, cause, read=before)
            changed, key = True, reference
    if as_json:
        print_json("memory.edit", {"id": key, "changed": changed})
    else:
        print_line(terminal_text(f"Changed {key}." if changed else "Nothing was changed."))


def pin(reference: Reference, agent_name: AgentName = "default", as_json: AsJson = False) -> None:
    """Let the agent read a block or passage, but neither change nor delete it."""
    _pin(reference, agent_name, as_json, pinned=True)


def unpin(reference: Reference, agent_name: AgentName = "default", as_json: AsJson = False) -> None:
    """Let the agent change a pinned block or passage again."""
    _pin(reference, agent_name, as_json, pinned=False)


def _pin(reference: str, agent_name: str, as_json: bool, *, pinned: bool) -> None:
    from carrel.memory.values import Cause

    with open_home() as carrel:
        agent = carrel.agent(agent_name, make=False)
        if _is_block(agent, reference):
            key = agent.core.pin(reference, pinned, Cause("user")).label
        else:
            key = agent.archival.pin(_passage(agent, reference).id, pinned, Cause("user")).id
    if as_json:
        print_json("memory.pin" if pinned else "memory.unpin", {"id": key, "pinned": pinned})
    else:
        print_line(terminal_text(f"{'Pinned' if pinned else 'Unpinned'} {key}."))


def _is_block(agent: "Agent", reference: str) -> bool:
    return any(block.label == reference for block in agent.core.all())


def _passage(agent: "Agent", reference: str) -> "Passage":
    found = agent.memory.forgetting.find_id(reference)
    if not found.startswith("p-"):
        raise UsageError(f"'{found}' is a message, and messages stay as they were said.", "Forget it, or add a fact.")
    return agent.archival.get(found)
