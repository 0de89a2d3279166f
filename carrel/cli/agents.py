"""`carrel agent`: make, list, show and remove agents."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from carrel.cli.options import AsJson, open_home
from carrel.cli.output import counted, iso, line, local, print_json, table
from carrel.errors import UsageError
from carrel.text import terminal_text

app = typer.Typer(help="Make, list, show and remove agents.", no_args_is_help=True)

COUNTED = {"recall": "message", "archival": "passage", "sessions": "session", "turns": "turn"}


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.")],
    persona: Annotated[str | None, typer.Option("--persona", help="Who it is; @FILE reads a file.")] = None,
    human: Annotated[str | None, typer.Option("--human", help="What it knows of you; @FILE reads a file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an agent."""
    given = {"persona": persona, "human": human}
    values = {label: _value(value) for label, value in given.items() if value is not None}
    with open_home() as desk:
        if desk.agents.find(name) is not None:
            raise UsageError(f"Agent '{name}' exists already.", "Choose another name, or talk to it.")
        for label, value in values.items():
            limit = getattr(desk.config.settings, f"limit_{label}")
            if len(value) > limit:
                said = f"The {label} is {len(value)} characters long; the most is {limit}."
                raise UsageError(said, f"Shorten it, or raise {label} under [limits] in config.toml.")
        agent = desk.agent(name)
        for label, value in values.items():
            agent.core.rethink(label, value)
        if as_json:
            print_json("agent.new", {"name": name})
        else:
            line(f"Made agent '{name}'. Talk to it: carrel chat -a {name}")


@app.command("ls")
def ls(as_json: AsJson = False) -> None:
    """List the agents."""
    with open_home() as desk:
        rows = [(info, desk.agents.counts(desk.agents.require(info.name))) for info in desk.agents.all()]
    if as_json:
        print_json("agent.ls", [{"name": i.name, "created": iso(i.created), **asdict(c)} for i, c in rows])
        return
    table(
        ("name", "made", "recall", "archival", "sessions"),
        [(i.name, local(i.created), c.recall, c.archival, c.sessions) for i, c in rows],
    )


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The agent.")] = "default", as_json: AsJson = False
) -> None:
    """Show an agent: its core memory and how much it remembers."""
    with open_home() as desk:
        agent = desk.agent(name, make=False)
        info, counts = desk.agents.info(name), agent.counts
        count = agent.memory.scope.counter.count
        blocks = [
            {"label": b.label, "tokens": count(b.value), "limit": b.limit, "value": b.value} for b in agent.core.all()
        ]
        data = {
            "name": name,
            "model": info.model or desk.model.name,
            "created": iso(info.created),
            "blocks": blocks,
            "counts": asdict(counts),
        }
    if as_json:
        print_json("agent.show", data)
        return
    line(f"{name} · model {data['model']} · made {local(info.created)}")
    line(", ".join(counted(number, COUNTED[what]) for what, number in asdict(counts).items()))
    for block in blocks:
        line(f"\n[{block['label']}, {len(str(block['value']))} of {block['limit']} characters]")
        line(terminal_text(str(block["value"] or "(empty)")))


@app.command("rm")
def rm(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The agent.")],
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
) -> None:
    """Remove an agent and everything that it remembers."""
    with open_home() as desk:
        counts = desk.agents.counts(desk.agents.require(name))
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError(f"Removing agent '{name}' needs a yes.", "Add --yes.")
            held = f"{counted(counts.recall, 'message')} and {counted(counts.archival, 'passage')}"
            typer.confirm(f"Remove '{name}' with {held}?", abort=True)
        desk.agents.remove(name)
    line(f"Removed agent '{name}'.")


def _value(given: str) -> str:
    if not given.startswith("@"):
        return given
    from carrel.formats.files import read_text

    return read_text(Path(given[1:]))
