"""`carrel agent export` and `import`: carry an agent from one home to another."""

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from carrel.cli.options import AsJson, open_home_without_indexer
from carrel.cli.terminal.output import count_noun, print_json, print_line, print_note
from carrel.cli.terminal.progress import progress
from carrel.errors import UsageError
from carrel.text import terminal_text

if TYPE_CHECKING:  # for types only
    from carrel.memory.agent_file.load import Plan

NOUNS = {
    "block": ("block", "blocks"),
    "session": ("session", "sessions"),
    "turn": ("turn", "turns"),
    "message": ("message", "messages"),
    "summary": ("summary", "summaries"),
    "passage": ("passage", "passages"),
    "event": ("change", "changes"),
    "search": ("search", "searches"),
}
"""What the kinds of lines are called, one and many."""


class Form(StrEnum):
    """What an agent is written as."""

    carrel = "carrel"
    markdown = "markdown"
    csv = "csv"


def export_agent(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The agent.")] = "default",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file; without it, standard output.")] = None,
    form: Annotated[
        Form,
        typer.Option("--format", help="carrel, for carrel agent import; markdown, to read; csv, a table of passages."),
    ] = Form.carrel,
    as_json: AsJson = False,
) -> None:
    """Write an agent and everything that it remembers to one file."""
    from carrel.memory.agent_file import export

    if out is None and as_json:
        raise UsageError("--json prints a report, and the agent would be printed too.", "Add -o FILE.")
    with open_home_without_indexer() as carrel:
        if out is None:
            done = export.write_agent(carrel.store, carrel.agents.require(name), sys.stdout.buffer, form.value)
        else:
            done = export.export_agent(carrel.store, name, out, form.value)
    if as_json and out is not None:
        data = {"agent": name, "file": str(out), "bytes": out.stat().st_size, "counts": done.counts}
        print_json("agent.export", {**data, "masked": done.masked})
        return
    if out is not None:
        print_note(f"Wrote {out}: {_describe(done.counts)}.")
    if done.masked:
        print_note(f"{count_noun(done.masked, 'line')} held what looks like an API key; it was left out.")


def import_agent(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file.")],
    name: Annotated[str | None, typer.Option("--as", metavar="NAME", help="Another name for the agent.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be imported.")] = False,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make an agent from a file of carrel agent export, of Letta (.af) or of mem0 (JSON)."""
    from carrel.bootstrap import default_blocks
    from carrel.formats.agents.opening import open_agent
    from carrel.memory.agent_file import load
    from carrel.memory.values import Block

    with open_home_without_indexer() as carrel:
        usual = default_blocks(carrel.config.settings)
        blocks = [Block(block.label, block.value, block.limit, block.description) for block in usual]
        with open_agent(path, blocks) as (file, program):
            plan = load.plan_import(carrel.store, file, name)
            if not as_json:
                print_line(terminal_text(_describe_plan(plan, program)))
            if not dry_run:
                _confirm(plan, yes)
                with progress("importing", sum(plan.summary.counts.values())) as update:
                    load.import_agent(carrel.store, file, plan, update)
    if as_json:
        data = {"agent": plan.name, "exported_as": plan.summary.name, "program": program}
        counts = dict(plan.summary.counts)
        print_json("agent.import", {**data, "counts": counts, "replaced_ids": plan.replaced, "dry_run": dry_run})
    elif dry_run:
        print_line("Nothing was imported.")
    else:
        print_line(f"Imported agent '{plan.name}'. What it remembers is found by words at once, and by meaning soon.")


def _confirm(plan: "Plan", yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"Importing agent '{plan.name}' needs a yes.", "Add --yes, or --dry-run.")
    typer.confirm(f"Import agent '{plan.name}'?", abort=True)


def _describe_plan(plan: "Plan", program: str) -> str:
    was = "" if plan.name == plan.summary.name else f" (exported as '{plan.summary.name}')"
    was += "" if program == "carrel" else f" from {program}"
    ids = f" {count_noun(plan.replaced, 'id')} exist already and get new ones." if plan.replaced else ""
    return f"New agent '{plan.name}'{was}: {_describe(plan.summary.counts)}.{ids}"


def _describe(counts: Mapping[str, int]) -> str:
    numbers = ((counts.get(kind, 0), nouns) for kind, nouns in NOUNS.items())
    return ", ".join(f"{number} {nouns[number != 1]}" for number, nouns in numbers if number)
