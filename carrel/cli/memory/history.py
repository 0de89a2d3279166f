"""`carrel memory history`, `diff`, `blame` and `at`: what memory said before, and who changed it."""

from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, AsJson, open_home_without_indexer
from carrel.cli.terminal.output import format_iso, format_local, print_json, print_line
from carrel.errors import NotFound, UsageError
from carrel.text import one_line, terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.agent.agent import Agent
    from carrel.memory.values import MemoryEvent

Reference = Annotated[str, typer.Argument(metavar="ID", help="An id, a prefix of one, or a block's label.")]


def history(reference: Reference, agent_name: AgentName = "default", as_json: AsJson = False) -> None:
    """List every change of a memory: when, by whom, in which turn, and what it said then."""
    with open_home_without_indexer() as carrel:
        events = _history(carrel.agent(agent_name, make=False), reference)
    if as_json:
        print_json("memory.history", [event.to_json() for event in events])
        return
    for number, event in enumerate(events, 1):
        print_line(terminal_text(f"{number}  {_describe(event)}  {one_line(event.after or event.before or '', 100)}"))


def diff(
    reference: Reference,
    first: Annotated[int | None, typer.Argument(metavar="[FROM]", help="A version, as history numbers it.")] = None,
    second: Annotated[int | None, typer.Argument(metavar="[TO]", help="A later version.")] = None,
    agent_name: AgentName = "default",
    as_json: AsJson = False,
) -> None:
    """Show what changed between two versions of a memory; without numbers, in the last change."""
    from carrel.memory.journal.history import diff as compare
    from carrel.memory.journal.history import versions

    with open_home_without_indexer() as carrel:
        past = versions(_history(carrel.agent(agent_name, make=False), reference))
    offset = 1 if past and past[0].event is not None else 0
    end = len(past) - 1 if second is None else second - offset
    start = end - 1 if first is None else first - offset
    if not 0 <= start <= end < len(past):
        raise UsageError(f"Memory '{reference}' has no such versions.", "See carrel memory history.")
    lines = compare(past[start], past[end])
    if as_json:
        print_json("memory.diff", {"id": reference, "from": start + offset, "to": end + offset, "lines": lines})
        return
    for line in lines:
        print_line(terminal_text(line))


def blame(
    label: Annotated[str, typer.Argument(metavar="BLOCK", help="The label of a core block.")],
    agent_name: AgentName = "default",
    as_json: AsJson = False,
) -> None:
    """Show who wrote each line of a core block, when and in which turn."""
    with open_home_without_indexer() as carrel:
        lines = carrel.agent(agent_name, make=False).memory.blame(label)
    if as_json:
        print_json(
            "memory.blame",
            [{"line": line.text, "event": line.event.to_json() if line.event else None} for line in lines],
        )
        return
    for line in lines:
        who = _describe(line.event) if line.event else "from the beginning"
        print_line(terminal_text(f"{who}  {line.text}"))


def at(
    moment: Annotated[str, typer.Argument(metavar="DATE", help="A day, whose end is meant, or a moment.")],
    agent_name: AgentName = "default",
    as_json: AsJson = False,
) -> None:
    """Show core and archival memory as they were at a time."""
    from carrel.dates import parse_until

    with open_home_without_indexer() as carrel:
        agent = carrel.agent(agent_name, make=False)
        time = parse_until(moment, agent.memory.zone)
        past = agent.memory.at(time)
    if as_json:
        passages = [{"id": item.id, "text": item.text, "tags": list(item.tags)} for item in past.passages]
        print_json("memory.at", {"at": format_iso(time), "core": past.blocks, "archival": passages})
        return
    for label, value in past.blocks.items():
        print_line(terminal_text(f"[{label}]\n{value or '(empty)'}"))
    for item in past.passages:
        print_line(terminal_text(f"{item.id}  {one_line(item.text, 120)}"))


def _history(agent: "Agent", reference: str) -> "list[MemoryEvent]":
    """Return the events of a block, message or passage. Raise NotFound."""
    if any(block.label == reference for block in agent.core.all()):
        return agent.memory.history("core", reference)
    found = agent.memory.forgetting.find_id(reference)
    events = agent.memory.history("recall" if found.startswith("m-") else "archival", found)
    if not events:
        raise NotFound(f"Memory '{found}' has no history.", "It was written by an older version.")
    return events


def _describe(event: "MemoryEvent") -> str:
    turn = f" in {event.turn}" if event.turn else ""
    return f"{format_local(event.at)}  {event.op} by {event.actor}{turn}"
