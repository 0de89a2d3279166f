"""`carrel memory export` and `import`: what an agent knows as a file, and the facts of another file into an agent."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.agent_file import Form, export_agent
from carrel.cli.options import AgentName, AsJson, open_home
from carrel.cli.terminal.output import count_noun, print_json, print_line
from carrel.errors import UsageError
from carrel.text import one_line, terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.memory.agent_file.merge import MergePlan

SHOWN = 20
"""Lines of a plan that are printed."""


def export_memory(
    agent_name: AgentName = "default",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file; without it, standard output.")] = None,
    form: Annotated[
        Form, typer.Option("--format", help="markdown, to read; csv, a table of passages; carrel, to import again.")
    ] = Form.markdown,
    as_json: AsJson = False,
) -> None:
    """Write what an agent remembers to one file, as carrel agent export does."""
    export_agent(agent_name, out, form, as_json)


def import_memory(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file.")],
    agent_name: AgentName = "default",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be added.")] = False,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add the facts that an agent lacks from a file of carrel agent export, of Letta (.af) or of mem0 (JSON).

    Passages and lines of core memory are added; conversations are not.
    """
    from carrel.formats.agents.opening import open_agent
    from carrel.memory.agent_file.merge import merge, plan_merge

    refused = 0
    with open_agent(path, ()) as (file, _), open_home() as carrel:
        agent = carrel.agent(agent_name, make=not dry_run)
        plan = plan_merge(agent.memory, file)
        if not as_json:
            _print_plan(plan, agent_name)
        if not dry_run and (plan.facts or plan.lines):
            _confirm(agent_name, yes)
            refused = merge(agent.memory, plan)
    if as_json:
        counts = {"passages": len(plan.facts) - refused, "lines": len(plan.lines), "known": plan.known}
        data = {"agent": agent_name, **counts, "refused": refused, "unknown_blocks": list(plan.unknown_blocks)}
        print_json("memory.import", {**data, "dry_run": dry_run})
    elif dry_run or not (plan.facts or plan.lines):
        print_line("Nothing was imported.")
    else:
        left = f" {count_noun(refused, 'passage')} stayed out, because you had them forgotten." if refused else ""
        print_line(f"Imported.{left}")


def _confirm(name: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"Importing into agent '{name}' needs a yes.", "Add --yes, or --dry-run.")
    typer.confirm(f"Add this to agent '{name}'?", abort=True)


def _print_plan(plan: "MergePlan", name: str) -> None:
    passages, lines = count_noun(len(plan.facts), "passage"), count_noun(len(plan.lines), "line")
    print_line(f"Agent '{name}' lacks {passages} and {lines} of core memory. Known already: {plan.known}.")
    added = [f"{label}: {line}" for label, line in plan.lines] + [fact.text for fact in plan.facts]
    for text in added[:SHOWN]:
        print_line(terminal_text(f"  + {one_line(text, 100)}"))
    if len(added) > SHOWN:
        print_line(f"  … and {len(added) - SHOWN} more")
    for label in plan.unknown_blocks:
        print_line(terminal_text(f"  ! the agent has no block '{label}': its text is left out"))
