"""`carrel memory undo` and `redo`: take back whole turns, and bring them again."""

from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AgentName, AsJson, open_home
from carrel.cli.terminal.output import count_noun, print_json, print_line
from carrel.text import one_line, terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.memory.journal.undo import ReversedTurn


def undo(
    turn: Annotated[str | None, typer.Argument(metavar="[TURN]", help="The last turn's id, to be sure.")] = None,
    agent_name: AgentName = "default",
    as_json: AsJson = False,
) -> None:
    """Undo the last turn: its messages and all that it changed in memory. What a tool did elsewhere stays done."""
    with open_home() as carrel:
        done = carrel.agent(agent_name, make=False).memory.undo(turn)
    _print(done, "undo", as_json)


def redo(agent_name: AgentName = "default", as_json: AsJson = False) -> None:
    """Redo the turn that was undone last."""
    with open_home() as carrel:
        done = carrel.agent(agent_name, make=False).memory.redo()
    _print(done, "redo", as_json)


def _print(done: "ReversedTurn", name: str, as_json: bool) -> None:
    if as_json:
        changes = [event.to_json() for event in done.changes]
        print_json(f"memory.{name}", {"turn": done.turn, "messages": done.messages, "changes": changes})
        return
    verb = "Undone" if name == "undo" else "Redone"
    print_line(f"{verb}: turn {done.turn}, {count_noun(done.messages, 'message')}.")
    for event in done.changes:
        print_line(terminal_text(f"  {event.ref}: {event.op} {one_line(event.after or event.before or '', 80)}"))
